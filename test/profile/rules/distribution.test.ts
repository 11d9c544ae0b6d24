import { describe, expect, it } from 'vitest'
import { unsupportedReleases } from '../../../src/distributions/ended.ts'
import { mistakes } from '../mistakes.ts'

const shown = (name: string, version: string) =>
  mistakes(['name: rocky', `name: ${name}`], ['version: "9"', `version: "${version}"`]).split('\n')

describe('distributions', () => {
  it('reports an unknown distribution', () => {
    expect(mistakes(['name: rocky', 'name: rokcy'])).toMatchInlineSnapshot(`
      "profile.yaml:5:9: error[distribution/unknown]: hakube does not know the distribution "rokcy" [$.distribution.name]
          5 |   name: rokcy
            |         ^^^^^
        hint: did you mean rocky? known: rocky, almalinux, centos, rhel, debian, ubuntu
      "
    `)
  })
  it('reports a distribution by another name', () => {
    expect(mistakes(['name: rocky', 'name: RHEL'])).toMatchInlineSnapshot(`
      "profile.yaml:5:9: error[distribution/unknown]: hakube does not know the distribution "RHEL" [$.distribution.name]
          5 |   name: RHEL
            |         ^^^^
        hint: did you mean rhel? known: rocky, almalinux, centos, rhel, debian, ubuntu
      "
    `)
  })
  it('reports a name that every JavaScript object has', () => {
    expect(mistakes(['name: rocky', 'name: constructor'])).toMatchInlineSnapshot(`
      "profile.yaml:5:9: error[distribution/unknown]: hakube does not know the distribution "constructor" [$.distribution.name]
          5 |   name: constructor
            |         ^^^^^^^^^^^
        hint: known: rocky, almalinux, centos, rhel, debian, ubuntu
      "
    `)
  })
  it('lists the distributions if none has a similar name', () => {
    expect(mistakes(['name: rocky', 'name: windows'])).toMatchInlineSnapshot(`
      "profile.yaml:5:9: error[distribution/unknown]: hakube does not know the distribution "windows" [$.distribution.name]
          5 |   name: windows
            |         ^^^^^^^
        hint: known: rocky, almalinux, centos, rhel, debian, ubuntu
      "
    `)
  })
  it('reports an unknown version', () => {
    expect(mistakes(['version: "9"', 'version: "11"'])).toMatchInlineSnapshot(`
      "profile.yaml:6:12: error[distribution/unknown-version]: hakube does not know rocky 11 [$.distribution.version]
          6 |   version: "11"
            |            ^^^^
        hint: known: "8", "9", "10"
      "
    `)
  })
  describe('reports releases that hakube does not install, with the reason', () => {
    it.each([
      [
        'debian',
        '11',
        'Debian 11: it has had no security updates since 2026-08-31; its long-term support has ended too',
      ],
      [
        'debian',
        '11 (bullseye)',
        'Debian 11: it has had no security updates since 2026-08-31; its long-term support has ended too',
      ],
      ['debian', '10.13', 'Debian 10: it has had no security updates since 2024-06-30'],
      [
        'ubuntu',
        '20.04',
        'Ubuntu 20.04: it has had no security updates since 2025-05-31; Canonical provides updates only for Ubuntu Pro',
      ],
      [
        'ubuntu',
        '20.04.6',
        'Ubuntu 20.04: it has had no security updates since 2025-05-31; Canonical provides updates only for Ubuntu Pro',
      ],
      ['ubuntu', '25.10', 'Ubuntu 25.10: it has had no security updates since 2026-07-01'],
      [
        'ubuntu',
        '26.10',
        'Ubuntu 26.10: it receives updates for only nine months, and hakube supports long-term support releases',
      ],
      [
        'centos',
        '8',
        'CentOS Stream 8: it has had no security updates since 2024-05-31; CentOS Linux 8 already ended on 2021-12-31',
      ],
      [
        'centos',
        '8-stream',
        'CentOS Stream 8: it has had no security updates since 2024-05-31; CentOS Linux 8 already ended on 2021-12-31',
      ],
      ['centos', '6.10', 'CentOS 6: it has had no security updates since 2020-11-30'],
      [
        'rhel',
        '7.9',
        'Red Hat Enterprise Linux 7: it has had no security updates since 2024-06-30; Red Hat provides updates only with extended support',
      ],
    ])('%s %s', (name, version, message) => {
      expect(shown(name, version)[0]).toBe(
        `profile.yaml:6:12: error[distribution/unsupported]: hakube does not install ${message} [$.distribution.version]`,
      )
    })

    it('suggests a distribution for one that is not supported', () => {
      expect(shown('debian', '11')[3]).toBe('  hint: use Debian 12 or Debian 13')
      expect(shown('ubuntu', '18.04')[3]).toBe('  hint: use Ubuntu 22.04, Ubuntu 24.04 or Ubuntu 26.04')
      expect(shown('centos', '8')[3]).toBe('  hint: use CentOS Stream 9 or CentOS Stream 10')
    })

    it.each(unsupportedReleases.map((release) => [release.name, release.version] as const))(
      'has a message for each: %s %s',
      (name, version) => {
        expect(shown(name, version)[0]).toContain('error[distribution/unsupported]: hakube does not install ')
      },
    )
  })

  it.each([
    ['ubuntu', 'noble', '24.04'],
    ['debian', 'Trixie', '13'],
    ['centos', '9-stream', '9'],
    ['centos', 'stream 10', '10'],
    ['almalinux', '8.10', '8'],
    ['ubuntu', '26', '26.04'],
  ])('suggests the right name for %s %s: %s', (name, version, meant) => {
    expect(mistakes(['name: rocky', `name: ${name}`], ['version: "9"', `version: "${version}"`])).toContain(
      `hint: did you mean "${meant}"? known: `,
    )
  })

  it('reports Red Hat Enterprise Linux without a mirror', () => {
    expect(mistakes(['name: rocky', 'name: rhel'])).toMatchInlineSnapshot(`
      "profile.yaml:5:9: error[distribution/no-mirror]: the packages of Red Hat Enterprise Linux 9 require a subscription, so hakube has no default mirror [$.distribution.name]
          5 |   name: rhel
            |         ^^^^
        hint: set mirrors.distribution to your own mirror (docs/distributions.md), or use Rocky Linux, AlmaLinux or CentOS Stream
        source: https://access.redhat.com/solutions/253273
      "
    `)
    expect(
      mistakes(
        ['name: rocky', 'name: rhel'],
        ['users:', 'mirrors: {distribution: http://10.10.10.5/rhel}\nusers:'],
      ),
    ).toBe('')
  })

  it('reports a point release', () => {
    expect(mistakes(['version: "9"', 'version: "9.4"'])).toMatchInlineSnapshot(`
      "profile.yaml:6:12: error[distribution/unknown-version]: hakube does not know rocky 9.4 [$.distribution.version]
          6 |   version: "9.4"
            |            ^^^^^
        hint: did you mean "9"? known: "8", "9", "10"
      "
    `)
  })
  it('reports an install method that the distribution does not have', () => {
    expect(mistakes(['  version: "9"', '  version: "9"\n  install: autoinstall'])).toMatchInlineSnapshot(`
      "profile.yaml:7:12: error[distribution/install]: Rocky Linux 9 does not support the install method autoinstall [$.distribution.install]
          7 |   install: autoinstall
            |            ^^^^^^^^^^^
        hint: write kickstart or image, or remove install
      "
    `)
  })
  it('reports a machine without a disk', () => {
    expect(mistakes(['hardware:\n  disk: /dev/sda\n', ''])).toMatchInlineSnapshot(`
      "profile.yaml:11:1: error[hardware/no-disk]: no machine has a disk, and kickstart needs to know which to use [$.machines]
         11 | machines:
            | ^^^^^^^^
        hint: write hardware: and below it disk: /dev/sda, or set disk for each machine
      "
    `)
  })
  it('reports preseed for another family', () => {
    expect(mistakes(['  version: "9"', '  version: "9"\n  install: preseed'])).toMatchInlineSnapshot(`
      "profile.yaml:7:12: error[distribution/install]: Rocky Linux 9 does not support the install method preseed [$.distribution.install]
          7 |   install: preseed
            |            ^^^^^^^
        hint: write kickstart or image, or remove install
      "
    `)
  })
  it('suggests install: live if a machine with Debian has no disk', () => {
    const debian = ['name: rocky\n  version: "9"', 'name: debian\n  version: "13"'] as const
    expect(mistakes([...debian], ['hardware:\n  disk: /dev/sda\n', ''])).toMatchInlineSnapshot(`
      "profile.yaml:11:1: error[hardware/no-disk]: no machine has a disk, and preseed needs to know which to use [$.machines]
         11 | machines:
            | ^^^^^^^^
        hint: write hardware: and below it disk: /dev/sda, or set disk for each machine; or install: live below distribution, which runs from memory
      "
    `)
  })
  it('reports the end of life, and a Kubernetes that the distribution cannot run', () => {
    expect(mistakes(['name: rocky\n  version: "9"', 'name: centos\n  version: "7"'])).toMatchInlineSnapshot(`
      "profile.yaml:6:12: warning[distribution/end-of-life]: CentOS 7 has had no security updates since 2024-06-30 [$.distribution.version]
          6 |   version: "7"
            |            ^^^
        hint: use Rocky Linux 10, AlmaLinux 10, CentOS Stream 10, Red Hat Enterprise Linux 10, Debian 13 or Ubuntu 26.04

      profile.yaml:38:1: error[load-balancing/old-haproxy]: CentOS 7 packages haproxy 1.5, which is too old for hakube's configuration [$.loadBalancing]
         38 | loadBalancing:
            | ^^^^^^^^^^^^^
        hint: use a release with haproxy 2.0 or later, e.g. Rocky Linux 9, or set loadBalancing.haproxyPackage
        source: https://docs.haproxy.org/2.0/configuration.html#3.2-maxconn

      profile.yaml:44:12: error[kubernetes/distribution]: CentOS 7 cannot run Kubernetes 1.36: kubeadm 1.32 and 1.33 reject its kernel 3.10, and the kubelet rejects its control groups v1 from 1.35 [$.kubernetes.version]
         44 |   version: "1.36.4"
            |            ^^^^^^^^
        hint: use a newer distribution, or Kubernetes 1.31
        profile.yaml:6:12: CentOS 7 is selected here
        source: https://github.com/kubernetes/kubernetes/pull/129462
      "
    `)
  })
  it('reports the end of life, and a haproxy that is too old', () => {
    expect(mistakes(['name: rocky\n  version: "9"', 'name: centos\n  version: "7"'], ['1.36.4', '1.31.2']))
      .toMatchInlineSnapshot(`
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
        "
      `)
  })
  it('reports SELinux on a distribution without it', () => {
    expect(
      mistakes(
        ['name: rocky\n  version: "9"', 'name: debian\n  version: "12"'],
        ['users:', 'selinux: permissive\nusers:'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:1: warning[distribution/no-selinux]: Debian 12 does not use SELinux, so the setting has no effect [$.selinux]
         45 | selinux: permissive
            | ^^^^^^^
        hint: remove selinux
      "
    `)
  })
})
