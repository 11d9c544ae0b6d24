import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster, checkText, fileText, stepText } from './host.ts'

const sha256 = 'a'.repeat(64)

const assemblyOf = (change: (profile: Profile) => void) => {
  const cluster = changedCluster(change)
  return assemble(components, cluster, cluster.balancers[0]!)
}

const withPackage =
  (version: string, distribution = { name: 'centos', version: '7' }, path = 'packages/haproxy.rpm') =>
  (profile: Profile) => {
    profile.distribution = distribution
    profile.kubernetes.version = '1.31.14'
    profile.loadBalancing!.haproxyPackage = { path, sha256: sha256.toUpperCase(), version }
  }

const namesOf = ({ declared }: ReturnType<typeof assemblyOf>) => declared.packages.map(({ name }) => name)

describe('a package of haproxy', () => {
  it('replaces that of the distribution', () => {
    const assembly = assemblyOf(withPackage('2.1.2'))
    expect(namesOf(assembly)).not.toContain('haproxy')
    expect(namesOf(assembly)).toContain('keepalived')
    const names = assembly.steps.map(({ name }) => name)
    expect(names.indexOf('packages')).toBeLessThan(names.indexOf('haproxy-package'))
    expect(names.indexOf('haproxy-package')).toBeLessThan(names.indexOf('start-haproxy'))
    expect(stepText(assembly, 'haproxy-package')).toMatchInlineSnapshot(`
      "#!/bin/bash
      # Installs haproxy from a package file on the server, instead of the distribution's package, which is too old. The checksum in the
      # profile verifies the file, no matter who signed it.
      set -euo pipefail

      sum=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      version=2.1.2

      # Whether the installed haproxy has the version in the profile.
      is_there() {
        local line
        line=$(haproxy -v 2>/dev/null) || return 1
        [[ \${line%%$'\\n'*} =~ version\\ ([0-9.]+) && \${BASH_REMATCH[1]} == "$version" ]]
      }

      stamp=/var/lib/hakube/haproxy-package
      if [[ ! -e $stamp || $(<"$stamp") != "$sum" ]] || ! is_there; then
        temporary=$(mktemp -d)
        cleanup() { rm -rf "$temporary"; }
        trap cleanup EXIT
        file=$temporary/haproxy.rpm
        /usr/libexec/hakube/fetch-asset http://10.10.10.5:8080/assets/packages/haproxy.rpm "$sum" "$file"
        # hakube's /etc/haproxy/haproxy.cfg stays: rpm puts the package's file beside it, as haproxy.cfg.rpmnew. If the power failed after
        # the installation, yum would treat "nothing to do" as an error.
        package=$(rpm -qp --queryformat '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' "$file" 2>/dev/null)
        rpm --quiet -q "$package" ||
          yum --assumeyes --disableexcludes=all --setopt=localpkg_gpgcheck=0 install "$file"
        if ! is_there; then
          printf 'the profile says haproxy %s, but the package contains: %s\\n' "$version" "$(haproxy -v 2>&1 | head -n 1)" >&2
          exit 1
        fi
      fi

      # Packages of distributions provide these; others may not.
      if ! systemctl cat haproxy.service >/dev/null 2>&1; then
        echo 'the package has no haproxy.service' >&2
        exit 1
      fi
      getent group haproxy >/dev/null || groupadd --system haproxy
      getent passwd haproxy >/dev/null ||
        useradd --system --gid haproxy --home-dir /var/lib/haproxy --no-create-home --shell /usr/sbin/nologin haproxy
      mkdir -p /var/lib/haproxy

      mkdir -p "\${stamp%/*}"
      echo "$sum" >"$stamp"
      "
    `)
    expect(checkText(assembly, 'haproxy-package')).toMatchInlineSnapshot(`
      "#!/bin/bash
      # The installed haproxy has the version in the profile.
      set -euo pipefail
      line=$(haproxy -v)
      line=\${line%%$'\\n'*}
      if [[ ! $line =~ version\\ ([0-9.]+) || \${BASH_REMATCH[1]} != 2.1.2 ]]; then
          printf 'the profile says haproxy %s, but this is: %s\\n' 2.1.2 "$line"
          exit 1
      fi
      "
    `)
  })

  it('is a .deb on Debian', () => {
    const debian = { name: 'debian', version: '13' }
    const text = stepText(assemblyOf(withPackage('3.2.0', debian, 'haproxy.deb')), 'haproxy-package')
    expect(text).toContain('/assets/haproxy.deb')
    expect(text).toContain('apt-get install')
  })

  it.each([
    ['2.1.2', ['option httpchk GET /readyz', 'http-check expect status 200']],
    [
      '2.2.0',
      [
        'option httpchk',
        'http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host kubernetes',
        'http-check expect status 200',
      ],
    ],
  ])('of version %s gets health checks in a syntax that it supports', (version, expected) => {
    const text = fileText(assemblyOf(withPackage(version)), '/etc/haproxy/haproxy.cfg')
    const lines = text.split('\n').map((line) => line.trim())
    expect(lines.filter((line) => /^(?:option httpchk|http-check)/.test(line))).toEqual(expected)
  })

  it('does not concern other machines', () => {
    const assembly = assemblyOf(() => {})
    expect(namesOf(assembly)).toContain('haproxy')
    expect(assembly.steps.map(({ name }) => name)).not.toContain('haproxy-package')
  })
})
