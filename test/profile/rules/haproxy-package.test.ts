import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const given = (version: string, path = 'packages/haproxy-2.8.16-1.el9.x86_64.rpm'): [string, string] => [
  'loadBalancing:\n',
  `loadBalancing:\n  haproxyPackage:\n    path: ${path}\n    version: "${version}"\n    sha256: ${'a'.repeat(64)}\n`,
]

describe('a package of haproxy', () => {
  it.each(['2.0.0', '2.1.2', '2.8.16', '3.2.0'])('may have version %s', (version) => {
    expect(mistakes(given(version))).toBe('')
  })
  it('is reported if it is too old', () => {
    expect(mistakes(given('1.8.30'))).toMatchInlineSnapshot(`
      "profile.yaml:41:14: error[load-balancing/old-haproxy]: haproxy 1.8.30 is too old for hakube's configuration [$.loadBalancing.haproxyPackage.version]
         41 |     version: "1.8.30"
            |              ^^^^^^^^
        hint: use haproxy 2.0 or later
        source: https://docs.haproxy.org/2.0/configuration.html#3.2-maxconn
      "
    `)
  })
  it('is reported with a malformed version', () => {
    expect(mistakes(given('2.8'))).toMatchInlineSnapshot(`
      "profile.yaml:41:14: error[load-balancing/package-version]: "2.8" is not a haproxy version [$.loadBalancing.haproxyPackage.version]
         41 |     version: "2.8"
            |              ^^^^^
        hint: write all three numbers that haproxy -v prints, in quotes, e.g. "2.8.16"
      "
    `)
  })
  it('is reported if it is for another family', () => {
    expect(mistakes(given('2.8.16', 'haproxy_2.8.16-1_amd64.deb'))).toMatchInlineSnapshot(`
      "profile.yaml:40:11: error[load-balancing/package-format]: Rocky Linux 9 installs .rpm files, but this is haproxy_2.8.16-1_amd64.deb [$.loadBalancing.haproxyPackage.path]
         40 |     path: haproxy_2.8.16-1_amd64.deb
            |           ^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: use a package for Rocky Linux 9, e.g. haproxy-2.8.16.rpm
      "
    `)
  })
  it('is reported if no machine installs it', () => {
    const outside: [string, string][] = [
      ['  - name: balancer-1\n    role: load-balancer', '  - name: balancer-1\n    role: worker'],
      ['  - name: balancer-2\n    role: load-balancer', '  - name: balancer-2\n    role: worker'],
      ['  ingress:\n    address: 10.10.10.20\n', '  placement: external\n'],
    ]
    expect(mistakes(...outside, given('2.8.16'))).toMatchInlineSnapshot(`
      "profile.yaml:39:3: warning[load-balancing/unused-package]: the load balancer is external, so no machine installs this package [$.loadBalancing.haproxyPackage]
         39 |   haproxyPackage:
            |   ^^^^^^^^^^^^^^
        hint: remove haproxyPackage
      "
    `)
  })
})
