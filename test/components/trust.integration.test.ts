import { expect, it } from 'vitest'
import type { Component } from '../../src/assembly/component.ts'
import { components } from '../../src/components/index.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { textOf } from '../../src/templates/template.ts'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleProfile, testSecrets } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'

/*
 * A server whose certificate is by an authority of its own, on a throw-away copy of this Debian: with the packages that the real
 * update-ca-certificates and apt are in. What Red Hat's family does is read by shellcheck only: there is no p11-kit of theirs here.
 */

const needs = {
  root: true,
  linux: true,
  programs: [
    'unshare',
    'apt-get',
    'dpkg-deb',
    'gpg',
    'openssl',
    'curl',
    'update-ca-certificates',
    'containerd',
    'ctr',
  ],
}

/** A new authority, and the key and certificate of its server, as files of a tree. */
function authority(): { certificate: string; tree: Tree } {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-trust-'))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' })
  try {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const basic = ['-addext', 'basicConstraints=critical,CA:TRUE']
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '2',
      '-subj',
      '/CN=Example',
      ...basic,
    )
    openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost')
    writeFileSync(join(directory, 'names'), 'subjectAltName=DNS:localhost,DNS:mirror.example.com\n')
    openssl(
      'x509',
      '-req',
      '-in',
      'server.csr',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      'server.crt',
      '-days',
      '2',
      '-extfile',
      'names',
    )
    const text = (name: string) => readFileSync(join(directory, name), 'utf8')
    return {
      certificate: text('ca.crt'),
      tree: { '/server/server.key': text('server.key'), '/server/server.crt': text('server.crt') },
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const server = `
import { createServer } from 'node:https'
import { readFileSync } from 'node:fs'
const options = { key: readFileSync('/server/server.key'), cert: readFileSync('/server/server.crt') }
createServer(options, (request, response) => {
  try {
    response.end(readFileSync('/mirror' + new URL(request.url, 'https://localhost').pathname))
  } catch {
    response.writeHead(404).end()
  }
}).listen(8443, '127.0.0.1')
`

/** A worker that takes its packages from that server. */
function treeOf(certificates: readonly string[], more: Tree): Tree {
  const profile = exampleProfile('rack-test')
  profile.trust = certificates.map((content) => ({ content }))
  profile.mirrors = { distribution: 'https://localhost:8443' }
  const cluster = resolve(profile, new Map(), testSecrets)
  const machine = cluster.machines.find(({ role }) => role === 'worker')!
  const wanted = new Set(['trust', 'packages'])
  const only = (component: Component) => wanted.has(component.name)
  const { files, steps, checks } = assembleOnly(components.filter(only), cluster, machine)
  const tree: Tree = { ...more, '/server/server.mjs': server, '/node': process.execPath }
  for (const { path, mode, content } of files)
    tree[path] = { text: textOf(content), mode: Number.parseInt(mode, 8) }
  for (const { name, script } of steps) tree[`/steps/${name}`] = { text: textOf(script), mode: 0o755 }
  for (const { name, script } of checks) tree[`/checks/${name}`] = { text: textOf(script), mode: 0o755 }
  tree['/usr/local/sbin/systemctl'] = {
    text: '#!/bin/sh\ncase $* in\n  *timesyncd*) exit 3 ;;\n  restart*) echo "$*" >>/restarted ;;\nesac\n',
    mode: 0o755,
  }
  return tree
}

/** A signed mirror of Debian at /mirror that has a package of its own, and the one of certificates as it is installed here. */
const mirror = `
set -euo pipefail
# What this machine has beside Debian's own certificates.
rm -rf /etc/ca-certificates/update.d/* /var/lib/dpkg/info/ca-certificates-java.{postinst,triggers}
mkdir /tmp/own
mv /usr/local/share/ca-certificates/hakube-* /tmp/own
rm -rf /usr/local/share/ca-certificates/*
update-ca-certificates --fresh >/dev/null 2>&1
mv /tmp/own/* /usr/local/share/ca-certificates
mkdir -p /mirror/pool /tmp/example/DEBIAN
printf '%s\\n' 'Package: hakube-example' 'Version: 1' 'Architecture: all' 'Maintainer: nobody <nobody@example.com>' \\
  'Description: example' >/tmp/example/DEBIAN/control
dpkg-deb --root-owner-group --build /tmp/example /mirror/pool/hakube-example.deb >/dev/null
# As dpkg-repack does it.
mkdir -p /tmp/certificates/DEBIAN
dpkg --listfiles ca-certificates | while read -r path; do
  if [[ -f $path ]]; then install -D -m "$(stat -c %a "$path")" "$path" "/tmp/certificates$path"; fi
done
dpkg --status ca-certificates | sed -e '/^Status:/d' -e '/^Conffiles:/,/^[^ ]/{/^Conffiles:/d;/^ /d}' >/tmp/certificates/DEBIAN/control
for script in postinst postrm triggers config templates; do
  if [[ -e /var/lib/dpkg/info/ca-certificates.$script ]]; then cp "/var/lib/dpkg/info/ca-certificates.$script" "/tmp/certificates/DEBIAN/$script"; fi
done
dpkg-deb --root-owner-group --build /tmp/certificates /mirror/pool/ca-certificates.deb >/dev/null

# The suites and components that hakube writes for Debian, all with the same list.
export GNUPGHOME=/tmp/gnupg
mkdir -m 0700 "$GNUPGHOME"
gpg --quiet --batch --passphrase '' --quick-generate-key example@example.com ed25519 sign never 2>/dev/null
gpg --quiet --batch --export >/usr/share/keyrings/debian-archive-keyring.gpg
while read -r suite; do
  for part in debian debian-security; do
    top=/mirror/$part/dists/$suite
    [[ -e $top ]] || mkdir -p "$top"
    for component in main contrib non-free non-free-firmware; do
      mkdir -p "$top/$component/binary-$(dpkg --print-architecture)"
      list=$top/$component/binary-$(dpkg --print-architecture)/Packages
      : >"$list"
      if [[ $component == main ]]; then
        for file in /mirror/pool/*.deb; do
          dpkg-deb --field "$file"
          printf 'Filename: pool/%s\\nSize: %s\\nSHA256: %s\\n\\n' "\${file##*/}" "$(stat --format=%s "$file")" \\
            "$(sha256sum "$file" | cut -d ' ' -f 1)"
        done >"$list"
      fi
    done
    (
      cd "$top"
      {
        printf 'Suite: %s\\nCodename: %s\\nDate: %s\\nArchitectures: %s\\nComponents: main contrib non-free non-free-firmware\\nSHA256:\\n' \\
          "$suite" "$suite" "$(date --utc --rfc-email)" "$(dpkg --print-architecture)"
        find . -name Packages | while read -r each; do
          printf ' %s %s %s\\n' "$(sha256sum "$each" | cut -d ' ' -f 1)" "$(stat --format=%s "$each")" "\${each#./}"
        done
      } >Release
      gpg --quiet --batch --clearsign --output InRelease Release
    )
    ln -sfn /mirror/pool "/mirror/$part/pool"
  done
done < <(sed -n 's/^Suites: //p' /etc/apt/sources.list.d/hakube-distribution.sources | tr ' ' '\\n' | sort -u)
for part in pool dists; do ln -sfn "/mirror/debian/$part" "/mirror/$part" 2>/dev/null || true; done
"$(cat /node)" /server/server.mjs &
until (exec 3<>/dev/tcp/127.0.0.1/8443) 2>/dev/null; do sleep 0.1; done
echo 'Acquire::Retries "0";' >/etc/apt/apt.conf.d/99test
sed -i "s/^wanted=.*/wanted=(hakube-example '' ca-certificates '')/" /steps/packages /checks/packages
fetch() {
  if curl --fail --silent --show-error --output /dev/null https://localhost:8443/server-is-here 2>/tmp/error; then
    echo "$1: fetched"
  else
    sed -n "s/^curl: ([0-9]*) \\([^:]*\\).*/$1: \\1/p" /tmp/error
  fi
}
# containerd's client, which looks for certificates as containerd, the kubelet and all Go programs do.
pull() {
  printf '[plugins."io.containerd.grpc.v1.cri"]\n' >/tmp/containerd.toml
  containerd --config /tmp/containerd.toml --root /tmp/containerd --state /tmp/containerd-state --address /tmp/containerd.sock >/tmp/containerd.log 2>&1 &
  local daemon=$!
  until ctr --address /tmp/containerd.sock version >/dev/null 2>&1; do sleep 0.1; done
  (ctr --address /tmp/containerd.sock images pull mirror.example.com:8443/example:1 2>&1 || true) |
    grep -o 'certificate signed by unknown authority\\|example:1: not found' | sort -u || true
  kill "$daemon"
  wait "$daemon" || true
}
echo '127.0.0.1 mirror.example.com' >>/etc/hosts
echo here >/mirror/server-is-here
`

/** Certificates are new in each run. */
const shown = (output: string): string => output.replaceAll(/hakube-[0-9a-f]{16}/g, 'hakube-NAME')

describeWith(needs, 'trust', () => {
  it('makes curl and apt accept a mirror with a certificate of a private CA, which they reject before', () => {
    const { certificate, tree } = authority()
    const script = `${mirror}
      fetch before
      /checks/trust || echo 'check: fails'
      /steps/packages >/tmp/log 2>&1 || grep -o 'certificate.*unknown\\|Certificate verification failed' /tmp/log | sort -u
      pull
      /steps/trust >/tmp/log 2>&1 || cat /tmp/log
      fetch after
      /checks/trust && echo 'check: holds'
      /steps/packages >/tmp/log 2>&1 || tail -5 /tmp/log
      dpkg-query --show hakube-example
      cat /restarted
      pull
      /steps/trust >/dev/null 2>&1
      wc -l </restarted`
    const { output } = inOverlay(treeOf([certificate], tree), script)
    expect(shown(output)).toMatchInlineSnapshot(`
      "before: SSL certificate problem
      /usr/local/share/ca-certificates/hakube-NAME.crt is not in /etc/ssl/certs/ca-certificates.crt
      check: fails
      Certificate verification failed
      certificate is NOT trusted. The certificate issuer is unknown
      certificate signed by unknown authority
      after: fetched
      check: holds
      hakube-example	1
      restart containerd.service
      restart kubelet.service
      example:1: not found
      2
      "
    `)
  }, 150_000)

  it('fetches the program that makes the bundle, if it is missing, from that same mirror', () => {
    const { certificate, tree } = authority()
    const script = `${mirror}
      dpkg --purge --force-depends ca-certificates >/dev/null 2>&1
      rm -rf /etc/ssl/certs/* /usr/share/ca-certificates
      hash -r
      command -v update-ca-certificates || echo 'no bundle'
      fetch before
      /steps/trust >/tmp/log 2>&1 || tail -20 /tmp/log
      fetch after
      /checks/trust && echo 'check: holds'
      find /etc/ssl/certs -name '*.crt' | wc -l
      apt-config dump | grep -c CAInfo || true
      /steps/packages >/tmp/log 2>&1 || tail -5 /tmp/log
      dpkg-query --show hakube-example`
    const { output } = inOverlay(treeOf([certificate], tree), script)
    expect(shown(output)).toMatchInlineSnapshot(`
      "no bundle
      before: error setting certificate file
      after: fetched
      check: holds
      1
      0
      hakube-example	1
      "
    `)
  }, 150_000)

  it('stops trusting a CA that the profile no longer lists', () => {
    const [one, other] = [authority(), authority()]
    const script = `${mirror}
      printf '%s' "$OLD" >/usr/local/share/ca-certificates/hakube-0123456789abcdef.crt
      update-ca-certificates >/dev/null 2>&1
      fetch before
      /steps/trust >/tmp/log 2>&1 || tail -20 /tmp/log
      fetch after
      ls /usr/local/share/ca-certificates`
    const { output } = inOverlay(
      treeOf([other.certificate], one.tree),
      `OLD='${one.certificate}'\n${script}`,
      120_000,
    )
    expect(shown(output)).toMatchInlineSnapshot(`
      "before: fetched
      after: SSL certificate problem
      hakube-NAME.crt
      "
    `)
  }, 150_000)
})

describeWith({ programs: ['shellcheck'] }, 'scripts of trust', () => {
  it.each(['debian', 'rocky'])('satisfy shellcheck: %s', (name) => {
    const text = readFileSync(new URL(`../fixtures/trust/expected/${name}.sh`, import.meta.url), 'utf8')
    for (const script of text.split('==== check\n')) {
      const { stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: script, encoding: 'utf8' })
      expect(stdout).toBe('')
    }
  })
})
