import { describe, expect, it } from 'vitest'
import { assemble, type Assembly } from '../../src/assembly/assemble.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { components } from '../../src/components/index.ts'
import { initDocuments, joinDocuments } from '../../src/components/kubeadm/configuration.ts'
import { networkConfig } from '../../src/seeds/network-config.ts'
import { networkManagerFiles } from '../../src/seeds/network-manager.ts'
import { compileMachine } from '../../src/installers/compile.ts'
import { dualStackCluster, ipv6First, ipv6Only } from '../dual-stack-profile.ts'
import { checkText, fileText, machineOf } from './host.ts'

const debian: [string, string] = ['{name: rocky, version: "9"}', '{name: debian, version: "12"}']

const documents = (cluster: Cluster): unknown => ({
  init: initDocuments(cluster, machineOf(cluster, 'control-1'), { sysctls: [] } as never),
  worker: joinDocuments(cluster, machineOf(cluster, 'worker-1')),
})

const assemblyOf = (cluster: Cluster, name: string): Assembly =>
  assemble(components, cluster, machineOf(cluster, name))

describe('two address families', () => {
  it('are passed to kubeadm', () => {
    expect(documents(dualStackCluster())).toMatchSnapshot()
  })

  it('are passed to kubeadm in the other order: the API servers announce their IPv6 addresses', () => {
    expect(documents(dualStackCluster(...ipv6First))).toMatchSnapshot()
  })

  it('are one family in an IPv6-only cluster', () => {
    expect(documents(dualStackCluster(...ipv6Only))).toMatchSnapshot()
  })

  it('need a feature gate until 1.20, also for kubeadm', () => {
    const cluster = dualStackCluster(
      ['"1.36.4"', '"1.20.2"'],
      ['networkPlugin:', 'mirrors: {kubernetes: "http://10.1.0.5/kubernetes"}\nnetworkPlugin:'],
      debian,
    )
    const found = initDocuments(cluster, machineOf(cluster, 'control-1'), { sysctls: [] } as never)
    const [init, configuration, kubelet, proxy] = found
    expect(init).toMatchObject({ kind: 'InitConfiguration' })
    expect(configuration).toMatchObject({
      featureGates: { IPv6DualStack: true },
      apiServer: { extraArgs: { 'feature-gates': 'IPv6DualStack=true' } },
      controllerManager: { extraArgs: { 'feature-gates': 'IPv6DualStack=true' } },
    })
    expect(kubelet).toMatchObject({ featureGates: { IPv6DualStack: true } })
    expect(proxy).toMatchObject({ featureGates: { IPv6DualStack: true } })
  })

  it('are in the firewall, the kernel settings and the names of a node of Enterprise Linux', () => {
    const assembly = assemblyOf(dualStackCluster(), 'worker-1')
    const paths = [
      '/etc/hakube/pods.nft',
      '/etc/firewalld/zones/hakube.xml',
      '/etc/firewalld/zones/hakube-pods.xml',
      '/etc/sysctl.d/95-hakube.conf',
      '/etc/hosts',
    ]
    expect(paths.map((path) => `--- ${path}\n${fileText(assembly, path)}`).join('')).toMatchSnapshot('files')
    expect(checkText(assembly, 'hosts')).toMatchSnapshot('check of the names')
    expect(checkText(assembly, 'pod-firewall')).toContain('nft list chain inet hakube_pods prerouting')
  })

  it('are in the firewall of a control plane of Debian', () => {
    expect(
      fileText(assemblyOf(dualStackCluster(debian), 'control-2'), '/etc/hakube/firewall.nft'),
    ).toMatchSnapshot()
  })

  it('have routes and addresses in each format of the network', () => {
    const cluster = dualStackCluster()
    const machine = machineOf(cluster, 'worker-1')
    expect(networkConfig(cluster, machine)).toMatchSnapshot('network-config')
    expect(networkManagerFiles(cluster, machine)).toMatchSnapshot('NetworkManager')
    const installed = dualStackCluster(debian)
    // What netcfg cannot write is left to netplan.
    const texts = compileMachine(installed, assemblyOf(installed, 'worker-1'), []).map(({ body }) =>
      new TextDecoder().decode(body),
    )
    expect(texts.some((text) => text.includes('fd00:10:1::a01:15/64'))).toBe(true)
  })

  it('are an argument of cri-dockerd', () => {
    const docker: [string, string] = [
      'networkPlugin:',
      `containerRuntime: {name: docker, criDockerd: {path: c.tgz, sha256: ${'a'.repeat(64)}}}\nnetworkPlugin:`,
    ]
    const unit = (...changes: [string, string][]) =>
      assemblyOf(dualStackCluster(docker, ...changes), 'worker-1').units.find(({ name }) =>
        name.startsWith('cri-docker.service'),
      )
    expect(JSON.stringify(unit())).toContain(' --ipv6-dual-stack')
    expect(JSON.stringify(unit(...ipv6Only))).not.toContain('--ipv6-dual-stack')
  })

  it('are exceptions of the proxy', () => {
    const proxy: [string, string] = [
      'networkPlugin:',
      'proxy: {http: "http://10.9.0.1:3128"}\nnetworkPlugin:',
    ]
    const { proxy: found } = dualStackCluster(proxy)
    expect(found?.except).toEqual(
      expect.arrayContaining(['fd00:10:1::/64', 'fd00:10:244::/56', 'fd00:10:96::/112', '10.244.0.0/16']),
    )
    expect(found?.machines).toContain('fd00:10:1::a01:15')
  })

  it('include a generated network in a rack without an IPv6 network', () => {
    const { network, machines, facts } = dualStackCluster(
      ['  subnet6: fd00:10:1::/64\n  gateway6: fd00:10:1::1\n', ''],
      ...['11', '12', '13'].map((number): [string, string] => [`, addresses: ["fd00:10:1::${number}"]`, '']),
    )
    expect(network.subnet6).toBe('fd8a:9f5d:5f9f::/64')
    expect(network.subnets[0]?.subnet6).toBe('fd8a:9f5d:5f9f::/64')
    expect(machines.map((machine) => machine.network.further.map(({ address }) => address))).toEqual([
      ['fd8a:9f5d:5f9f::a01:b'],
      ['fd8a:9f5d:5f9f::a01:c'],
      ['fd8a:9f5d:5f9f::a01:d'],
      ['fd8a:9f5d:5f9f::a01:15'],
    ])
    expect(facts.find(({ name }) => name === 'network.subnet6')).toEqual({
      name: 'network.subnet6',
      value: 'fd8a:9f5d:5f9f::/64',
      reason: 'nodes need one, which no router has to know',
    })
  })
})
