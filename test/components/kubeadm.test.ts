import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import type { Assembly } from '../../src/assembly/assemble.ts'
import { dialectFor, initDocuments } from '../../src/components/kubeadm/configuration.ts'
import { v1beta2, v1beta3, v1beta4 } from '../../src/components/kubeadm/dialects.ts'
import { joinConfiguration } from '../../src/components/kubeadm/documents.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { sysctl } from '../../src/components/sysctl.ts'
import { kubernetesReleases } from '../../src/distributions/kubernetes.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster, exampleProfile, testSecrets, type ExampleName } from '../example.ts'
import { v1beta2Documents } from '../schemas/kubeadm-v1beta2.ts'
import { v1beta3Documents } from '../schemas/kubeadm-v1beta3.ts'
import { v1beta4Documents } from '../schemas/kubeadm-v1beta4.ts'
import { componentDocuments } from '../schemas/kubernetes-components.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { forReview } from '../support/shared-text.ts'

const newest = kubernetesReleases.at(-1)!.minor
const minors = ['1.20', '1.21', '1.22', '1.30', '1.31', newest]

function clusterAt(minor: string, change: Partial<Cluster['kubernetes']> = {}): Cluster {
  const profile = exampleProfile()
  const cluster = resolve(
    { ...profile, kubernetes: { ...profile.kubernetes, version: `${minor}.2` } },
    new Map(),
    testSecrets,
  )
  return { ...cluster, kubernetes: { ...cluster.kubernetes, ...change } }
}

function assemblyOf(cluster: Cluster, name: string): Assembly {
  const machine = cluster.machines.find((each) => each.name === name)!
  return assembleOnly([sysctl, kubeadm], cluster, machine)
}

const contentOf = (assembly: Assembly, path: string): string =>
  textOf(assembly.files.find((file) => file.path === path)!.content)

const [init, controlPlane, worker] = [
  'sample-kube-master-001',
  'sample-kube-master-002',
  'sample-kube-worker-001',
] as const

const schemaOf = (minor: string) => {
  const documents = {
    '1.20': v1beta2Documents,
    '1.21': v1beta2Documents,
    '1.22': v1beta3Documents,
    '1.30': v1beta3Documents,
  }[minor]
  return z.union([...(documents ?? v1beta4Documents), ...componentDocuments])
}

const proxy = (
  change: Partial<Cluster['kubernetes']>,
  sysctls: Cluster['machines'][0]['settings']['sysctls'],
) => {
  const cluster = clusterAt('1.30', change)
  const machine = cluster.machines.find(({ name }) => name === init)!
  const changed = { ...machine, settings: { ...machine.settings, sysctls } }
  const { declared } = assembleOnly([sysctl, kubeadm], cluster, changed)
  const document = initDocuments(cluster, changed, declared).find(
    (each) => each['kind'] === 'KubeProxyConfiguration',
  )
  if (!document) return null
  const { apiVersion, kind, ...rest } = document
  expect({ apiVersion, kind }).toEqual({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
  })
  return rest
}

const secretPaths = (assembly: Assembly) =>
  assembly.files.filter(({ secret }) => secret).map(({ path, mode }) => `${mode} ${path}`)

const declared = (example: ExampleName, name: string, minor?: string) => {
  const cluster = exampleCluster(example)
  const changed = {
    ...cluster,
    kubernetes: {
      ...cluster.kubernetes,
      ...(minor ? { minor, version: `${minor}.2`, proxyMode: 'ipvs' as const } : {}),
    },
  }
  const { packages, repositories, kernelModules, ports } = assemblyOf(changed, name).declared
  return {
    packages: packages.map(({ name, version }) => (version ? `${name} ${version}` : name)),
    repositories: repositories.map(({ url, key }) => [url, key]),
    modules: kernelModules.map(({ name }) => name),
    ports: ports.map(
      ({ protocol, port, lastPort, sources }) =>
        `${protocol} ${port}${lastPort ? `-${lastPort}` : ''} from ${sources?.join(', ') ?? 'everyone'}`,
    ),
  }
}

describe('kubeadm configuration', () => {
  describe.each(minors)('for Kubernetes %s', (minor) => {
    const cluster = clusterAt(minor)
    it.each([
      [init, 'init'],
      [controlPlane, 'join'],
      [worker, 'join'],
    ])('of %s is what kubeadm of that version accepts', async (name, command) => {
      const text = contentOf(assemblyOf(cluster, name), `/etc/kubernetes/kubeadm/${command}.yaml`)
      const documents = parseAllDocuments(text, { version: '1.1' }).map(
        (document) => document.toJS() as unknown,
      )
      for (const document of documents)
        expect(schemaOf(minor).safeParse(document).error?.issues ?? []).toEqual([])
      const role = name === init ? 'init' : name === worker ? 'join-worker' : 'join-control-plane'
      await expect(text).toMatchFileSnapshot(
        `../fixtures/kubeadm/${minor === newest ? 'newest' : minor}-${role}.yaml`,
      )
    })
  })

  it('changes its format with the release', () => {
    const firsts = [v1beta2, v1beta3, v1beta4].map(
      (dialect) => kubernetesReleases.find(({ minor }) => dialectFor(minor) === dialect)?.minor,
    )
    expect(firsts).toEqual(['1.20', '1.22', '1.31'])
    expect(dialectFor('1.99')).toBe(v1beta4)
  })

  it('sets the mode of kube-proxy, and leaves the connection table to a sysctl that the profile sets', () => {
    expect(proxy({ proxyMode: 'iptables' }, [])).toEqual({ mode: 'iptables' })
    expect(proxy({ proxyMode: 'ipvs' }, [])).toEqual({ mode: 'ipvs', ipvs: { strictARP: true } })
    expect(
      proxy({ proxyMode: 'nftables' }, [{ key: 'net/netfilter/nf_conntrack_max', value: '524288' }]),
    ).toEqual({ mode: 'nftables', conntrack: { maxPerCore: 0 } })
    expect(
      proxy({ proxyMode: 'iptables' }, [
        { key: 'net.netfilter.nf_conntrack_tcp_timeout_established', value: '600' },
        { key: 'net.netfilter.nf_conntrack_tcp_timeout_close_wait', value: '60' },
      ]),
    ).toEqual({ mode: 'iptables', conntrack: { tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' } })
    expect(proxy({ proxyMode: 'none' }, [])).toBeNull()
  })

  it("adds the profile's fields to the configuration of kubelet and kube-proxy", () => {
    const configuration = {
      kubelet: { shutdownGracePeriod: '90s', memorySwap: { swapBehavior: 'LimitedSwap' } },
      kubeProxy: {
        conntrack: { tcpBeLiberal: true },
        ipvs: { scheduler: 'wrr' },
        nodePortAddresses: ['10.0.0.0/8'],
      },
    }
    expect(
      proxy({ proxyMode: 'ipvs', configuration }, [
        { key: 'net.netfilter.nf_conntrack_max', value: '524288' },
      ]),
    ).toEqual({
      mode: 'ipvs',
      conntrack: { maxPerCore: 0, tcpBeLiberal: true },
      ipvs: { strictARP: true, scheduler: 'wrr' },
      nodePortAddresses: ['10.0.0.0/8'],
    })
    const cluster = clusterAt('1.30', { configuration })
    const machine = cluster.machines.find(({ name }) => name === init)!
    const { declared } = assembleOnly([kubeadm], cluster, machine)
    expect(
      initDocuments(cluster, machine, declared).find(({ kind }) => kind === 'KubeletConfiguration'),
    ).toEqual({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      cgroupDriver: 'systemd',
      failSwapOn: true,
      ...configuration.kubelet,
    })
  })

  it('omits kube-proxy if the network plugin does its work, even when init continues after a power cut', () => {
    const cluster = clusterAt(newest)
    const at = (proxyMode: 'iptables' | 'none') => {
      const changed = { ...cluster, kubernetes: { ...cluster.kubernetes, proxyMode } }
      const { steps } = assemblyOf(changed, init)
      const script = textOf(steps.find(({ name }) => name === 'kubeadm')!.script)
      return script.split('\n').filter((line) => line.includes('--skip-token-print'))
    }
    expect(at('iptables')).toEqual([
      '  kubeadm init --config /etc/kubernetes/kubeadm/init.yaml --upload-certs --skip-certificate-key-print --skip-token-print --skip-phases="$1"',
      'kubeadm init --config /etc/kubernetes/kubeadm/init.yaml --upload-certs --skip-certificate-key-print --skip-token-print',
    ])
    expect(at('none')).toEqual([
      '  kubeadm init --config /etc/kubernetes/kubeadm/init.yaml --upload-certs --skip-certificate-key-print --skip-token-print --skip-phases="$1,addon/kube-proxy"',
      'kubeadm init --config /etc/kubernetes/kubeadm/init.yaml --upload-certs --skip-certificate-key-print --skip-token-print --skip-phases=addon/kube-proxy',
    ])
  })

  it('rejects in the test what kubeadm only warns about', () => {
    const document = joinConfiguration(v1beta4, {
      node: {
        name: 'one',
        address: '10.0.0.1',
        criSocket: 'unix:///run/containerd/containerd.sock',
        kubeletArguments: [{ name: 'node-ip', value: '10.0.0.1' }],
        taints: null,
        ignoredPreflightErrors: [],
        patches: null,
      },
      bootstrapToken: testSecrets.bootstrapToken,
      endpoint: '10.0.0.9:6443',
      authorityHash: `sha256:${'0'.repeat(64)}`,
      discoveryTimeout: '1h0m0s',
      controlPlane: null,
    })
    expect(schemaOf('1.31').safeParse(document).success).toBe(true)
    expect(schemaOf('1.30').safeParse(document).success).toBe(false)
    expect(schemaOf('1.31').safeParse({ ...document, timeout: '5m0s' }).success).toBe(false)
  })
})

describe('kubeadm', () => {
  it('gives the CA keys to the first control plane only', () => {
    const cluster = exampleCluster()
    expect(secretPaths(assemblyOf(cluster, init))).toEqual([
      '0600 /etc/hakube/admission',
      '0600 /etc/hakube/authorities/ca.key',
      '0600 /etc/hakube/authorities/etcd/ca.key',
      '0600 /etc/hakube/authorities/front-proxy-ca.key',
      '0600 /etc/hakube/authorities/sa.key',
      '0600 /etc/kubernetes/kubeadm/init.yaml',
      // For when it was installed again.
      '0600 /etc/kubernetes/kubeadm/join.yaml',
    ])
    for (const name of [controlPlane, worker])
      expect(
        assemblyOf(cluster, name)
          .files.filter(({ path }) => path.startsWith('/etc/hakube') || path.startsWith('/etc/kubernetes'))
          .map(({ path, mode }) => `${mode} ${path}`),
      ).toEqual(['0644 /etc/hakube/authorities/ca.crt', '0600 /etc/kubernetes/kubeadm/join.yaml'])
    // No key hides in a file that is not marked.
    for (const { name } of cluster.machines)
      for (const file of assemblyOf(cluster, name).files.filter(({ secret }) => !secret))
        expect(textOf(file.content)).not.toMatch(/PRIVATE KEY|[a-z0-9]{6}\.[a-z0-9]{16}/)
  })

  it('gives a worker no keys that only control planes need', () => {
    const text = contentOf(assemblyOf(exampleCluster(), worker), '/etc/kubernetes/kubeadm/join.yaml')
    expect(text.includes(testSecrets.certificateKey)).toBe(false)
  })

  it.each<[ExampleName, string]>([
    ['external-load-balancers', 'sample-kube-master-001'],
    ['external-load-balancers', 'sample-kube-master-002'],
    ['external-load-balancers', 'sample-kube-worker-001'],
    ['rack-test', 'control-plane'],
  ])('has the step and checks of %s, %s', async (example, name) => {
    const assembly = assemblyOf(exampleCluster(example), name)
    const scripts = [...assembly.steps, ...assembly.checks]
      .filter(({ component }) => component === 'kubeadm')
      .map(({ name, script }) => `#-- ${name}\n${textOf(script)}`)
    await expect(await forReview(scripts.join('\n'))).toMatchFileSnapshot(
      `../fixtures/kubeadm/scripts-${example}-${name}.txt`,
    )
  })

  it('declares packages, repository, modules and ports', () => {
    expect(declared('external-load-balancers', controlPlane)).toMatchInlineSnapshot(`
      {
        "modules": [
          "br_netfilter",
          "nf_conntrack",
        ],
        "packages": [
          "kubeadm 1.36.4",
          "kubectl 1.36.4",
          "kubelet 1.36.4",
          "cri-tools",
          "curl",
          "conntrack-tools",
          "socat",
        ],
        "ports": [
          "tcp 6443 from everyone",
          "tcp 2379-2380 from 10.10.10.13, 10.10.10.14, 10.10.10.15",
          "tcp 10250 from 10.10.10.0/24, 10.244.0.0/16",
          "tcp 30000-32767 from everyone",
          "udp 30000-32767 from everyone",
        ],
        "repositories": [
          [
            "https://pkgs.k8s.io/core:/stable:/v1.36/rpm/",
            "https://pkgs.k8s.io/core:/stable:/v1.36/rpm/repodata/repomd.xml.key",
          ],
        ],
      }
    `)
    expect(declared('load-balancers-on-control-planes', 'k8s-node-01', '1.30')).toMatchInlineSnapshot(`
      {
        "modules": [
          "br_netfilter",
          "nf_conntrack",
          "ip_vs",
          "ip_vs_rr",
          "ip_vs_wrr",
          "ip_vs_sh",
        ],
        "packages": [
          "kubeadm 1.30.2",
          "kubectl 1.30.2",
          "kubelet 1.30.2",
          "cri-tools",
          "curl",
          "conntrack",
          "socat",
          "ipset",
          "ipvsadm",
        ],
        "ports": [
          "tcp 10250 from 10.0.3.0/24, 10.244.0.0/16",
          "tcp 30000-32767 from everyone",
          "udp 30000-32767 from everyone",
        ],
        "repositories": [
          [
            "https://pkgs.k8s.io/core:/stable:/v1.30/deb/ /",
            "https://pkgs.k8s.io/core:/stable:/v1.30/deb/Release.key",
          ],
        ],
      }
    `)
  })

  it('applies to nodes of the cluster', () => {
    const cluster = exampleCluster()
    const roles = cluster.machines
      .filter((machine) => kubeadm.appliesTo(cluster, machine))
      .map(({ role }) => role)
    expect(roles).toEqual(['control-plane', 'control-plane', 'control-plane', 'worker', 'worker', 'worker'])
  })
})
