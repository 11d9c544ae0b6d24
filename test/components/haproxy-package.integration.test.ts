import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { assets } from '../../src/components/assets.ts'
import { haproxyPackage } from '../../src/components/haproxy-package.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { changedCluster, treeOf } from './host.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const needs = {
  root: true,
  linux: true,
  programs: ['unshare', 'apt-get', 'dpkg-deb', 'curl', 'python3', 'systemctl'],
}

/** A real package whose haproxy says a version, and a server that has it. */
const server = (version: string) => `
  set -u
  rm -f /usr/sbin/policy-rc.d
  mkdir -p /srv/assets/packages /tmp/package/DEBIAN /tmp/package/usr/sbin /tmp/package/lib/systemd/system
  printf '%s\\n' 'Package: haproxy' 'Version: 9:${version}-1' 'Architecture: all' 'Maintainer: nobody <nobody@example.com>' \\
    'Description: example' >/tmp/package/DEBIAN/control
  printf '#!/bin/sh\\n/usr/sbin/policy-rc.d haproxy start; echo "policy: $?"\\n' >/tmp/package/DEBIAN/postinst
  printf '#!/bin/sh\\necho "HAProxy version ${version}-1 2025/01/01 - https://haproxy.org/"\\n' >/tmp/package/usr/sbin/haproxy
  printf '[Service]\\nExecStart=/bin/true\\n' >/tmp/package/lib/systemd/system/haproxy.service
  chmod 0755 /tmp/package/DEBIAN/postinst /tmp/package/usr/sbin/haproxy
  find /tmp/package -exec touch --date=2025-01-01 {} +
  SOURCE_DATE_EPOCH=1 dpkg-deb --root-owner-group --build /tmp/package /srv/assets/packages/haproxy.deb >/dev/null
  sum=$(sha256sum /srv/assets/packages/haproxy.deb | cut -d ' ' -f 1)
  sed -i "s/^sum=.*/sum=$sum/" /steps/haproxy-package
  (cd /srv && exec python3 -m http.server --bind 127.0.0.1 8080 >/dev/null 2>&1) &
  trap 'kill %1' EXIT
  until curl --silent --output /dev/null http://127.0.0.1:8080/; do sleep 0.1; done
  cat >/usr/local/bin/systemctl <<'END'
#!/bin/sh
test "$1" = cat && test -e /lib/systemd/system/haproxy.service
END
  chmod 0755 /usr/local/bin/systemctl
  hash -r
`

const treeFor = (version: string) => {
  const cluster = changedCluster((profile) => {
    profile.server = 'http://127.0.0.1:8080'
    profile.loadBalancing!.haproxyPackage = {
      path: 'packages/haproxy.deb',
      sha256: createHash('sha256').update('replaced by the test').digest('hex'),
      version,
    }
  }, 'rack-test')
  return treeOf(assembleOnly([assets, haproxyPackage], cluster, cluster.balancers[0]!))
}

describeWith(needs, 'a package of haproxy', () => {
  it('is fetched, verified and installed once', () => {
    const script = `${server('2.9.1')}
      /steps/haproxy-package >/tmp/log 2>&1 || cat /tmp/log
      grep ^policy: /tmp/log
      test ! -e /usr/sbin/policy-rc.d && echo 'policy removed'
      dpkg-query --show haproxy
      /checks/haproxy-package && echo checked
      kill %1; trap - EXIT
      /steps/haproxy-package && echo 'nothing to fetch'`
    expect(inOverlay(treeFor('2.9.1'), script).output).toMatchInlineSnapshot(`
      "policy: 101
      policy removed
      haproxy	9:2.9.1-1
      checked
      nothing to fetch
      "
    `)
  })

  it('is refused if it is a different file or has a different version', () => {
    const script = `${server('2.9.1')}
      sed 's/^sum=.*/sum=${'0'.repeat(64)}/' /steps/haproxy-package >/tmp/other
      bash /tmp/other 2>&1 | sed 's|[0-9a-f]\\{64\\},|ITS SHA-256,|'
      /steps/haproxy-package 2>&1 | tail -n 1
      /checks/haproxy-package`
    expect(inOverlay(treeFor('2.9.2'), script).output).toMatchInlineSnapshot(`
      "http://127.0.0.1:8080/assets/packages/haproxy.deb does not match the profile: its SHA-256 is ITS SHA-256, not 0000000000000000000000000000000000000000000000000000000000000000
      the profile says haproxy 2.9.2, but the package contains: HAProxy version 2.9.1-1 2025/01/01 - https://haproxy.org/
      the profile says haproxy 2.9.2, but this is: HAProxy version 2.9.1-1 2025/01/01 - https://haproxy.org/
      "
    `)
  })
})
