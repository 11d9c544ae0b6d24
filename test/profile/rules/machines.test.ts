import { describe, expect, it } from 'vitest'
import { mistakes, mistakesWith } from '../mistakes.ts'

describe('machines', () => {
  it('reports an even number of control planes', () => {
    expect(
      mistakes([
        '    role: control-plane\n    mac: 52:54:00:aa:bb:05',
        '    role: worker\n    mac: 52:54:00:aa:bb:05',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:1: error[machines/even-control-planes]: 2 control planes tolerate no more failures than 1 would [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: use 1 or 3: each is an etcd member, and etcd needs a majority
        source: https://etcd.io/docs/latest/faq/#why-an-odd-number-of-cluster-members
      "
    `)
  })
  it('reports a profile without a control plane', () => {
    expect(
      mistakes(
        ['role: control-plane', 'role: worker'],
        ['role: control-plane', 'role: worker'],
        ['role: control-plane', 'role: worker'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:1: error[machines/no-control-plane]: there is no control plane [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: give one, three or five machines role: control-plane
      "
    `)
  })
  it('reports an ingress without workers', () => {
    expect(mistakes(['role: worker', 'role: load-balancer'])).toMatchInlineSnapshot(`
      "profile.yaml:41:3: error[machines/ingress-without-workers]: the ingress forwards traffic to workers, but there are none [$.loadBalancing.ingress]
         41 |   ingress:
            |   ^^^^^^^
        hint: give a machine role: worker, or remove ingress
      "
    `)
  })
  it('warns of a profile without workers', () => {
    expect(mistakes(['role: worker', 'role: load-balancer'], ['  ingress:\n    address: 10.10.10.20\n', '']))
      .toMatchInlineSnapshot(`
        "profile.yaml:13:1: warning[machines/no-workers]: there are no workers to run pods [$.machines]
           13 | machines:
              | ^^^^^^^^
          hint: give a machine role: worker, or allow ordinary pods on control planes with roles.control-plane.taints: []
          source: https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane-taint
        "
      `)
  })
  it('accepts a profile without workers whose control planes take ordinary pods', () => {
    const changes: [string, string] = ['  ingress:\n    address: 10.10.10.20\n', '']
    for (const place of ['taints: []', 'roles:\n  control-plane:\n    taints: []'])
      expect(
        mistakes(['role: worker', 'role: load-balancer'], changes, ['hakube: 1\n', `hakube: 1\n${place}\n`]),
      ).not.toContain('no workers')
  })
  it('reports settings of a role that no machine has', () => {
    expect(mistakesWith('roles:\n  etcd:\n    packages: [tcpdump]\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:3: warning[roles/unused]: no machine has the role etcd, so its settings have no effect [$.roles.etcd]
         50 |   etcd:
            |   ^^^^
        hint: remove them, or give a machine this role
      "
    `)
  })
  it('reports disks, consoles and firmware that are malformed', () => {
    expect(
      mistakes(
        ['  disk: /dev/sda', '  disk: sda\n  architecture: arm64\n  console: tty S0'],
        ['    role: worker', '    role: worker\n    firmware: bios'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:12:9: error[hardware/disk]: "sda" is not the name of a disk [$.hardware.disk]
         12 |   disk: sda
            |         ^^^
        hint: write /dev/sda

      profile.yaml:14:12: error[hardware/console]: "tty S0" is not a console [$.hardware.console]
         14 |   console: tty S0
            |            ^^^^^^
        hint: write ttyS0
        source: https://docs.kernel.org/admin-guide/serial-console.html

      profile.yaml:38:15: error[hardware/arm64-bios]: worker-1 is an arm64 machine, which has no BIOS [$.machines[5].firmware]
         38 |     firmware: bios
            |               ^^^^
        hint: write firmware: uefi
        source: https://developer.arm.com/documentation/den0044/latest (Base Boot Requirements)
      "
    `)
  })
})
