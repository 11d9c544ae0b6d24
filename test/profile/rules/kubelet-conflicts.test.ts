import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const check = (list: string, ...rest: [string, string][]): string =>
  mistakes(['kubernetes:\n', `kubeletArguments: {${list}}\nkubernetes:\n`], ...rest)

const conflicts = (text: string): string[] => text.match(/(?<=\[arguments\/conflict\]: ).*(?= \[\$)/g) ?? []

const ubuntu: [string, string] = ['name: rocky\n  version: "9"', 'name: ubuntu\n  version: "24.04"']

describe('arguments with which the kubelet exits, or cannot work', () => {
  it('are reported: enforcement without a control group', () => {
    expect(check('enforce-node-allocatable: "pods,system-reserved"')).toMatchInlineSnapshot(`
      "profile.yaml:43:46: error[arguments/conflict]: the kubelet cannot enforce system-reserved without system-reserved and system-reserved-cgroup, and exits [$.kubeletArguments.enforce-node-allocatable]
         43 | kubeletArguments: {enforce-node-allocatable: "pods,system-reserved"}
            |                                              ^^^^^^^^^^^^^^^^^^^^^^
        hint: also write system-reserved and system-reserved-cgroup; the control group, e.g. /system.slice, must exist before the kubelet starts
        source: https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/
      "
    `)
  })
  it('are reported: static memory without a reservation', () => {
    expect(check('memory-manager-policy: Static')).toMatchInlineSnapshot(`
      "profile.yaml:43:43: error[arguments/conflict]: with the static memory manager policy and no reserved-memory, the kubelet exits [$.kubeletArguments.memory-manager-policy]
         43 | kubeletArguments: {memory-manager-policy: Static}
            |                                           ^^^^^^
        hint: also write reserved-memory: "0:memory=100Mi", split among the NUMA nodes: the sum of kube-reserved, system-reserved and eviction-hard (100Mi by default)
        source: https://kubernetes.io/docs/tasks/administer-cluster/memory-manager/#reserved-memory-flag
      "
    `)
  })
  it('are reported: the stub resolver of systemd', () => {
    expect(check('resolv-conf: /etc/resolv.conf', ubuntu)).toMatchInlineSnapshot(`
      "profile.yaml:43:33: error[arguments/conflict]: /etc/resolv.conf points to systemd-resolved (127.0.0.53): CoreDNS would query itself, detect the loop and exit [$.kubeletArguments.resolv-conf]
         43 | kubeletArguments: {resolv-conf: /etc/resolv.conf}
            |                                 ^^^^^^^^^^^^^^^^
        hint: remove it: kubeadm uses /run/systemd/resolve/resolv.conf where systemd-resolved runs
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
    'image-credential-provider-config: /etc/kubernetes/credentials.yaml',
    'image-credential-provider-bin-dir: /usr/libexec/credentials',
    'reserved-cpus: "0-1", system-reserved: cpu=1, system-reserved-cgroup: /system.slice',
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
  it('are judged together from the profile, the role and the machine', () => {
    const role: [string, string] = [
      'kubernetes:\n',
      'roles: {control-plane: {kubeletArguments: {reserved-cpus: "0"}}, worker: {kubeletArguments: {reserved-cpus: "0"}}}\nkubernetes:\n',
    ]
    expect(conflicts(check('cpu-manager-policy: static', role))).toEqual([])
  })
})

const told = (list: string): string[] =>
  check(list)
    .split('\n')
    .flatMap((line) => /\d: ((?:error|warning)\[arguments.*) \[\$/.exec(line)?.[1] ?? [])

describe('values that leave no room for others', () => {
  it.each([
    [
      'eviction-soft: "memory.available<500Mi"',
      'error[arguments/conflict]: eviction-soft has no grace period for memory.available, so the kubelet exits',
    ],
    [
      'eviction-hard: "memory.available<200%"',
      'error[arguments/conflict]: memory.available<200% is more than there is, so the kubelet exits',
    ],
    [
      'read-only-port: "10250"',
      "error[arguments/conflict]: read-only-port is the port of the kubelet's API, 10250, so the kubelet exits",
    ],
    [
      'port: "10259"',
      'error[arguments/conflict]: the kubelet cannot listen on port 10259: the scheduler does',
    ],
    [
      'authorization-mode: AlwaysAllow',
      'warning[arguments/unprotected]: with AlwaysAllow, anyone who can authenticate to the kubelet can run programs in all pods of the node',
    ],
    [
      'anonymous-auth: "true"',
      'warning[arguments/unprotected]: the kubelet would answer requests without a login',
    ],
  ])('%s', (list, message) => {
    expect(told(list)).toContain(message)
  })
  it.each([
    'eviction-soft: "memory.available<500Mi", eviction-soft-grace-period: "memory.available=1m"',
    'eviction-hard: "nodefs.available<10%"',
    'read-only-port: "0"',
    'read-only-port: "10255"',
    'port: "10250"',
    'authorization-mode: Webhook',
    'anonymous-auth: "false"',
  ])('%s is right', (list) => {
    expect(told(list).filter((message) => !message.includes('old-advice'))).toEqual([])
  })

  it('warn about certificates that nobody renews or approves', () => {
    expect(check('rotate-certificates: "false"')).toMatchInlineSnapshot(`
      "profile.yaml:43:41: warning[arguments/certificates]: the kubelet would not renew its client certificate, which expires one year after it joined: its node is NotReady from then on [$.kubeletArguments.rotate-certificates]
         43 | kubeletArguments: {rotate-certificates: "false"}
            |                                         ^^^^^^^
        hint: remove it: kubeadm turns the renewal on
        source: https://kubernetes.io/docs/tasks/tls/certificate-rotation/
      "
    `)
    expect(check('rotate-server-certificates: true')).toMatchInlineSnapshot(`
      "profile.yaml:43:48: warning[arguments/certificates]: the kubelet asks the cluster for its serving certificate, and nothing in Kubernetes approves such requests: until someone does, kubectl logs and exec fail [$.kubeletArguments.rotate-server-certificates]
         43 | kubeletArguments: {rotate-server-certificates: true}
            |                                                ^^^^
        hint: remove it, or run an approver in the cluster; by hand: kubectl certificate approve NAME
        source: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs
      "
    `)
    expect(
      mistakes(['kubernetes:\n', 'kubernetes:\n  kubeletConfiguration: {rotateCertificates: false}\n']),
    ).toContain('warning[arguments/certificates]: the kubelet would not renew')
    expect(
      mistakes(['kubernetes:\n', 'kubernetes:\n  kubeletConfiguration: {serverTLSBootstrap: true}\n']),
    ).toContain('warning[arguments/certificates]: the kubelet asks the cluster')
  })
  it.each(['rotate-certificates: true', 'rotate-server-certificates: false'])('{%s} is right', (list) => {
    expect(check(list)).not.toContain('arguments/certificates')
  })
})
