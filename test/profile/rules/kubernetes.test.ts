import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

/** What nftables is told in a release, with a value of its feature gate. */
const withNftables = (version: string, gate = '') =>
  [
    ...mistakes([
      '  version: "1.36.4"\n',
      `  version: "${version}"\n  proxyMode: nftables\n${gate && `  featureGates: {NFTablesProxyMode: ${gate}}\n`}`,
    ]).matchAll(/error\[(.*)\]: (.*) \[\$.*\]\n[^]*?hint: (.*)/g),
  ].map(([, code, message, hint]) => `${code}: ${message} → ${hint}`)

describe('Kubernetes', () => {
  it('reports a minor release that does not exist', () => {
    expect(mistakes(['1.36.4', '1.99.0'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/no-such-version]: there is no Kubernetes 1.99.0 [$.kubernetes.version]
         44 |   version: "1.99.0"
            |            ^^^^^^^^
        hint: the newest that this hakube knows is 1.37.1
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('reports a patch release that was never published', () => {
    expect(mistakes(['1.36.4', '1.24.99'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/no-such-version]: there is no Kubernetes 1.24.99 [$.kubernetes.version]
         44 |   version: "1.24.99"
            |            ^^^^^^^^^
        hint: the last release of 1.24 is 1.24.17
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('reports a patch release that is too high to exist', () => {
    expect(mistakes(['1.36.4', '1.36.99'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/no-such-version]: there is no Kubernetes 1.36.99 [$.kubernetes.version]
         44 |   version: "1.36.99"
            |            ^^^^^^^^^
        hint: the newest that this hakube knows is 1.36.5
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('warns about a release that is newer than hakube', () => {
    expect(mistakes(['1.36.4', '1.39.0'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/newer]: Kubernetes 1.39.0 is newer than this hakube, which knows 1.37.1 [$.kubernetes.version]
         44 |   version: "1.39.0"
            |            ^^^^^^^^
        hint: use "1.37.1", or try it on a test cluster first
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('reports a version without a patch release', () => {
    expect(mistakes(['1.36.4', 'v1.35'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/malformed-version]: "v1.35" is not a Kubernetes version [$.kubernetes.version]
         44 |   version: "v1.35"
            |            ^^^^^^^
        hint: write the whole version: "1.35.9"
      "
    `)
  })
  it('reports what is not a version', () => {
    expect(mistakes(['1.36.4', 'latest'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/malformed-version]: "latest" is not a Kubernetes version [$.kubernetes.version]
         44 |   version: "latest"
            |            ^^^^^^^^
        hint: write three numbers, e.g. "1.37.1"
      "
    `)
  })
  it('reports a release without packages', () => {
    expect(mistakes(['1.36.4', '1.23.17'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/no-packages]: packages of Kubernetes 1.23.17 are no longer published [$.kubernetes.version]
         44 |   version: "1.23.17"
            |            ^^^^^^^^^
        hint: use "1.37.1"; the public repositories begin with 1.24, or set mirrors.kubernetes to your own
        source: https://kubernetes.io/blog/2023/08/31/legacy-package-repository-deprecation/
      "
    `)
  })
  it('warns about a release at its end of life', () => {
    expect(mistakes(['1.36.4', '1.30.14'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.30 has had no security updates since 2025-07-15 [$.kubernetes.version]
         44 |   version: "1.30.14"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('warns that ipvs is deprecated', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  proxyMode: ipvs\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:14: warning[kubernetes/ipvs]: the ipvs mode of kube-proxy has been deprecated since Kubernetes 1.35 [$.kubernetes.proxyMode]
           45 |   proxyMode: ipvs
              |              ^^^^
          hint: write nftables, or remove proxyMode: hakube selects the best mode for the distribution
          source: https://github.com/kubernetes/enhancements/issues/5495
        "
      `)
  })
  it('accepts nftables where it is stable, and earlier with its feature gate', () => {
    for (const version of ['1.36.4', '1.33.1', '1.32.1', '1.31.14']) expect(withNftables(version)).toEqual([])
    expect(withNftables('1.30.4', 'true')).toEqual([])
    expect([
      withNftables('1.28.2'),
      withNftables('1.30.4'),
      withNftables('1.30.4', 'false'),
      withNftables('1.31.14', 'false'),
    ]).toMatchInlineSnapshot(`
      [
        [
          "kubernetes/nftables: kube-proxy has an nftables mode from Kubernetes 1.29 on, and this is 1.28 → write iptables, or remove proxyMode",
        ],
        [
          "kubernetes/nftables: the feature gate NFTablesProxyMode is off, without which kube-proxy of Kubernetes 1.30 has no nftables mode → write featureGates: {NFTablesProxyMode: true}; or write iptables, or remove proxyMode",
        ],
        [
          "kubernetes/nftables: the feature gate NFTablesProxyMode is off, without which kube-proxy of Kubernetes 1.30 has no nftables mode → write featureGates: {NFTablesProxyMode: true}; or write iptables, or remove proxyMode",
        ],
        [
          "kubernetes/nftables: the feature gate NFTablesProxyMode is off, without which kube-proxy of Kubernetes 1.31 has no nftables mode → remove featureGates.NFTablesProxyMode; or write iptables, or remove proxyMode",
        ],
      ]
    `)
  })
  it('reports nftables on a kernel that is too old for it', () => {
    expect(
      mistakes(
        ['name: rocky\n  version: "9"', 'name: centos\n  version: "7"'],
        ['  version: "1.36.4"\n', '  version: "1.31.2"\n  proxyMode: nftables\n'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:6:12: warning[distribution/end-of-life]: CentOS 7 has had no security updates since 2024-06-30 [$.distribution.version]
          6 |   version: "7"
            |            ^^^
        hint: use Rocky Linux 10, AlmaLinux 10, CentOS Stream 10, Red Hat Enterprise Linux 10, Debian 13 or Ubuntu 26.04

      profile.yaml:38:1: error[load-balancing/old-haproxy]: CentOS 7 packages haproxy 1.5, which is too old for hakube's configuration [$.loadBalancing]
         38 | loadBalancing:
            | ^^^^^^^^^^^^^
        hint: use a release with haproxy 2.0 or later, e.g. Rocky Linux 9, or set loadBalancing.haproxyPackage
        source: https://docs.haproxy.org/2.0/configuration.html#3.2-maxconn

      profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.31 has had no security updates since 2025-11-11 [$.kubernetes.version]
         44 |   version: "1.31.2"
            |            ^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:45:14: error[kubernetes/nftables]: the nftables mode needs kernel 5.13, but CentOS 7 has 3.10 [$.kubernetes.proxyMode]
         45 |   proxyMode: nftables
            |              ^^^^^^^^
        hint: write iptables, or remove proxyMode
        source: https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables
      "
    `)
  })
})

const onDebian = (version: string): [string, string][] => [
  ['name: rocky', 'name: debian'],
  ['version: "9"', `version: "${version}"`],
]

describe('signatures of the packages', () => {
  it('cause a warning if the apt of Debian 13 rejects them', () => {
    expect(mistakes(...onDebian('13'), ['1.36.4', '1.31.14'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.31 has had no security updates since 2025-11-11 [$.kubernetes.version]
         44 |   version: "1.31.14"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:44:12: warning[kubernetes/signature]: apt of Debian 13 has rejected the signature of the Kubernetes 1.31 packages since 2026-02-01 [$.kubernetes.version]
         44 |   version: "1.31.14"
            |            ^^^^^^^^^
        hint: use "1.37.1", or set mirrors.kubernetes to a mirror that signs packages itself, and mirrors.keys.kubernetes to its key
        source: https://github.com/kubernetes/release/issues/3869
      "
    `)
  })
  it('are accepted if apt accepts them, and by the apt of Debian 12', () => {
    for (const changes of [
      [...onDebian('13'), ['1.36.4', '1.32.13']],
      [...onDebian('12'), ['1.36.4', '1.31.14']],
    ] as [string, string][][])
      expect(mistakes(...changes)).not.toContain('signature')
  })
  it('are accepted from a mirror that signs packages itself', () => {
    const mirror: [string, string] = [
      'users:\n',
      'mirrors:\n  kubernetes: http://10.10.10.5/kubernetes\nusers:\n',
    ]
    expect(mistakes(...onDebian('13'), ['1.36.4', '1.31.14'], mirror)).not.toContain('signature')
  })
})
