import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const kernel = (name: string): [string, string] => ['users:\n', `kernel:\n  package: ${name}\nusers:\n`]
const bios: [string, string] = ['disk: /dev/sda', 'disk: /dev/sda\n  firmware: bios']
const on = (name: string, version: string): [string, string][] => [
  ['name: rocky', `name: ${name}`],
  ['version: "9"', `version: "${version}"`],
]

describe('a kernel other than that of the distribution', () => {
  it('causes a warning because of Secure Boot', () => {
    expect(mistakes(kernel('elrepo-lt'))).toMatchInlineSnapshot(`
      "profile.yaml:46:12: warning[kernel/secure-boot]: ELRepo kernels are not signed: with Secure Boot, balancer-1 would not boot one [$.kernel.package]
         46 |   package: elrepo-lt
            |            ^^^^^^^^^
        hint: disable Secure Boot in the firmware before installation (otherwise the first boot stops before its reboot and reports it), or remove package
        source: https://elrepo.org/wiki/doku.php?id=secureboot
      "
    `)
  })
  it('is accepted for machines with BIOS', () => {
    expect(mistakes(kernel('elrepo-ml'), bios)).toBe('')
  })
  it('exists only for the Red Hat family', () => {
    expect(mistakes(...on('ubuntu', '24.04'), kernel('elrepo-lt'), bios)).toMatchInlineSnapshot(`
      "profile.yaml:47:12: error[kernel/no-package]: ELRepo builds kernels only for the Red Hat family, not for Ubuntu 24.04 [$.kernel.package]
         47 |   package: elrepo-lt
            |            ^^^^^^^^^
        hint: remove package
        source: https://elrepo.org/wiki/doku.php?id=start
      "
    `)
  })
  it('is reported for releases without one', () => {
    expect(mistakes(...on('almalinux', '10'), kernel('elrepo-lt'), bios)).toMatchInlineSnapshot(`
      "profile.yaml:47:12: error[kernel/no-package]: ELRepo builds no kernel-lt for AlmaLinux 10 [$.kernel.package]
         47 |   package: elrepo-lt
            |            ^^^^^^^^^
        hint: write elrepo-ml, or remove package
        source: https://elrepo.org/wiki/doku.php?id=start
      "
    `)
  })
  it('is reported for architectures without one', () => {
    const change: [string, string] = [
      '    address: 10.10.10.16\n',
      '    address: 10.10.10.16\n    architecture: arm64\n    kernel: { package: elrepo-ml }\n',
    ]
    expect(mistakes(...on('rocky', '10'), change, bios)).toMatchInlineSnapshot(`
      "profile.yaml:35:11: error[hardware/arm64-bios]: worker-1 is an arm64 machine, which has no BIOS [$.machines[5].name]
         35 |   - name: worker-1
            |           ^^^^^^^^
        hint: write firmware: uefi
        source: https://developer.arm.com/documentation/den0044/latest (Base Boot Requirements)

      profile.yaml:40:24: error[kernel/no-package]: ELRepo builds no kernel-ml for Rocky Linux 10 on arm64, the architecture of worker-1 [$.machines[5].kernel.package]
         40 |     kernel: { package: elrepo-ml }
            |                        ^^^^^^^^^
        hint: remove package for this machine
        source: https://elrepo.org/wiki/doku.php?id=start
      "
    `)
  })
  it('can be reverted for a role', () => {
    const back: [string, string] = [
      'users:\n',
      'roles:\n  load-balancer:\n    kernel: { package: distribution }\nusers:\n',
    ]
    expect(mistakes(kernel('elrepo-ml'), back, bios)).toBe('')
  })
})

describe('on CentOS 7', () => {
  const centos = [
    ...on('centos', '7'),
    bios,
    [
      'loadBalancing:\n',
      `loadBalancing:\n  haproxyPackage: { path: haproxy.rpm, version: "2.8.16", sha256: ${'a'.repeat(64)} }\n`,
    ],
  ] satisfies [string, string][]
  const codes = (...changes: [string, string][]) =>
    [...mistakes(...centos, ...changes).matchAll(/(error|warning): (.*)/g)].map(([line]) => line)

  it('a newer kernel allows newer releases of Kubernetes, until control groups v1 are no longer supported', () => {
    expect(codes(['1.36.4', '1.34.9'])).toMatchInlineSnapshot(`[]`)
    expect(codes(['1.36.4', '1.34.9'], kernel('elrepo-lt'))).toMatchInlineSnapshot(`[]`)
    expect(codes(['1.36.4', '1.35.9'], kernel('elrepo-lt'))).toMatchInlineSnapshot(`[]`)
  })
  it('a newer kernel lets kube-proxy use nftables, if it is new enough', () => {
    const nftables: [string, string] = ['  version: "1.36.4"', '  version: "1.34.9"\n  proxyMode: nftables']
    expect(codes(nftables, kernel('elrepo-lt'))).toMatchInlineSnapshot(`[]`)
    expect(codes(nftables, kernel('elrepo-ml'))).toMatchInlineSnapshot(`[]`)
  })
})
