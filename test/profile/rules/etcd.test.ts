import { describe, expect, it } from 'vitest'
import { mistakes, mistakesWith } from '../mistakes.ts'

describe('the check of etcd', () => {
  it('accepts separate etcd machines', () => {
    expect(mistakes(['role: worker', 'role: etcd'], ['  ingress:\n    address: 10.10.10.20\n', '']))
      .toMatchInlineSnapshot(`
        "profile.yaml:6:12: error[etcd/no-package]: Rocky Linux 9 does not package etcd [$.distribution.version]
            6 |   version: "9"
              |            ^^^
          hint: set etcd.archive with path and sha256 of a release from https://github.com/etcd-io/etcd/releases

        profile.yaml:13:1: warning[machines/no-workers]: there are no workers to run pods [$.machines]
           13 | machines:
              | ^^^^^^^^
          hint: give a machine role: worker, or allow ordinary pods on control planes with roles.control-plane.taints: []
          source: https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane-taint
        "
      `)
  })
  it('reports etcd machines with nothing to run', () => {
    expect(
      mistakes(['role: worker', 'role: etcd'], ['kubernetes:', 'etcd:\n  placement: stacked\nkubernetes:']),
    ).toMatchInlineSnapshot(`
      "profile.yaml:41:3: error[machines/ingress-without-workers]: the ingress forwards traffic to workers, but there are none [$.loadBalancing.ingress]
         41 |   ingress:
            |   ^^^^^^^
        hint: give a machine role: worker, or remove ingress

      profile.yaml:44:14: error[etcd/idle-members]: etcd runs on the control planes, so machines of role etcd have nothing to run [$.etcd.placement]
         44 |   placement: stacked
            |              ^^^^^^^
        hint: write placement: dedicated, or give the machines another role
      "
    `)
  })
  it('warns about clients that get access to all of etcd', () => {
    expect(mistakesWith('etcd:\n  clients: [control-plane, etcd, worker, load-balancer]\n'))
      .toMatchInlineSnapshot(`
      "profile.yaml:50:34: warning[etcd/clients-have-all]: each machine of role worker receives a key that can read and write all of etcd, and thus controls the whole cluster [$.etcd.clients[2]]
         50 |   clients: [control-plane, etcd, worker, load-balancer]
            |                                  ^^^^^^
        hint: remove worker, unless its network plugin stores data in etcd; then protect these machines and their seeds like control planes

      profile.yaml:50:42: warning[etcd/clients-have-all]: each machine of role load-balancer receives a key that can read and write all of etcd, and thus controls the whole cluster [$.etcd.clients[3]]
         50 |   clients: [control-plane, etcd, worker, load-balancer]
            |                                          ^^^^^^^^^^^^^
        hint: remove load-balancer, unless its network plugin stores data in etcd; then protect these machines and their seeds like control planes
      "
    `)
  })
  it('reports missing etcd machines', () => {
    expect(mistakesWith('etcd:\n  placement: dedicated\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:14: error[etcd/no-members]: etcd.placement is dedicated, but no machine has the role etcd [$.etcd.placement]
         50 |   placement: dedicated
            |              ^^^^^^^^^
        hint: give three machines role: etcd, or write placement: stacked

      profile.yaml:50:14: error[etcd/no-package]: Rocky Linux 9 does not package etcd [$.etcd.placement]
         50 |   placement: dedicated
            |              ^^^^^^^^^
        hint: set etcd.archive with path and sha256 of a release from https://github.com/etcd-io/etcd/releases
      "
    `)
  })
  it('reports an even number of etcd machines', () => {
    expect(
      mistakes(
        ['    role: control-plane\n    mac: 52:54:00:aa:bb:04', '    role: etcd\n    mac: 52:54:00:aa:bb:04'],
        ['    role: control-plane\n    mac: 52:54:00:aa:bb:05', '    role: etcd\n    mac: 52:54:00:aa:bb:05'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:6:12: error[etcd/no-package]: Rocky Linux 9 does not package etcd [$.distribution.version]
          6 |   version: "9"
            |            ^^^
        hint: set etcd.archive with path and sha256 of a release from https://github.com/etcd-io/etcd/releases

      profile.yaml:13:1: error[etcd/even-members]: 2 etcd members tolerate no more failures than 1 would [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: use 1 or 3 machines of role etcd
        source: https://etcd.io/docs/latest/faq/#why-an-odd-number-of-cluster-members
      "
    `)
  })
})

describe('the check of the source of etcd', () => {
  const debian: [string, string] = ['name: rocky\n  version: "9"', 'name: debian\n  version: "12"']
  const sum = '0123456789abcdef'.repeat(4)
  const archive = `etcd:
  placement: control-plane
  archive:
    path: etcd-v3.5.24-linux-amd64.tar.gz
    sha256: ${sum}
`
  it('reports a distribution that does not package it', () => {
    expect(mistakesWith('etcd:\n  placement: control-plane\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:14: error[etcd/no-package]: Rocky Linux 9 does not package etcd [$.etcd.placement]
         50 |   placement: control-plane
            |              ^^^^^^^^^^^^^
        hint: set etcd.archive with path and sha256 of a release from https://github.com/etcd-io/etcd/releases
      "
    `)
  })
  it('accepts an archive of a release', () => {
    expect(mistakesWith(archive)).toBe('')
  })
  it('reports a package that is too old for kubeadm', () => {
    expect(mistakes(debian, ['kubernetes:', 'etcd:\n  placement: control-plane\nkubernetes:']))
      .toMatchInlineSnapshot(`
        "profile.yaml:44:14: error[etcd/too-old]: Debian 12 packages etcd 3.4.23, but Kubernetes 1.36.4 needs 3.5.24 [$.etcd.placement]
           44 |   placement: control-plane
              |              ^^^^^^^^^^^^^
          hint: set etcd.archive with path and sha256 of a release from https://github.com/etcd-io/etcd/releases
          source: https://github.com/kubernetes/kubernetes/blob/master/cmd/kubeadm/app/constants/constants.go
        "
      `)
  })
  it('reports an invalid version', () => {
    expect(
      mistakesWith(
        'etcd:\n  placement: control-plane\n  version: v3.5\n  archive:\n    path: ../etcd.tar\n    sha256: abc\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:51:12: error[etcd/version]: "v3.5" is not an etcd version [$.etcd.version]
         51 |   version: v3.5
            |            ^^^^
        hint: write all three numbers, without a v, in quotes, e.g. "3.5.24"

      profile.yaml:53:11: error[assets/path]: "../etcd.tar" is not a path below assets/ [$.etcd.archive.path]
         53 |     path: ../etcd.tar
            |           ^^^^^^^^^^^
        hint: write its path relative to the DIR of hakube serve --assets DIR, e.g. manifests/calico.yaml

      profile.yaml:54:13: error[assets/sha256]: the SHA-256 is not 64 hexadecimal digits [$.etcd.archive.sha256]
         54 |     sha256: abc
            |             ^^^
        hint: write the output of: sha256sum etcd.tar
      "
    `)
  })
  it('reports one archive for members of two architectures', () => {
    const arm: [string, string] = [
      'mac: 52:54:00:aa:bb:04',
      'mac: 52:54:00:aa:bb:04\n    architecture: arm64',
    ]
    expect(mistakes(arm, ['kubernetes:', `${archive}kubernetes:`])).toMatchInlineSnapshot(`
      "profile.yaml:46:3: error[assets/architecture]: one archive cannot serve machines of two architectures [$.etcd.archive]
         46 |   archive:
            |   ^^^^^^^
        hint: give all machines that use it the same architecture
      "
    `)
  })
  it('warns about settings without effect if kubeadm runs etcd', () => {
    expect(mistakesWith(archive.replace('control-plane', 'stacked'))).toMatchInlineSnapshot(`
      "profile.yaml:51:3: warning[etcd/unused]: kubeadm runs etcd, so archive has no effect [$.etcd.archive]
         51 |   archive:
            |   ^^^^^^^
        hint: remove archive, or write placement: control-plane or dedicated
      "
    `)
  })
})
