import { describe, expect, it } from 'vitest'
import { mistakes, mistakesWith } from '../mistakes.ts'

describe('etcd', () => {
  it('external etcd', () => {
    expect(mistakes(['role: worker', 'role: etcd'], ['  ingress:\n    address: 10.10.10.20\n', '']))
      .toMatchInlineSnapshot(`
      "profile.yaml:13:1: warning: there are no workers: pods have no place to run [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: give a machine role: worker; control planes take no ordinary pods
        source: https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane-taint

      profile.yaml:35:11: error: hakube can not set up etcd outside of kubeadm yet [$.machines[5].role]
         35 |     role: etcd
            |           ^^^^
        hint: write etcd.placement: stacked, and give machines of role etcd another role
      "
    `)
  })
  it('etcd machines without work', () => {
    expect(
      mistakes(['role: worker', 'role: etcd'], ['kubernetes:', 'etcd:\n  placement: stacked\nkubernetes:']),
    ).toMatchInlineSnapshot(`
      "profile.yaml:41:3: error: the ingress sends web traffic to workers, and there are none [$.loadBalancing.ingress]
         41 |   ingress:
            |   ^^^^^^^
        hint: give a machine role: worker, or remove ingress

      profile.yaml:44:14: error: etcd runs on the control planes, so the machines of role etcd have no work [$.etcd.placement]
         44 |   placement: stacked
            |              ^^^^^^^
        hint: write placement: dedicated, or give the machines another role
      "
    `)
  })
  it('no etcd machines', () => {
    expect(mistakesWith('etcd:\n  placement: dedicated\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:14: error: etcd is to run on machines of its own, and no machine has the role etcd [$.etcd.placement]
         50 |   placement: dedicated
            |              ^^^^^^^^^
        hint: give three machines role: etcd, or write placement: stacked
      "
    `)
  })
  it('even number of etcd machines', () => {
    expect(
      mistakes(
        ['    role: control-plane\n    mac: 52:54:00:aa:bb:04', '    role: etcd\n    mac: 52:54:00:aa:bb:04'],
        ['    role: control-plane\n    mac: 52:54:00:aa:bb:05', '    role: etcd\n    mac: 52:54:00:aa:bb:05'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:1: error: 2 members of etcd survive no more failures than 1 would [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: make it 1 or 3 machines of role etcd
        source: https://etcd.io/docs/latest/faq/#why-an-odd-number-of-cluster-members
      "
    `)
  })
})
