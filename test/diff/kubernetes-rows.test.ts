import { describe, expect, it } from 'vitest'
import { resolve, resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { compareMachine } from '../../src/diff/compare.ts'
import { sideOf } from '../../src/diff/side.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { machineOf } from '../components/host.ts'
import { exampleProfile, secretsFor } from '../example.ts'
import {
  type Case,
  type Change,
  difference,
  judgements,
  kubernetes,
  nothingChanged,
  settings,
} from './change.ts'

const first = 'sample-kube-master-001'
const worker = 'sample-kube-worker-001'
const pair = (text: string) => ({ certificate: text, key: text })
const sum = (digit: string): string => digit.repeat(64)
const asset = (path: string, digit = 'a') => ({ path, sha256: sum(digit) })

const onWorker = (change: Change, from?: Change): Case => ({
  machine: worker,
  change,
  ...(from ? { from } : {}),
})
const onFirst = (change: Change, from?: Change): Case => ({
  machine: first,
  change,
  ...(from ? { from } : {}),
})

const crio = settings({ containerRuntime: { name: 'cri-o' } })
const docker = (digit = 'a') =>
  settings({ containerRuntime: { name: 'docker', criDockerd: asset('cri-dockerd.tgz', digit) } })
const images = (address: string): Change => settings({ mirrors: { images: { 'docker.io': address } } })
const calico = (digit = 'a'): Change =>
  settings({ networkPlugin: { name: 'calico', manifest: asset('calico.yaml', digit) } })

describe('container runtimes', () => {
  it('have rows for another runtime, and for their files', () => {
    expect(
      judgements({
        'another runtime': onWorker(crio),
        'packages of the distribution': onWorker(
          settings({ containerRuntime: { packages: 'distribution' } }),
          settings({ distribution: { name: 'ubuntu', version: '24.04' } }),
        ),
        'a mirror of containerd': onWorker(images('https://mirror.example.com')),
        'a mirror of CRI-O': onWorker(images('https://mirror.example.com'), crio),
        'a mirror of Docker': onWorker(images('https://mirror.example.com'), docker()),
        'another cri-dockerd': onWorker(docker('b'), docker()),
        'another place of the pause image': onWorker(
          kubernetes({ imageRepository: 'registry.example.com' }),
          docker(),
        ),
      }),
    ).toMatchInlineSnapshot(`
      {
        "a mirror of CRI-O": [
          "files and restart of crio.service",
        ],
        "a mirror of Docker": [
          "files and restart of docker.service",
        ],
        "a mirror of containerd": [
          "files",
        ],
        "another cri-dockerd": [
          "files and restart of hakube-firstboot.service",
          "a member of a cluster keeps its cri-dockerd, as a new one is for drained nodes: docs/upgrade.md has the commands",
        ],
        "another place of the pause image": [
          "files and restart of cri-docker.service",
        ],
        "another runtime": [
          "reinstall",
          "hakube does not remove a container runtime and its containers from a machine",
          "hakube does not remove containerd from a machine",
          "kubeadm reads it only once, when the machine joins the cluster",
        ],
        "packages of the distribution": [
          "reinstall",
          "hakube does not remove a container runtime and its containers from a machine",
        ],
      }
    `)
  })
})

describe('network plugins and manifests', () => {
  it('have rows for a running cluster', () => {
    const manifest = (name: string, digit = 'a') => ({ name, ...asset(`${name}.yaml`, digit) })
    const two = settings({ manifests: [manifest('ingress'), manifest('storage')] })
    expect(
      judgements({
        'a plugin has a name': onWorker(calico(), settings({ networkPlugin: { name: 'other' } })),
        'another plugin': onWorker(
          settings({ networkPlugin: { name: 'cilium', manifest: asset('cilium.yaml') } }),
          calico(),
        ),
        'a newer manifest of it': onFirst(calico('b'), calico()),
        'a newer manifest of it, elsewhere': onWorker(calico('b'), calico()),
        'other basic plugins': onWorker(
          settings({ networkPlugin: { name: 'other', plugins: asset('cni.tgz', 'b') } }),
          settings({ networkPlugin: { name: 'other', plugins: asset('cni.tgz') } }),
        ),
        'a manifest': onFirst(two),
        'one manifest less': onFirst(settings({ manifests: [manifest('ingress')] }), two),
        'no manifest any more': onFirst(settings({ manifests: [] }), two),
        'only their place on the server': onFirst(
          settings({ manifests: [{ ...manifest('ingress'), path: 'other.yaml' }, manifest('storage')] }),
          two,
        ),
        'another machine initializes the cluster': onFirst(
          kubernetes({ initializes: 'sample-kube-master-002' }),
          two,
        ),
        'another address of the server': onFirst(settings({ server: 'http://10.10.10.6:8080' }), two),
      }),
    ).toMatchInlineSnapshot(`
      {
        "a manifest": [
          "files and restart of hakube-firstboot.service",
        ],
        "a newer manifest of it": [
          "files and restart of hakube-firstboot.service",
          "the step applies manifests whose checksum has changed, and overwrites manual changes; objects that are no longer in them remain",
        ],
        "a newer manifest of it, elsewhere": [
          "no difference",
        ],
        "a plugin has a name": [
          "files and restart of NetworkManager.service, firewalld.service, hakube-firstboot.service, hakube-pod-firewall.service",
          "hakube does not replace the network plugin of a cluster: the new value must be the plugin that is installed",
        ],
        "another address of the server": [
          "files",
        ],
        "another machine initializes the cluster": [
          "files",
          "a running cluster does not change; another machine would initialize it if all machines were reinstalled",
          "CA keys that no longer belong on this machine must be deleted from /etc/hakube/authorities; each control plane keeps its own in /etc/kubernetes/pki",
          "first run systemctl disable --now hakube-admission.timer: nothing stops a unit whose file is missing",
        ],
        "another plugin": [
          "reinstall",
          "hakube does not remove a network plugin from a cluster, and pods keep their addresses",
        ],
        "no manifest any more": [
          "files and restart of hakube-firstboot.service",
          "what ingress, storage installed stays in the cluster: delete it with kubectl",
        ],
        "one manifest less": [
          "files and restart of hakube-firstboot.service",
          "what storage installed stays in the cluster: delete it with kubectl",
        ],
        "only their place on the server": [
          "files and restart of hakube-firstboot.service",
        ],
        "other basic plugins": [
          "files and restart of hakube-firstboot.service",
        ],
      }
    `)
  })

  it('have a row for the files of NetworkManager of another plugin', () => {
    const found = difference(onWorker(settings({ networkPlugin: { name: 'cilium' } }), calico()))
    const file = found?.files.find(({ path }) => path.includes('NetworkManager'))
    expect(file?.takes.units).toEqual(['NetworkManager.service'])
  })
})

const pods = (change: Change): Case => ({ machine: 'host-1', change, profile: 'static-pods' })
const balancing =
  (text: object): Change =>
  ({ loadBalancing }) =>
    Object.assign(loadBalancing ?? {}, text)

describe('load balancers', () => {
  it('have rows for static pods', () => {
    expect(
      judgements({
        'another image': pods(
          balancing({
            images: { haproxy: 'haproxy:3.3', keepalived: 'registry.example.com/keepalived:2.3.1' },
          }),
        ),
        'an ingress': pods(balancing({ ingress: { address: '192.168.1.51' } })),
        'as services instead': pods(({ loadBalancing }) => {
          delete loadBalancing?.images
          Object.assign(loadBalancing ?? {}, { placement: 'control-plane' })
        }),
        'an external one instead': pods(({ loadBalancing }) => {
          delete loadBalancing?.images
          Object.assign(loadBalancing ?? {}, { placement: 'external' })
        }),
        'as static pods instead of services': {
          ...pods(nothingChanged),
          from: ({ loadBalancing }) => Object.assign(loadBalancing ?? {}, { placement: 'control-plane' }),
          change: balancing({ placement: 'static-pod' }),
        },
      }),
    ).toMatchInlineSnapshot(`
      {
        "an external one instead": [
          "reinstall",
          "also remove haproxy.yaml from /etc/kubernetes/manifests: the kubelet then stops the pod",
          "also remove keepalived.yaml from /etc/kubernetes/manifests: the kubelet then stops the pod",
          "hakube does not remove interface from a machine",
        ],
        "an ingress": [
          "files and restart of firewalld.service",
          "haproxy in its pod reads its files when it starts: run crictl stop on its container, and the kubelet starts it again",
          "keepalived in its pod reads its files when it starts: run crictl stop on its container, and the kubelet starts it again",
        ],
        "another image": [
          "files",
          "copy /etc/hakube/static-pods/haproxy.yaml to /etc/kubernetes/manifests, where the kubelet reads it: no step copies it on a member",
        ],
        "as services instead": [
          "files and restart of hakube-firstboot.service, hakube-interface.service, haproxy.service, keepalived.service",
          "also remove haproxy.yaml from /etc/kubernetes/manifests: the kubelet then stops the pod",
          "also remove keepalived.yaml from /etc/kubernetes/manifests: the kubelet then stops the pod",
        ],
        "as static pods instead of services": [
          "reinstall",
          "copy /etc/hakube/static-pods/haproxy.yaml to /etc/kubernetes/manifests, where the kubelet reads it: no step copies it on a member",
          "copy /etc/hakube/static-pods/keepalived.yaml to /etc/kubernetes/manifests, where the kubelet reads it: no step copies it on a member",
          "haproxy in its pod reads its files when it starts: run crictl stop on its container, and the kubelet starts it again",
          "keepalived in its pod reads its files when it starts: run crictl stop on its container, and the kubelet starts it again",
          "hakube does not remove haproxy from a machine",
          "hakube does not remove keepalived from a machine",
        ],
      }
    `)
  })
})

const installed: Change = (profile) => {
  profile.distribution = { name: 'ubuntu', version: '24.04' }
  profile.hardware = { disk: '/dev/sda' }
}

const program = ({ networkPlugin }: Profile) =>
  Object.assign(networkPlugin ?? {}, { archive: asset('flannel.tgz', 'b') })

const on = (machine: string, change: Change): Case => ({
  machine,
  change,
  from: installed,
  profile: 'flannel-service',
})

describe('flannel as a service', async () => {
  const secrets = await secretsFor(resolveWithoutSecrets(exampleProfile('flannel-service'), new Map()))
  it('has rows for its programs and options', () => {
    expect(
      judgements(
        {
          'another flanneld': on('worker-1', program),
          'another etcd': on('etcd-1', ({ etcd }) =>
            Object.assign(etcd ?? {}, { archive: asset('etcd.tgz', 'b') }),
          ),
          'a member of etcd less': on('worker-1', (profile) => {
            profile.machines = profile.machines.filter(({ name }) => name !== 'etcd-3')
          }),
          'a member of etcd less, seen from an API server': on('master-1', (profile) => {
            profile.machines = profile.machines.filter(({ name }) => name !== 'etcd-3')
          }),
          'the pod network': on('master-1', kubernetes({ podNetwork: '10.200.0.0/16' })),
        },
        secrets,
      ),
    ).toMatchInlineSnapshot(`
      {
        "a member of etcd less": [
          "files and restart of flanneld.service",
        ],
        "a member of etcd less, seen from an API server": [
          "files and restart of flanneld.service, hakube-firstboot.service",
          "etcd members are arguments of the API servers: set apiServer in the ConfigMap kubeadm-config, then run on each control plane, one at a time, kubeadm init phase control-plane apiserver; see docs/profile.md",
        ],
        "another etcd": [
          "files and restart of etcd.service, hakube-firstboot.service",
        ],
        "another flanneld": [
          "files and restart of flanneld.service, hakube-firstboot.service",
        ],
        "the pod network": [
          "reinstall",
          "it is fixed when a cluster is created: it requires a new cluster, so all members must be reinstalled",
        ],
      }
    `)
  })

  it('has rows for other certificates of etcd, of flanneld and of etcd', () => {
    const changed = {
      ...secrets,
      authorities: { ...secrets.authorities, etcd: pair('another authority') },
      machines: { ...secrets.machines, 'worker-1': { 'etcd-client': pair('another') } },
    }
    const profile = exampleProfile('flannel-service')
    installed(profile)
    const sides = (name: string) =>
      [secrets, changed].map((each) => {
        const cluster = resolve(profile, new Map(), each)
        return sideOf(cluster, machineOf(cluster, name))
      })
    const found = ['worker-1', 'etcd-1'].flatMap((name) => {
      const [before, after] = sides(name)
      const files = compareMachine(before!, after!, null)?.files ?? []
      return files.map(({ path, takes }) => [name, path, ...takes.units])
    })
    expect(found).toMatchInlineSnapshot(`
      [
        [
          "worker-1",
          "/etc/etcd/pki/ca.crt",
          "flanneld.service",
        ],
        [
          "worker-1",
          "/etc/etcd/pki/client.crt",
          "flanneld.service",
        ],
        [
          "worker-1",
          "/etc/etcd/pki/client.key",
          "flanneld.service",
        ],
        [
          "etcd-1",
          "/etc/etcd/pki/ca.crt",
          "etcd.service",
        ],
      ]
    `)
  })
})
