import { describe, expect, it } from 'vitest'
import { certificateNeeds, serverNeed } from '../../src/cluster/certificate-needs.ts'
import { resolve, resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { compareMachine } from '../../src/diff/compare.ts'
import { sideOf } from '../../src/diff/side.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { throwAwaySecrets } from '../../src/secrets/throw-away.ts'
import { machineOf } from '../components/host.ts'
import { exampleProfile, testSources } from '../example.ts'
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
  it('another one, and what their files take', () => {
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
          "files and restart of cri-docker.service, hakube-firstboot.service",
        ],
        "another place of the pause image": [
          "files and restart of cri-docker.service",
        ],
        "another runtime": [
          "reinstall",
          "nothing takes a container runtime and its containers off a machine that has it",
          "nothing takes containerd off a machine that has it",
          "kubeadm reads it once, when the machine becomes a member of the cluster",
        ],
        "packages of the distribution": [
          "reinstall",
          "nothing takes a container runtime and its containers off a machine that has it",
        ],
      }
    `)
  })
})

describe('network plug-ins and manifests', () => {
  it('of a cluster that lives', () => {
    const manifest = (name: string, digit = 'a') => ({ name, ...asset(`${name}.yaml`, digit) })
    const two = settings({ manifests: [manifest('ingress'), manifest('storage')] })
    expect(
      judgements({
        'a plug-in has a name': onWorker(calico(), settings({ networkPlugin: { name: 'other' } })),
        'another plug-in': onWorker(
          settings({ networkPlugin: { name: 'cilium', manifest: asset('cilium.yaml') } }),
          calico(),
        ),
        'a newer manifest of it': onFirst(calico('b'), calico()),
        'a newer manifest of it, elsewhere': onWorker(calico('b'), calico()),
        'other basic plug-ins': onWorker(
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
        'another machine makes the cluster': onFirst(
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
          "the step applies what has another checksum, also over what people have changed; objects that are no longer in it stay",
        ],
        "a newer manifest of it, elsewhere": [
          "no difference",
        ],
        "a plug-in has a name": [
          "files and restart of NetworkManager.service, firewalld.service, hakube-firstboot.service, hakube-pod-firewall.service",
          "nothing takes another network plug-in out of a cluster: the new one has to be the one that is there",
        ],
        "another address of the server": [
          "files",
        ],
        "another machine makes the cluster": [
          "files",
          "a cluster that lives stays as it is; another machine would make it if all were installed again",
          "keys of the authorities that are no longer for this machine are to be deleted from /etc/hakube/authorities; each control plane keeps its own in /etc/kubernetes/pki",
          "first systemctl disable --now hakube-admission.timer: nothing stops a unit whose file is gone",
        ],
        "another plug-in": [
          "reinstall",
          "nothing takes a network plug-in out of a cluster, and pods keep the addresses that it gave",
        ],
        "no manifest any more": [
          "files and restart of hakube-firstboot.service",
          "what ingress, storage brought stays in the cluster: delete it with kubectl",
        ],
        "one manifest less": [
          "files and restart of hakube-firstboot.service",
          "what storage brought stays in the cluster: delete it with kubectl",
        ],
        "only their place on the server": [
          "files and restart of hakube-firstboot.service",
        ],
        "other basic plug-ins": [
          "files and restart of hakube-firstboot.service",
        ],
      }
    `)
  })

  it('the files of NetworkManager are another plug-in’s', () => {
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
  it('in static pods', () => {
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
          "remove haproxy.yaml from /etc/kubernetes/manifests too: the kubelet ends the pod then",
          "remove keepalived.yaml from /etc/kubernetes/manifests too: the kubelet ends the pod then",
          "nothing takes interface off a machine that has it",
        ],
        "an ingress": [
          "files and restart of firewalld.service",
          "haproxy in its pod reads its files when it starts: crictl stop its container, and the kubelet starts it again",
          "keepalived in its pod reads its files when it starts: crictl stop its container, and the kubelet starts it again",
        ],
        "another image": [
          "files",
          "copy /etc/hakube/static-pods/haproxy.yaml to /etc/kubernetes/manifests: the kubelet reads it there, and no step copies it on a member",
        ],
        "as services instead": [
          "files and restart of hakube-firstboot.service, hakube-interface.service, haproxy.service, keepalived.service",
          "remove haproxy.yaml from /etc/kubernetes/manifests too: the kubelet ends the pod then",
          "remove keepalived.yaml from /etc/kubernetes/manifests too: the kubelet ends the pod then",
        ],
        "as static pods instead of services": [
          "reinstall",
          "copy /etc/hakube/static-pods/haproxy.yaml to /etc/kubernetes/manifests: the kubelet reads it there, and no step copies it on a member",
          "copy /etc/hakube/static-pods/keepalived.yaml to /etc/kubernetes/manifests: the kubelet reads it there, and no step copies it on a member",
          "haproxy in its pod reads its files when it starts: crictl stop its container, and the kubelet starts it again",
          "keepalived in its pod reads its files when it starts: crictl stop its container, and the kubelet starts it again",
          "nothing takes haproxy off a machine that has it",
          "nothing takes keepalived off a machine that has it",
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
  const secrets = await (async () => {
    const profile = exampleProfile('flannel-service')
    const cluster = resolveWithoutSecrets(profile, new Map())
    return throwAwaySecrets(testSources(), certificateNeeds(cluster), serverNeed(cluster))
  })()
  it('its programs and options', () => {
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
          'the network of pods': on('master-1', kubernetes({ podNetwork: '10.200.0.0/16' })),
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
          "members of etcd are arguments of the API servers: put apiServer into the ConfigMap kubeadm-config, then on each control plane, one after the other, kubeadm init phase control-plane apiserver; docs/profile.md says how",
        ],
        "another etcd": [
          "files and restart of etcd.service, hakube-firstboot.service",
        ],
        "another flanneld": [
          "files and restart of flanneld.service, hakube-firstboot.service",
        ],
        "the network of pods": [
          "reinstall",
          "a cluster is made with it: it takes a new cluster, so all members are installed again",
        ],
      }
    `)
  })

  it('other certificates of etcd: flanneld shows its own, and etcd both', () => {
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
