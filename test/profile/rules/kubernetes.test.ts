import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

describe('Kubernetes', () => {
  it('a minor that does not exist', () => {
    expect(mistakes(['1.36.4', '1.99.0'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/no-such-version]: there is no Kubernetes 1.99.0 [$.kubernetes.version]
         44 |   version: "1.99.0"
            |            ^^^^^^^^
        hint: the newest that this hakube knows is 1.37.1
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('a patch that never came', () => {
    expect(mistakes(['1.36.4', '1.24.99'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/no-such-version]: there is no Kubernetes 1.24.99 [$.kubernetes.version]
         44 |   version: "1.24.99"
            |            ^^^^^^^^^
        hint: the last of 1.24 is 1.24.17
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('a patch that can hardly exist', () => {
    expect(mistakes(['1.36.4', '1.36.99'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/no-such-version]: there is no Kubernetes 1.36.99 [$.kubernetes.version]
         44 |   version: "1.36.99"
            |            ^^^^^^^^^
        hint: the newest that this hakube knows is 1.36.5
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('newer than hakube', () => {
    expect(mistakes(['1.36.4', '1.39.0'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/newer]: Kubernetes 1.39.0 is newer than this hakube, which knows 1.37.1 [$.kubernetes.version]
         44 |   version: "1.39.0"
            |            ^^^^^^^^
        hint: take "1.37.1", or try it on a rack that may fail
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('a minor only', () => {
    expect(mistakes(['1.36.4', 'v1.35'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/malformed-version]: "v1.35" is not a version of Kubernetes [$.kubernetes.version]
         44 |   version: "v1.35"
            |            ^^^^^^^
        hint: write the whole version: "1.35.9"
      "
    `)
  })
  it('no version at all', () => {
    expect(mistakes(['1.36.4', 'latest'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/malformed-version]: "latest" is not a version of Kubernetes [$.kubernetes.version]
         44 |   version: "latest"
            |            ^^^^^^^^
        hint: write three numbers, e.g. "1.37.1"
      "
    `)
  })
  it('no packages any more', () => {
    expect(mistakes(['1.36.4', '1.23.17'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/no-packages]: there are no packages of Kubernetes 1.23.17 any more [$.kubernetes.version]
         44 |   version: "1.23.17"
            |            ^^^^^^^^^
        hint: take "1.37.1"; the package repositories begin with 1.24, unless mirrors.kubernetes names one of your own
        source: https://kubernetes.io/blog/2023/08/31/legacy-package-repository-deprecation/
      "
    `)
  })
  it('end of life', () => {
    expect(mistakes(['1.36.4', '1.30.14'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.30 has had no security updates since 2025-07-15 [$.kubernetes.version]
         44 |   version: "1.30.14"
            |            ^^^^^^^^^
        hint: take "1.37.1"
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('ipvs is deprecated', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  proxyMode: ipvs\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:14: warning[kubernetes/ipvs]: the ipvs mode of kube-proxy is deprecated since Kubernetes 1.35 [$.kubernetes.proxyMode]
           45 |   proxyMode: ipvs
              |              ^^^^
          hint: write nftables, or remove proxyMode: hakube takes the best that the distribution can do
          source: https://github.com/kubernetes/enhancements/issues/5495
        "
      `)
  })
  it('nftables too early', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.32.1"\n  proxyMode: nftables\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.32 has had no security updates since 2026-02-28 [$.kubernetes.version]
           44 |   version: "1.32.1"
              |            ^^^^^^^^
          hint: take "1.37.1"
          source: https://kubernetes.io/releases/

        profile.yaml:45:14: error[kubernetes/nftables]: the nftables mode is stable from Kubernetes 1.33, and this is 1.32 [$.kubernetes.proxyMode]
           45 |   proxyMode: nftables
              |              ^^^^^^^^
          hint: write iptables, or remove proxyMode
          source: https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables
        "
      `)
  })
  it('nftables on an old kernel', () => {
    expect(
      mistakes(
        ['name: rocky\n  version: "9"', 'name: centos\n  version: "7"'],
        ['  version: "1.36.4"\n', '  version: "1.31.2"\n  proxyMode: nftables\n'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:6:12: warning[distribution/end-of-life]: CentOS 7 has had no security updates since 2024-06-30 [$.distribution.version]
          6 |   version: "7"
            |            ^^^
        hint: take Rocky Linux 10, AlmaLinux 10, CentOS Stream 10, Red Hat Enterprise Linux 10, Debian 13 or Ubuntu 26.04

      profile.yaml:38:1: error[load-balancing/old-haproxy]: CentOS 7 has haproxy 1.5, which cannot do all that hakube asks of it [$.loadBalancing]
         38 | loadBalancing:
            | ^^^^^^^^^^^^^
        hint: take a release with haproxy 2.0 or later, e.g. Rocky Linux 9, or give one by loadBalancing.haproxyPackage
        source: https://docs.haproxy.org/2.0/configuration.html#3.2-maxconn

      profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.31 has had no security updates since 2025-11-11 [$.kubernetes.version]
         44 |   version: "1.31.2"
            |            ^^^^^^^^
        hint: take "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:45:14: error[kubernetes/nftables]: the nftables mode needs kernel 5.13, and CentOS 7 has 3.10 [$.kubernetes.proxyMode]
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
  it('that the apt of Debian 13 refuses', () => {
    expect(mistakes(...onDebian('13'), ['1.36.4', '1.31.14'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.31 has had no security updates since 2025-11-11 [$.kubernetes.version]
         44 |   version: "1.31.14"
            |            ^^^^^^^^^
        hint: take "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:44:12: warning[kubernetes/signature]: the packages of Kubernetes 1.31 have a signature that the apt of Debian 13 refuses since 2026-02-01 [$.kubernetes.version]
         44 |   version: "1.31.14"
            |            ^^^^^^^^^
        hint: take "1.37.1", or name a mirror that signs by itself in mirrors.kubernetes, and its key in mirrors.keys.kubernetes
        source: https://github.com/kubernetes/release/issues/3869
      "
    `)
  })
  it('that it takes, and the apt of Debian 12', () => {
    for (const changes of [
      [...onDebian('13'), ['1.36.4', '1.32.13']],
      [...onDebian('12'), ['1.36.4', '1.31.14']],
    ] as [string, string][][])
      expect(mistakes(...changes)).not.toContain('signature')
  })
  it('of a mirror, which signs by itself', () => {
    const mirror: [string, string] = [
      'users:\n',
      'mirrors:\n  kubernetes: http://10.10.10.5/kubernetes\nusers:\n',
    ]
    expect(mistakes(...onDebian('13'), ['1.36.4', '1.31.14'], mirror)).not.toContain('signature')
  })
})
