import { describe, expect, it } from 'vitest'
import { compareMachine } from '../../src/diff/compare.ts'
import { sideOf } from '../../src/diff/side.ts'
import { changedCluster, machineOf } from '../components/host.ts'
import { type Case, type Change, difference, judgement, judgements, kubernetes, settings } from './change.ts'

const first = 'sample-kube-master-001'
const second = 'sample-kube-master-002'
const worker = 'sample-kube-worker-001'

const onFirst = (change: Change, from?: Change): Case => ({
  machine: first,
  change,
  ...(from ? { from } : {}),
})
const onWorker = (change: Change, from?: Change): Case => ({
  machine: worker,
  change,
  ...(from ? { from } : {}),
})

/** What the documents of a machine take, each with its reason. */
const documentsOf = (each: Case): string[] =>
  (difference(each)?.files ?? []).flatMap(({ path, takes }) => {
    const [, name] = /^\/etc\/kubernetes\/kubeadm\/(\w+\.yaml)$/.exec(path) ?? []
    return name === undefined ? [] : [`  ${name}: ${takes.reason}${takes.byHand ? ' (by hand)' : ''}`]
  })

describe('documents of kubeadm', () => {
  it('are compared for what a node registers with', () => {
    expect(
      judgements({
        'a label': onWorker(settings({ labels: { 'example.com/disks': 'nvme' } })),
        'another value, and one that is gone': onWorker(
          settings({ labels: { 'example.com/disks': 'sata' } }),
          settings({ labels: { 'example.com/disks': 'nvme', 'example.com/rack': 'r1' } }),
        ),
        'labels in another order': onWorker(
          settings({ labels: { 'example.com/b': '1', 'example.com/a': '1' } }),
          settings({ labels: { 'example.com/a': '1', 'example.com/b': '1' } }),
        ),
        'a taint': onWorker(settings({ taints: ['example.com/gpu=true:NoSchedule'] })),
        'another value of a taint': onWorker(
          settings({ taints: ['example.com/gpu=false:NoSchedule'] }),
          settings({ taints: ['example.com/gpu=true:NoSchedule'] }),
        ),
        'a taint is gone from a control plane, which keeps its own': onFirst(
          settings({}),
          (profile) => (profile.roles = { 'control-plane': { taints: ['example.com/gpu:NoExecute'] } }),
        ),
        'a control plane loses its own taint': onFirst(settings({ taints: [] })),
        'and gets it back': onFirst(settings({ taints: undefined }), settings({ taints: [] })),
        'a worker has none anyway': onWorker(settings({ taints: [] })),
        'an argument of the kubelet': onWorker(settings({ kubeletArguments: { 'max-pods': '250' } })),
        'a label and an argument, on the machine that initializes the cluster': onFirst(
          settings({ labels: { 'example.com/rack': 'r1' }, kubeletArguments: { 'max-pods': '250' } }),
        ),
      }),
    ).toMatchInlineSnapshot(`
      {
        "a control plane loses its own taint": [
          "files",
          "a registered node keeps its taints: kubectl taint node NODE --overwrite node-role.kubernetes.io/control-plane:NoSchedule-",
        ],
        "a label": [
          "files",
          "a registered node keeps its labels: kubectl label node NODE --overwrite example.com/disks=nvme",
        ],
        "a label and an argument, on the machine that initializes the cluster": [
          "files",
          "a registered node keeps its labels: kubectl label node NODE --overwrite example.com/rack=r1; kubelet arguments (max-pods): change them in /var/lib/kubelet/kubeadm-flags.env, then systemctl restart kubelet",
        ],
        "a taint": [
          "files",
          "a registered node keeps its taints: kubectl taint node NODE --overwrite example.com/gpu=true:NoSchedule",
        ],
        "a taint is gone from a control plane, which keeps its own": [
          "no difference",
        ],
        "a worker has none anyway": [
          "no difference",
        ],
        "an argument of the kubelet": [
          "files",
          "kubelet arguments (max-pods): change them in /var/lib/kubelet/kubeadm-flags.env, then systemctl restart kubelet",
        ],
        "and gets it back": [
          "files",
          "a registered node keeps its taints: kubectl taint node NODE --overwrite node-role.kubernetes.io/control-plane:NoSchedule",
        ],
        "another value of a taint": [
          "files",
          "a registered node keeps its taints: kubectl taint node NODE --overwrite example.com/gpu=false:NoSchedule",
        ],
        "another value, and one that is gone": [
          "files",
          "a registered node keeps its labels: kubectl label node NODE --overwrite example.com/disks=sata example.com/rack-",
        ],
        "labels in another order": [
          "files",
        ],
      }
    `)
  })

  it('are compared for what a node registers with, in another order or without anything', () => {
    const two = ['example.com/gpu=true:NoSchedule', 'example.com/slow:NoExecute']
    const cases = {
      'labels in another order': onWorker(
        settings({ labels: { 'example.com/b': '1', 'example.com/a': '1' } }),
        settings({ labels: { 'example.com/a': '1', 'example.com/b': '1' } }),
      ),
      'taints in another order': onWorker(settings({ taints: two.toReversed() }), settings({ taints: two })),
      'a worker loses its taints': onWorker(settings({ taints: [] }), settings({ taints: two })),
      'a worker loses its labels': onWorker(
        settings({ labels: {} }),
        settings({ labels: { 'example.com/a': '1' } }),
      ),
      'a control plane gets a taint, and keeps its own': onFirst(settings({ taints: two.slice(1) })),
      'an argument less': onWorker(
        settings({ kubeletArguments: {} }),
        settings({ kubeletArguments: { 'max-pods': '250', v: '3' } }),
      ),
      'names of the API in another order': onFirst(
        kubernetes({ certificateNames: ['b.example', 'a.example'] }),
        kubernetes({ certificateNames: ['a.example', 'b.example'] }),
      ),
      'a name of the API less': onFirst(
        kubernetes({ certificateNames: [] }),
        kubernetes({ certificateNames: ['a.example'] }),
      ),
    }
    expect(Object.entries(cases).flatMap(([name, each]) => [`${name}:`, ...documentsOf(each)]))
      .toMatchInlineSnapshot(`
      [
        "labels in another order:",
        "  join.yaml: the same labels in a different order",
        "taints in another order:",
        "  join.yaml: the same taints in a different order",
        "a worker loses its taints:",
        "  join.yaml: a registered node keeps its taints: kubectl taint node NODE --overwrite example.com/gpu:NoSchedule- example.com/slow:NoExecute- (by hand)",
        "a worker loses its labels:",
        "  join.yaml: a registered node keeps its labels: kubectl label node NODE --overwrite example.com/a- (by hand)",
        "a control plane gets a taint, and keeps its own:",
        "  init.yaml: join.yaml of this machine has the same content",
        "  join.yaml: a registered node keeps its taints: kubectl taint node NODE --overwrite example.com/slow:NoExecute (by hand)",
        "an argument less:",
        "  join.yaml: kubelet arguments (max-pods, v): change them in /var/lib/kubelet/kubeadm-flags.env, then systemctl restart kubelet (by hand)",
        "names of the API in another order:",
        "  init.yaml: it means the same",
        "a name of the API less:",
        "  init.yaml: names of the API: set certSANs in the ConfigMap kubeadm-config; then on each control plane remove /etc/kubernetes/pki/apiserver.*, run kubeadm init phase certs apiserver, and restart the API server; see docs/profile.md (by hand)",
      ]
    `)
  })

  it('are compared for components of the control plane', () => {
    expect(
      judgements({
        'an argument of the API server': onFirst(kubernetes({ apiServerArguments: { 'event-ttl': '2h' } })),
        'of the scheduler': onFirst(kubernetes({ schedulerArguments: { v: '4' } })),
        'arguments in another order': onFirst(
          kubernetes({ schedulerArguments: { v: '4', 'kube-api-qps': '9' } }),
          kubernetes({ schedulerArguments: { 'kube-api-qps': '9', v: '4' } }),
        ),
        'a feature gate: every component': onFirst(kubernetes({ featureGates: { NodeSwap: true } })),
        'a feature gate, before kubelet-config had one name': onFirst(
          kubernetes({ featureGates: { NodeSwap: true } }),
          kubernetes({ version: '1.23.17' }),
        ),
        'on another control plane its files say nothing': {
          machine: second,
          change: kubernetes({ featureGates: { NodeSwap: true } }),
        },
        'another name of the API': onFirst(kubernetes({ certificateNames: ['api.example.com'] })),
        'another control plane: no name that it would not have anyway': onFirst(({ machines }) =>
          machines.push({
            name: 'master-9',
            role: 'control-plane',
            mac: '52:54:00:aa:bb:99',
            address: '10.10.10.99',
          }),
        ),
        'an audit log': onFirst(kubernetes({ audit: {} })),
        'no audit log any more': {
          machine: second,
          change: kubernetes({ audit: undefined }),
          from: kubernetes({ audit: {} }),
        },
        'encryption at rest': onFirst(kubernetes({ encryptionAtRest: {} })),
        'no encryption any more': {
          machine: second,
          change: kubernetes({ encryptionAtRest: undefined }),
          from: kubernetes({ encryptionAtRest: {} }),
        },
        'another place of images': onFirst(kubernetes({ imageRepository: 'registry.example.com/k8s' })),
        'kube-proxy in another mode': onFirst(kubernetes({ proxyMode: 'ipvs' })),
        'no kube-proxy any more': onFirst(kubernetes({ proxyMode: 'none' })),
        'kube-proxy where there was none': onFirst(
          kubernetes({ proxyMode: undefined }),
          kubernetes({ proxyMode: 'none' }),
        ),
      }),
    ).toMatchInlineSnapshot(`
      {
        "a feature gate, before kubelet-config had one name": [
          "files",
          "set apiServer, controllerManager, scheduler in the ConfigMap kubeadm-config, then run on each control plane, one at a time, kubeadm init phase control-plane all; see docs/profile.md; kubelet configuration: set it in the ConfigMap kubelet-config-1.23, then on each node run kubeadm upgrade node phase kubelet-config and systemctl restart kubelet; kube-proxy configuration: set it in the ConfigMap kube-proxy, then kubectl --namespace kube-system rollout restart daemonset kube-proxy",
        ],
        "a feature gate: every component": [
          "files",
          "set apiServer, controllerManager, scheduler in the ConfigMap kubeadm-config, then run on each control plane, one at a time, kubeadm init phase control-plane all; see docs/profile.md; kubelet configuration: set it in the ConfigMap kubelet-config, then on each node run kubeadm upgrade node phase kubelet-config and systemctl restart kubelet; kube-proxy configuration: set it in the ConfigMap kube-proxy, then kubectl --namespace kube-system rollout restart daemonset kube-proxy",
        ],
        "an argument of the API server": [
          "files",
          "set apiServer in the ConfigMap kubeadm-config, then run on each control plane, one at a time, kubeadm init phase control-plane apiserver; see docs/profile.md",
        ],
        "an audit log": [
          "files",
          "the audit log of a member also needs API server arguments: see docs/profile.md",
          "set apiServer in the ConfigMap kubeadm-config, then run on each control plane, one at a time, kubeadm init phase control-plane apiserver; see docs/profile.md",
        ],
        "another control plane: no name that it would not have anyway": [
          "files and restart of firewalld.service, hakube-pod-firewall.service",
          "after all machines have joined or the deadline has passed, admit new machines with: hakube secrets admission PROFILE | ssh CONTROL-PLANE sudo hakube-admit",
        ],
        "another name of the API": [
          "files",
          "names of the API: set certSANs in the ConfigMap kubeadm-config; then on each control plane remove /etc/kubernetes/pki/apiserver.*, run kubeadm init phase certs apiserver, and restart the API server; see docs/profile.md",
        ],
        "another place of images": [
          "files and restart of containerd.service",
          "set imageRepository in the ConfigMap kubeadm-config: the next kubeadm upgrade uses it; running pods keep their images",
        ],
        "arguments in another order": [
          "files",
        ],
        "encryption at rest": [
          "files",
          "API servers read the encryption keys when they start, and each must know all of them: docs/secrets.md describes the order",
          "set apiServer in the ConfigMap kubeadm-config, then run on each control plane, one at a time, kubeadm init phase control-plane apiserver; see docs/profile.md",
        ],
        "kube-proxy in another mode": [
          "files and restart of hakube-firstboot.service",
          "kube-proxy configuration: set it in the ConfigMap kube-proxy, then kubectl --namespace kube-system rollout restart daemonset kube-proxy; rules of the old mode may remain on a node until it reboots",
        ],
        "kube-proxy where there was none": [
          "files",
          "kube-proxy is new: on the control plane that initializes, kubeadm init phase addon kube-proxy --config /etc/kubernetes/kubeadm/init.yaml, then turn its replacement in the network plugin off",
        ],
        "no audit log any more": [
          "files",
          "before the audit policy is removed, its API server arguments must be removed: see docs/profile.md",
        ],
        "no encryption any more": [
          "files",
          "before the encryption keys are removed, rewrite all objects in etcd unencrypted, with identity as the first provider: nothing can read them without the keys",
        ],
        "no kube-proxy any more": [
          "files",
          "kube-proxy is no longer used: once the network plugin does its work, kubectl --namespace kube-system delete daemonset,configmap kube-proxy; its rules stay on a node until it reboots",
        ],
        "of the scheduler": [
          "files",
          "set scheduler in the ConfigMap kubeadm-config, then run on each control plane, one at a time, kubeadm init phase control-plane scheduler; see docs/profile.md",
        ],
        "on another control plane its files say nothing": [
          "no difference",
        ],
      }
    `)
  })

  it('are compared for what a cluster is created with', () => {
    const cases: Record<string, Change> = {
      'pod network': kubernetes({ podNetwork: '10.200.0.0/16' }),
      'service network': kubernetes({ serviceNetwork: '10.201.0.0/16' }),
      domain: kubernetes({ domain: 'other.local' }),
      'port of the API': ({ loadBalancing }) => Object.assign(loadBalancing?.api ?? {}, { port: 6444 }),
      name: settings({ name: 'other' }),
    }
    for (const machine of [first, second, worker])
      expect(
        Object.entries(cases).map(([name, change]) => [
          name,
          judgements({ [name]: { machine, change } })[name]?.[0],
        ]),
      ).toEqual(Object.keys(cases).map((name) => [name, 'reinstall']))
    expect(judgements({ endpoint: { machine: worker, change: cases['port of the API']! } }))
      .toMatchInlineSnapshot(`
      {
        "endpoint": [
          "reinstall",
          "it is fixed when a cluster is created: it requires a new cluster, so all members must be reinstalled",
        ],
      }
    `)
  })

  it('are compared for members of etcd on other machines', () => {
    const cluster = changedCluster(() => undefined)
    const withEtcd = (count: number) => ({
      ...cluster,
      etcd: {
        ...cluster.etcd,
        placement: 'dedicated' as const,
        members: cluster.workers.slice(0, count),
      },
      secrets: {
        ...cluster.secrets,
        machines: {
          [first]: { 'apiserver-etcd-client': { certificate: 'certificate', key: 'key' } },
        },
      },
    })
    const sides = [1, 3].map((count) => sideOf(withEtcd(count), machineOf(withEtcd(count), first)))
    expect(judgement(compareMachine(sides[0]!, sides[1]!, null))).toMatchInlineSnapshot(`
      [
        "files",
        "etcd members are arguments of the API servers: set apiServer in the ConfigMap kubeadm-config, then run on each control plane, one at a time, kubeadm init phase control-plane apiserver; see docs/profile.md",
      ]
    `)
  })

  it('are compared for how members join', () => {
    expect(
      judgements({
        'certificates in the seeds, on the machine that initializes the cluster': onFirst(
          kubernetes({ certificates: 'preplaced' }),
        ),
        'on another control plane': { machine: second, change: kubernetes({ certificates: 'preplaced' }) },
        'back again': {
          machine: second,
          change: kubernetes({ certificates: 'upload-certs' }),
          from: kubernetes({ certificates: 'preplaced' }),
        },
        'another deadline': onFirst(kubernetes({ joinDeadlineHours: 12 })),
        'a new worker': onFirst(({ machines }) =>
          machines.push({
            name: 'worker-9',
            role: 'worker',
            mac: '52:54:00:aa:bb:99',
            address: '10.10.10.99',
          }),
        ),
        'another machine initializes the cluster': onFirst(kubernetes({ initializes: second })),
        'this machine initializes the cluster': {
          machine: second,
          change: kubernetes({ initializes: second }),
        },
        'and for others nothing changes': { machine: worker, change: kubernetes({ initializes: second }) },
      }),
    ).toMatchInlineSnapshot(`
      {
        "a new worker": [
          "files and restart of firewalld.service, hakube-pod-firewall.service",
          "after all machines have joined or the deadline has passed, admit new machines with: hakube secrets admission PROFILE | ssh CONTROL-PLANE sudo hakube-admit",
        ],
        "and for others nothing changes": [
          "no difference",
        ],
        "another deadline": [
          "files",
        ],
        "another machine initializes the cluster": [
          "files",
          "a running cluster does not change; another machine would initialize it if all machines were reinstalled",
          "CA keys that no longer belong on this machine must be deleted from /etc/hakube/authorities; each control plane keeps its own in /etc/kubernetes/pki",
          "first run systemctl disable --now hakube-admission.timer: nothing stops a unit whose file is missing",
        ],
        "back again": [
          "files",
          "CA keys that no longer belong on this machine must be deleted from /etc/hakube/authorities; each control plane keeps its own in /etc/kubernetes/pki",
        ],
        "certificates in the seeds, on the machine that initializes the cluster": [
          "files",
        ],
        "on another control plane": [
          "files",
        ],
        "this machine initializes the cluster": [
          "files and restart of hakube-firstboot.service",
          "a running cluster does not change; this machine now holds the CA keys, and initializes the cluster if all machines are reinstalled",
        ],
      }
    `)
  })
})

const releasedAs =
  (version: string, change: Change): Change =>
  (profile) => {
    profile.kubernetes.version = version
    profile.mirrors = { kubernetes: 'http://10.10.10.5:8080/kubernetes' }
    change(profile)
  }
const fields = (version: string, maxPods?: number, policy?: string): Change =>
  releasedAs(
    version,
    settings(
      maxPods === undefined
        ? { kubeletConfiguration: undefined }
        : {
            kubeletConfiguration: {
              maxPods,
              ...(policy === undefined ? {} : { cpuManagerPolicy: policy, reservedSystemCPUs: '0' }),
            },
          },
    ),
  )
const patched = (version: string, memory?: string): Change =>
  releasedAs(version, (profile) => {
    const spec = { priority: Number(memory) }
    profile.kubernetes.patches = memory === undefined ? [] : [{ target: 'kube-apiserver', content: { spec } }]
  })

describe('settings of single kubelets, and patches', () => {
  it('report the manual steps on a member', () => {
    const cases = {
      'the first setting': onWorker(fields('1.36.4', 200), fields('1.36.4')),
      'another value': onWorker(fields('1.36.4', 300), fields('1.36.4', 200)),
      'another policy': onWorker(fields('1.36.4', 200, 'static'), fields('1.36.4', 200, 'none')),
      'another value in 1.29': onWorker(fields('1.29.4', 300), fields('1.29.4', 200)),
      'another value in 1.24': onWorker(fields('1.24.4', 300), fields('1.24.4', 200)),
      'the first patch': onFirst(patched('1.36.4', '1'), patched('1.36.4')),
      'no patch any longer': onFirst(patched('1.36.4'), patched('1.36.4', '1')),
    }
    expect(judgements(cases)).toMatchInlineSnapshot(`
      {
        "another policy": [
          "files",
          "the kubelet does not start with other policies and reservations than those that it has written down: kubectl drain NODE, systemctl stop kubelet, rm -f /var/lib/kubelet/cpu_manager_state /var/lib/kubelet/memory_manager_state, systemctl start kubelet, kubectl uncordon NODE",
        ],
        "another value": [
          "files and restart of kubelet.service",
        ],
        "another value in 1.24": [
          "files",
          "kubelet arguments (max-pods): change them in /var/lib/kubelet/kubeadm-flags.env, then systemctl restart kubelet",
        ],
        "another value in 1.29": [
          "files",
          "kubelet configuration: kubeadm patches it when it writes it. With the new file, run kubeadm upgrade node phase kubelet-config --patches /etc/kubernetes/kubeadm/patches, then systemctl restart kubelet",
        ],
        "no patch any longer": [
          "files",
          "kube-apiserver: kubeadm patches its static pod when it writes it. Without the file, run on each control plane, one at a time, kubeadm upgrade node phase control-plane --patches /etc/kubernetes/kubeadm/patches",
        ],
        "the first patch": [
          "files",
          "kube-apiserver: kubeadm patches its static pod when it writes it. With the new file, run on each control plane, one at a time, kubeadm upgrade node phase control-plane --patches /etc/kubernetes/kubeadm/patches",
        ],
        "the first setting": [
          "files and restart of kubelet.service",
          "kubelet arguments (config-dir): change them in /var/lib/kubelet/kubeadm-flags.env, then systemctl restart kubelet",
        ],
      }
    `)
  })
})
