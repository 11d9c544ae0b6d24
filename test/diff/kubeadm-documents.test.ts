import { describe, expect, it } from 'vitest'
import { compareMachine } from '../../src/diff/compare.ts'
import { sideOf } from '../../src/diff/side.ts'
import { changedCluster, machineOf } from '../components/host.ts'
import { type Case, type Change, judgement, judgements, kubernetes, settings } from './change.ts'

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

describe('documents of kubeadm', () => {
  it('what a node registers with', () => {
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
        'a label and an argument, on the machine that makes the cluster': onFirst(
          settings({ labels: { 'example.com/rack': 'r1' }, kubeletArguments: { 'max-pods': '250' } }),
        ),
      }),
    ).toMatchInlineSnapshot(`
      {
        "a control plane loses its own taint": [
          "files",
          "a node that is a member keeps its taints: kubectl taint node NODE --overwrite node-role.kubernetes.io/control-plane:NoSchedule-",
        ],
        "a label": [
          "files",
          "a node that is a member keeps its labels: kubectl label node NODE --overwrite example.com/disks=nvme",
        ],
        "a label and an argument, on the machine that makes the cluster": [
          "files",
          "a node that is a member keeps its labels: kubectl label node NODE --overwrite example.com/rack=r1; arguments of the kubelet (max-pods): change them in /var/lib/kubelet/kubeadm-flags.env, then systemctl restart kubelet",
        ],
        "a taint": [
          "files",
          "a node that is a member keeps its taints: kubectl taint node NODE --overwrite example.com/gpu=true:NoSchedule",
        ],
        "a taint is gone from a control plane, which keeps its own": [
          "no difference",
        ],
        "a worker has none anyway": [
          "no difference",
        ],
        "an argument of the kubelet": [
          "files",
          "arguments of the kubelet (max-pods): change them in /var/lib/kubelet/kubeadm-flags.env, then systemctl restart kubelet",
        ],
        "and gets it back": [
          "files",
          "a node that is a member keeps its taints: kubectl taint node NODE --overwrite node-role.kubernetes.io/control-plane:NoSchedule",
        ],
        "another value of a taint": [
          "files",
          "a node that is a member keeps its taints: kubectl taint node NODE --overwrite example.com/gpu=false:NoSchedule",
        ],
        "another value, and one that is gone": [
          "files",
          "a node that is a member keeps its labels: kubectl label node NODE --overwrite example.com/disks=sata example.com/rack-",
        ],
        "labels in another order": [
          "files",
        ],
      }
    `)
  })

  it('components of the control plane', () => {
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
      }),
    ).toMatchInlineSnapshot(`
      {
        "a feature gate, before kubelet-config had one name": [
          "files",
          "put apiServer, controllerManager, scheduler into the ConfigMap kubeadm-config, then on each control plane, one after the other, kubeadm init phase control-plane all; docs/profile.md says how; configuration of the kubelet: put it into the ConfigMap kubelet-config-1.23, then on each node kubeadm upgrade node phase kubelet-config and systemctl restart kubelet; configuration of kube-proxy: put it into the ConfigMap kube-proxy, then kubectl --namespace kube-system rollout restart daemonset kube-proxy",
        ],
        "a feature gate: every component": [
          "files",
          "put apiServer, controllerManager, scheduler into the ConfigMap kubeadm-config, then on each control plane, one after the other, kubeadm init phase control-plane all; docs/profile.md says how; configuration of the kubelet: put it into the ConfigMap kubelet-config, then on each node kubeadm upgrade node phase kubelet-config and systemctl restart kubelet; configuration of kube-proxy: put it into the ConfigMap kube-proxy, then kubectl --namespace kube-system rollout restart daemonset kube-proxy",
        ],
        "an argument of the API server": [
          "files",
          "put apiServer into the ConfigMap kubeadm-config, then on each control plane, one after the other, kubeadm init phase control-plane apiserver; docs/profile.md says how",
        ],
        "an audit log": [
          "files",
          "the audit log of a member needs arguments of its API server too: docs/profile.md says how",
          "put apiServer into the ConfigMap kubeadm-config, then on each control plane, one after the other, kubeadm init phase control-plane apiserver; docs/profile.md says how",
        ],
        "another control plane: no name that it would not have anyway": [
          "files and restart of firewalld.service, hakube-pod-firewall.service",
          "where all have joined, or the time is over, new machines are let in by: hakube secrets admission PROFILE | ssh CONTROL-PLANE sudo hakube-admit",
        ],
        "another name of the API": [
          "files",
          "other names of the API: put certSANs into the ConfigMap kubeadm-config; then on each control plane take /etc/kubernetes/pki/apiserver.* away, kubeadm init phase certs apiserver, and restart the API server; docs/profile.md says how",
        ],
        "another place of images": [
          "files and restart of containerd.service",
          "put imageRepository into the ConfigMap kubeadm-config: the next kubeadm upgrade takes images from there, what runs keeps its own",
        ],
        "arguments in another order": [
          "files",
        ],
        "encryption at rest": [
          "files",
          "API servers read the keys for objects in etcd when they start, and each has to know all of them: docs/secrets.md says in which order",
          "put apiServer into the ConfigMap kubeadm-config, then on each control plane, one after the other, kubeadm init phase control-plane apiserver; docs/profile.md says how",
        ],
        "kube-proxy in another mode": [
          "files and restart of hakube-firstboot.service",
          "configuration of kube-proxy: put it into the ConfigMap kube-proxy, then kubectl --namespace kube-system rollout restart daemonset kube-proxy; rules of the old mode may stay on a node until it boots",
        ],
        "no audit log any more": [
          "files",
          "before the audit policy goes, its arguments of the API servers have to go: docs/profile.md says how",
        ],
        "no encryption any more": [
          "files",
          "before the keys for objects in etcd go, all have to be written in clear, with identity as the first provider: nobody reads them without",
        ],
        "of the scheduler": [
          "files",
          "put scheduler into the ConfigMap kubeadm-config, then on each control plane, one after the other, kubeadm init phase control-plane scheduler; docs/profile.md says how",
        ],
        "on another control plane its files say nothing": [
          "no difference",
        ],
      }
    `)
  })

  it('what a cluster is made with', () => {
    const cases: Record<string, Change> = {
      'network of pods': kubernetes({ podNetwork: '10.200.0.0/16' }),
      'network of services': kubernetes({ serviceNetwork: '10.201.0.0/16' }),
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
          "a cluster is made with it: it takes a new cluster, so all members are installed again",
        ],
      }
    `)
  })

  it('members of etcd that are not the API server’s own', () => {
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
        "members of etcd are arguments of the API servers: put apiServer into the ConfigMap kubeadm-config, then on each control plane, one after the other, kubeadm init phase control-plane apiserver; docs/profile.md says how",
      ]
    `)
  })

  it('how members join', () => {
    expect(
      judgements({
        'certificates in the seeds, on the machine that makes the cluster': onFirst(
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
        'another machine makes the cluster': onFirst(kubernetes({ initializes: second })),
        'this machine makes the cluster': { machine: second, change: kubernetes({ initializes: second }) },
        'and for others nothing changes': { machine: worker, change: kubernetes({ initializes: second }) },
      }),
    ).toMatchInlineSnapshot(`
      {
        "a new worker": [
          "files and restart of firewalld.service, hakube-pod-firewall.service",
          "where all have joined, or the time is over, new machines are let in by: hakube secrets admission PROFILE | ssh CONTROL-PLANE sudo hakube-admit",
        ],
        "and for others nothing changes": [
          "no difference",
        ],
        "another deadline": [
          "files",
        ],
        "another machine makes the cluster": [
          "files",
          "a cluster that lives stays as it is; another machine would make it if all were installed again",
          "keys of the authorities that are no longer for this machine are to be deleted from /etc/hakube/authorities; each control plane keeps its own in /etc/kubernetes/pki",
          "first systemctl disable --now hakube-admission.timer: nothing stops a unit whose file is gone",
        ],
        "back again": [
          "files",
          "keys of the authorities that are no longer for this machine are to be deleted from /etc/hakube/authorities; each control plane keeps its own in /etc/kubernetes/pki",
        ],
        "certificates in the seeds, on the machine that makes the cluster": [
          "files",
        ],
        "on another control plane": [
          "files",
        ],
        "this machine makes the cluster": [
          "files and restart of hakube-firstboot.service",
          "a cluster that lives stays as it is; this machine now holds the keys of the authorities, and makes the cluster if all are installed again",
        ],
      }
    `)
  })
})
