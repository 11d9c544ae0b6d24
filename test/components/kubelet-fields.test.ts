import { describe, expect, it } from 'vitest'
import { resolve } from '../../src/cluster/resolve.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, testSecrets } from '../example.ts'
import { assembleOnly } from '../support/assemble-only.ts'

/* KubeletConfiguration for all machines, a role and a machine, and patches: what each release is given. */

function profileAt(version: string, change: (profile: Profile) => void = () => undefined): Profile {
  const profile = exampleProfile()
  profile.kubernetes.version = version
  profile.kubeletConfiguration = {
    maxPods: 200,
    evictionHard: { 'memory.available': '200Mi' },
    kubeReserved: { cpu: '100m' },
  }
  profile.roles = {
    ...profile.roles,
    worker: {
      ...profile.roles?.worker,
      kubeletConfiguration: { maxPods: 500, evictionHard: { 'nodefs.available': '5%' } },
    },
  }
  change(profile)
  return profile
}

const [controlPlane, first, second] = [
  'sample-kube-master-002',
  'sample-kube-worker-001',
  'sample-kube-worker-002',
] as const

function filesAt(profile: Profile, name: string, wanted: RegExp): string {
  const cluster = resolve(profile, new Map(), testSecrets)
  const machine = cluster.machines.find((each) => each.name === name)!
  return assembleOnly([kubeadm], cluster, machine)
    .files.filter(({ path }) => wanted.test(path))
    .map(({ path, mode, content }) => `== ${path} ${mode}\n${textOf(content)}`)
    .join('')
}

/** What a join file says of the kubelet and of patches. */
const joinAt = (profile: Profile, name: string): string =>
  filesAt(profile, name, /join\.yaml$/).replace(/^[^]*?(?=nodeRegistration:)/, '')

const own = /patches|kubelet\.conf\.d/

const policies = (profile: Profile) => {
  const machine = profile.machines.find(({ name }) => name === second)!
  machine.kubeletConfiguration = {
    cpuManagerPolicy: 'static',
    reservedSystemCPUs: '0,1',
    logging: { format: 'json' },
  }
}

describe('KubeletConfiguration for all machines, a role and a machine', () => {
  it('is a drop-in of the kubelet from 1.30 on', () => {
    expect(filesAt(profileAt('1.36.4'), controlPlane, own)).toMatchInlineSnapshot(`
      "== /etc/kubernetes/kubelet.conf.d/50-hakube.conf 0644
      apiVersion: "kubelet.config.k8s.io/v1beta1"
      kind: "KubeletConfiguration"
      maxPods: 200
      evictionHard:
        memory.available: "200Mi"
      kubeReserved:
        cpu: "100m"
      "
    `)
    expect(filesAt(profileAt('1.30.2', policies), second, own)).toMatchInlineSnapshot(`
      "== /etc/kubernetes/kubelet.conf.d/50-hakube.conf 0644
      apiVersion: "kubelet.config.k8s.io/v1beta1"
      kind: "KubeletConfiguration"
      maxPods: 500
      logging:
        format: "json"
      == /etc/kubernetes/kubelet.conf.d/51-hakube-policies.conf 0644
      apiVersion: "kubelet.config.k8s.io/v1beta1"
      kind: "KubeletConfiguration"
      evictionHard:
        memory.available: "200Mi"
        nodefs.available: "5%"
      kubeReserved:
        cpu: "100m"
      cpuManagerPolicy: "static"
      reservedSystemCPUs: "0,1"
      "
    `)
    expect(joinAt(profileAt('1.36.4'), first)).toMatchInlineSnapshot(`
      "nodeRegistration:
        name: "sample-kube-worker-001"
        criSocket: "unix:///run/containerd/containerd.sock"
        kubeletExtraArgs:
          - name: "node-ip"
            value: "10.10.10.16"
          - name: "config-dir"
            value: "/etc/kubernetes/kubelet.conf.d"
      "
    `)
  })

  it("is in the directory of the profile's own drop-ins", () => {
    const profile = profileAt('1.36.4', (each) => {
      each.kubeletArguments = { 'config-dir': '/etc/kubelet.d/' }
    })
    expect(filesAt(profile, controlPlane, /kubelet\.d/)).toMatch(
      /^== \/etc\/kubelet\.d\/50-hakube\.conf 0644\n/,
    )
    expect(joinAt(profile, controlPlane)).toContain('- name: "config-dir"\n      value: "/etc/kubelet.d/"\n')
  })

  it('is a patch of kubeadm from 1.25 to 1.29', () => {
    expect(filesAt(profileAt('1.25.2'), first, own)).toMatchInlineSnapshot(`
      "== /etc/kubernetes/kubeadm/patches/kubeletconfiguration00+merge.yaml 0600
      apiVersion: "kubelet.config.k8s.io/v1beta1"
      kind: "KubeletConfiguration"
      maxPods: 500
      evictionHard:
        memory.available: "200Mi"
        nodefs.available: "5%"
      kubeReserved:
        cpu: "100m"
      "
    `)
    expect(joinAt(profileAt('1.29.2'), first)).toMatchInlineSnapshot(`
      "nodeRegistration:
        name: "sample-kube-worker-001"
        criSocket: "unix:///run/containerd/containerd.sock"
        kubeletExtraArgs:
          node-ip: "10.10.10.16"
      patches:
        directory: "/etc/kubernetes/kubeadm/patches"
      "
    `)
  })

  it('consists of arguments before 1.25', () => {
    expect(filesAt(profileAt('1.24.2', policies), second, own)).toBe('')
    expect(joinAt(profileAt('1.24.2'), first)).toMatchInlineSnapshot(`
      "nodeRegistration:
        name: "sample-kube-worker-001"
        criSocket: "unix:///run/containerd/containerd.sock"
        kubeletExtraArgs:
          node-ip: "10.10.10.16"
          max-pods: "500"
          eviction-hard: "memory.available<200Mi,nodefs.available<5%"
          kube-reserved: "cpu=100m"
      "
    `)
  })

  it('is absent if the profile sets nothing', () => {
    const profile = exampleProfile()
    expect(filesAt(profile, first, own)).toBe('')
    expect(filesAt(profile, first, /join\.yaml$/)).not.toMatch(/config-dir|patches/)
  })
})

const withPatches = (version: string) =>
  profileAt(version, (profile) => {
    delete profile.kubeletConfiguration
    profile.roles = {}
    profile.kubernetes.patches = [
      {
        target: 'kube-apiserver',
        content: {
          spec: {
            containers: [{ name: 'kube-apiserver', resources: { requests: { memory: '2Gi' } } }],
          },
        },
      },
      {
        target: 'etcd',
        type: 'json',
        content: [{ op: 'add', path: '/metadata/labels/a~1b', value: 'yes' }],
      },
      { target: 'kube-scheduler', type: 'merge', content: '# mine\nmetadata: {labels: {a: "b"}}\n' },
      ...(version === '1.20.2'
        ? []
        : [{ target: 'kubeletconfiguration' as const, content: { maxPods: 111 } }]),
    ]
  })

describe('patches of the profile', () => {
  it('are files in the order of the profile, and the configuration names their directory from 1.22 on', () => {
    expect(filesAt(withPatches('1.36.4'), controlPlane, own)).toMatchInlineSnapshot(`
      "== /etc/kubernetes/kubeadm/patches/etcd02+json.yaml 0600
      - op: "add"
        path: "/metadata/labels/a~1b"
        value: "yes"
      == /etc/kubernetes/kubeadm/patches/kube-apiserver01+strategic.yaml 0600
      spec:
        containers:
          - name: "kube-apiserver"
            resources:
              requests:
                memory: "2Gi"
      == /etc/kubernetes/kubeadm/patches/kube-scheduler03+merge.yaml 0600
      # mine
      metadata: {labels: {a: "b"}}
      == /etc/kubernetes/kubeadm/patches/kubeletconfiguration04+strategic.yaml 0600
      maxPods: 111
      "
    `)
    expect(joinAt(withPatches('1.36.4'), controlPlane)).toMatchInlineSnapshot(`
      "nodeRegistration:
        name: "sample-kube-master-002"
        criSocket: "unix:///run/containerd/containerd.sock"
        kubeletExtraArgs:
          - name: "node-ip"
            value: "10.10.10.14"
      patches:
        directory: "/etc/kubernetes/kubeadm/patches"
      controlPlane:
        certificateKey: "203356e5b89857dc38a9edcbc110fc9485825408a0d88c0ab52d6e8a48ecbed0"
        localAPIEndpoint:
          advertiseAddress: "10.10.10.14"
          bindPort: 6443
      "
    `)
    expect(filesAt(withPatches('1.36.4'), first, own)).toMatchInlineSnapshot(`
      "== /etc/kubernetes/kubeadm/patches/kubeletconfiguration01+strategic.yaml 0600
      maxPods: 111
      "
    `)
  })

  it('are named by a flag before 1.22', () => {
    const cluster = resolve(withPatches('1.20.2'), new Map(), testSecrets)
    const flags = cluster.machines
      .filter(({ role }) => role !== 'load-balancer')
      .map((machine) => {
        const step = assembleOnly([kubeadm], cluster, machine).steps.find(({ name }) => name === 'kubeadm')!
        const lines = textOf(step.script).split('\n')
        return [machine.name, ...lines.filter((line) => /kubeadm (?:init|join) --config/.test(line))]
      })
    expect(flags.slice(0, 4)).toMatchInlineSnapshot(`
      [
        [
          "sample-kube-master-001",
          "    kubeadm join --config /etc/kubernetes/kubeadm/join.yaml --experimental-patches /etc/kubernetes/kubeadm/patches",
          "  kubeadm init --config /etc/kubernetes/kubeadm/init.yaml --upload-certs --skip-certificate-key-print --experimental-patches /etc/kubernetes/kubeadm/patches --skip-token-print --skip-phases="$1"",
          "kubeadm init --config /etc/kubernetes/kubeadm/init.yaml --upload-certs --skip-certificate-key-print --experimental-patches /etc/kubernetes/kubeadm/patches --skip-token-print",
        ],
        [
          "sample-kube-master-002",
          "    kubeadm join --config /etc/kubernetes/kubeadm/join.yaml --experimental-patches /etc/kubernetes/kubeadm/patches",
        ],
        [
          "sample-kube-master-003",
          "    kubeadm join --config /etc/kubernetes/kubeadm/join.yaml --experimental-patches /etc/kubernetes/kubeadm/patches",
        ],
        [
          "sample-kube-worker-001",
          "    kubeadm join --config /etc/kubernetes/kubeadm/join.yaml",
        ],
      ]
    `)
    expect(joinAt(withPatches('1.20.2'), controlPlane)).not.toContain('patches')
  })
})
