import { networkManagerUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { NetworkPluginName } from '../profile/schema.ts'
import { render } from '../templates/template.ts'
import { installCommand } from './assets.ts'
import type { Component, Part, Port } from '../assembly/component.ts'
import { isNode } from './container-runtime.ts'
import { nodeSources } from './node-sources.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { files as filesOnChange } from '../assembly/on-change.ts'

type PortOfPlugin = Omit<Port, 'sources' | 'from'>

const vxlan: PortOfPlugin = { protocol: 'udp', port: 8472, purpose: 'pod network (VXLAN)' }

/** Ports that nodes open for each other only: anyone who can send VXLAN can impersonate pods. */
const ports: Readonly<Record<NetworkPluginName, readonly PortOfPlugin[]>> = {
  // https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements
  calico: [
    { protocol: 'tcp', port: 179, purpose: 'Calico, routes (BGP)' },
    { protocol: 'tcp', port: 5473, purpose: 'Calico, Typha' },
    { protocol: 'udp', port: 4789, purpose: 'Calico, pod network (VXLAN)' },
    { protocol: 'ip-in-ip', purpose: 'Calico, pod network (IP in IP)' },
  ],
  // https://docs.cilium.io/en/stable/operations/system_requirements/#firewall-rules
  cilium: [
    vxlan,
    { protocol: 'tcp', port: 4240, purpose: 'Cilium, health checks' },
    { protocol: 'tcp', port: 4244, purpose: 'Cilium, Hubble' },
  ],
  // https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md#vxlan
  flannel: [vxlan],
  'flannel-service': [vxlan],
  // The kernel's default port, which most plugins use.
  other: [vxlan],
}

/** They are loaded on demand, which kernel.modules_disabled prevents. */
const modules: Readonly<Record<NetworkPluginName, NonNullable<Part['kernelModules']>>> = {
  // https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#kernel-dependencies
  calico: [
    { name: 'vxlan', reason: 'Calico' },
    { name: 'ipip', reason: 'Calico' },
  ],
  // https://docs.cilium.io/en/stable/operations/system_requirements/#linux-kernel (CONFIG_VXLAN)
  cilium: [{ name: 'vxlan', reason: 'Cilium' }],
  flannel: [{ name: 'vxlan', reason: 'flannel' }],
  'flannel-service': [{ name: 'vxlan', reason: 'flannel' }],
  other: [],
}

/**
 * Interfaces that NetworkManager must ignore, because it would remove addresses and routes from them:
 * https://docs.rke2.io/known_issues#networkmanager,
 * https://docs.tigera.io/calico/latest/operations/troubleshoot/troubleshooting#configure-networkmanager
 */
const interfaces: Readonly<Record<NetworkPluginName, readonly string[]>> = {
  calico: ['cali*', 'tunl*', 'vxlan.calico', 'vxlan-v6.calico', 'wireguard.cali', 'wg-v6.cali'],
  cilium: ['cilium*', 'lxc*'],
  flannel: ['flannel*', 'cni*', 'veth*'],
  'flannel-service': ['flannel*', 'cni*', 'veth*'],
  other: [],
}

/** What nodes need for their network plugin: open ports, modules, and interfaces that network services must leave alone. */
function makePart(cluster: Cluster, { system }: Machine): Part {
  const { distribution, install } = system
  const { name, plugins } = cluster.networkPlugin
  const unmanaged = distribution.networkServices[install.name] === 'NetworkManager' ? interfaces[name] : []
  const steps = unmanaged.length > 0 || plugins !== null
  return {
    ports: ports[name].map((port) => ({ ...port, sources: nodeSources(cluster) })),
    kernelModules: modules[name],
    files:
      unmanaged.length > 0
        ? [
            {
              path: '/etc/NetworkManager/conf.d/hakube-network-plugin.conf',
              mode: '0644',
              content: render('cloud-init/network-plugin/network-manager.conf.ejs', {
                interfaces: unmanaged.map((each) => `interface-name:${each}`).join(';'),
              }),
              onChange: filesOnChange('NetworkManager reads its files when it starts', [networkManagerUnit]),
            },
          ]
        : [],
    assets: plugins
      ? [
          {
            ...plugins,
            what: 'CNI plugins archive',
            source: 'https://github.com/containernetworking/plugins/releases',
          },
        ]
      : [],
    steps: steps
      ? [
          {
            name: 'network-plugin',
            script: render('cloud-init/network-plugin/step.ejs', {
              unmanaged: unmanaged.length > 0,
              install:
                plugins && installCommand(cluster, plugins, { name: 'cni-plugins', into: '/opt/cni/bin' }),
            }),
            after: ['packages'],
          },
        ]
      : [],
    checks:
      name === 'other'
        ? []
        : [{ name: 'network-plugin', script: render('cloud-init/network-plugin/check.ejs', {}) }],
  }
}

export const networkPlugin: Component = {
  name: 'network-plugin',
  purpose: 'Prepares nodes for the network plugin: ports, modules and programs.',
  stage: 'packages',
  steps: ['network-plugin'],
  appliesTo: (_cluster: Cluster, machine: Machine) => isNode(machine),
  contribute: onceForEach<Part>(sameForAll, makePart),
}
