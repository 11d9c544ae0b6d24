import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const check = (list: string, ...rest: [string, string][]): string =>
  mistakes(['kubernetes:\n', `kubeletArguments: {${list}}\nkubernetes:\n`], ...rest)

const conflicts = (text: string): string[] => text.match(/(?<=\[arguments\/conflict\]: ).*(?= \[\$)/g) ?? []

const ubuntu: [string, string] = ['name: rocky\n  version: "9"', 'name: ubuntu\n  version: "24.04"']

describe('arguments of the kubelet that it ends with, or cannot work with', () => {
  it('what is enforced without a control group', () => {
    expect(check('enforce-node-allocatable: "pods,system-reserved"')).toMatchInlineSnapshot(`
      "profile.yaml:43:46: error[arguments/conflict]: the kubelet cannot enforce system-reserved without system-reserved and system-reserved-cgroup, and ends [$.kubeletArguments.enforce-node-allocatable]
         43 | kubeletArguments: {enforce-node-allocatable: "pods,system-reserved"}
            |                                              ^^^^^^^^^^^^^^^^^^^^^^
        hint: write system-reserved and system-reserved-cgroup too; the control group, e.g. /system.slice, has to be there before the kubelet starts
        source: https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/
      "
    `)
  })
  it('static memory without a reservation', () => {
    expect(check('memory-manager-policy: Static')).toMatchInlineSnapshot(`
      "profile.yaml:43:43: error[arguments/conflict]: with the static policy of the memory manager and no reserved-memory the kubelet ends [$.kubeletArguments.memory-manager-policy]
         43 | kubeletArguments: {memory-manager-policy: Static}
            |                                           ^^^^^^
        hint: write reserved-memory: "0:memory=100Mi" too, split among the NUMA nodes: it adds up to kube-reserved, system-reserved and the hard limit of evictions (100Mi by default)
        source: https://kubernetes.io/docs/tasks/administer-cluster/memory-manager/#reserved-memory-flag
      "
    `)
  })
  it('the resolver of systemd', () => {
    expect(check('resolv-conf: /etc/resolv.conf', ubuntu)).toMatchInlineSnapshot(`
      "profile.yaml:43:33: error[arguments/conflict]: /etc/resolv.conf names systemd-resolved (127.0.0.53): CoreDNS asks itself, finds the loop and ends [$.kubeletArguments.resolv-conf]
         43 | kubeletArguments: {resolv-conf: /etc/resolv.conf}
            |                                 ^^^^^^^^^^^^^^^^
        hint: remove it: kubeadm takes /run/systemd/resolve/resolv.conf where systemd-resolved runs
        source: https://coredns.io/plugins/loop/#troubleshooting-loops-in-kubernetes-clusters
      "
    `)
  })
  it.each([
    'address: 127.0.0.1',
    'cgroups-per-qos: false',
    'cpu-manager-policy: static',
    'cpu-manager-policy: static, system-reserved: memory=1Gi',
    'enable-server: false',
    'enforce-node-allocatable: "none,pods"',
    'enforce-node-allocatable: everything',
    'enforce-node-allocatable: "pods,kube-reserved", kube-reserved: cpu=1',
    'enforce-node-allocatable: "pods,system-reserved-compressible", system-reserved-cgroup: /system.slice',
    'healthz-bind-address: 10.10.10.11',
    'memory-manager-policy: Static, reserved-memory: "0:memory=1Gi"',
    'memory-manager-policy: Static, system-reserved: memory=1Gi, reserved-memory: "0:memory=1Gi"',
    'register-node: false',
    'resolv-conf: /run/systemd/resolve/stub-resolv.conf',
    'runonce: true',
  ])('{%s} is an error', (list) => {
    expect(conflicts(check(list))).toHaveLength(1)
  })
  it.each([
    'cgroups-per-qos: false, enforce-node-allocatable: none',
    'cpu-manager-policy: static, reserved-cpus: "0"',
    'cpu-manager-policy: static, kube-reserved: "cpu=500m,memory=1Gi"',
    'enforce-node-allocatable: "pods,kube-reserved", kube-reserved: cpu=1, kube-reserved-cgroup: /kube.slice',
    'memory-manager-policy: Static, system-reserved: memory=1Gi, reserved-memory: "0:memory=1124Mi"',
    'memory-manager-policy: Static, eviction-hard: memory.available<5%, reserved-memory: "0:memory=1Gi;1:memory=1Gi"',
    'memory-manager-policy: Static, eviction-hard: memory.available<200Mi, kube-reserved: memory=824Mi, reserved-memory: "0:memory=512Mi;1:memory=512Mi"',
    'resolv-conf: /run/systemd/resolve/resolv.conf',
    'resolv-conf: /etc/resolv.conf',
  ])('{%s} is right', (list) => {
    expect(conflicts(check(list))).toEqual([])
  })
  it('the arguments of the profile, the role and the machine are judged together', () => {
    const role: [string, string] = [
      'kubernetes:\n',
      'roles: {control-plane: {kubeletArguments: {reserved-cpus: "0"}}, worker: {kubeletArguments: {reserved-cpus: "0"}}}\nkubernetes:\n',
    ]
    expect(conflicts(check('cpu-manager-policy: static', role))).toEqual([])
  })
})
