import { layoutInWords, systemDiskInWords } from '../cluster/disk-words.ts'
import { isNode } from '../components/container-runtime.ts'
import { hostAndPort } from '../text/host-and-port.ts'
import type { Side } from './side.ts'
import { reinstall, type Takes, manual } from './takes.ts'
import { newVersion } from './upgrade-path.ts'

/**
 * A change that needs a new cluster, e.g. of the API address:
 * https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/create-cluster-kubeadm/;
 * https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-reconfigure/ describes no procedure for any of them.
 */
export const newCluster: Takes = {
  ...reinstall(
    'it is fixed when a cluster is created: it requires a new cluster, so all members must be reinstalled',
  ),
  byHand: true,
}

/** What remains to be done for a machine that was removed from the profile. */
export function membership({ cluster, machine }: Side): FactChange[] {
  const reasons = [
    ...(isNode(machine)
      ? [
          'it remains a node of the cluster: kubectl drain NODE, kubeadm reset on the machine, kubectl delete node NODE',
        ]
      : []),
    ...(machine.runsEtcd && cluster.etcd.placement !== 'stacked'
      ? ['it remains a member of etcd: docs/etcd.md describes how to remove one']
      : []),
  ]
  return reasons.map((reason) => ({
    name: 'role',
    before: machine.role,
    after: 'none',
    takes: manual(reason),
  }))
}

export type FactChange = { name: string; before: string; after: string; takes: Takes }

type Fact = {
  name: string
  /** Null if it does not concern the machine. Null on one side is not a change, because the machine then has another role. */
  of: (side: Side) => string | null
  takes: (before: string, after: string) => Takes
}

const fact = (name: string, of: Fact['of'], takes: Takes | Fact['takes']): Fact => ({
  name,
  of,
  takes: typeof takes === 'function' ? takes : () => takes,
})

/** A property that all members of a cluster share and that cannot change. */
const ofCluster = (name: string, of: (cluster: Side['cluster']) => string): Fact =>
  fact(name, ({ cluster, machine }) => (isNode(machine) || machine.runsEtcd ? of(cluster) : null), newCluster)

const ofNodes = (name: string, of: (side: Side) => string, takes: Fact['takes']): Fact =>
  fact(name, (side) => (isNode(side.machine) ? of(side) : null), takes)

function containerRuntime({ machine }: Side): string {
  const { name, packages } = machine.system.containerRuntime
  if (name === 'cri-o') return name
  return `${name} of ${packages === 'docker' ? 'Docker' : 'the distribution'}`
}

/** For `other`, hakube does not know the plugin and how it was installed. */
const networkPlugin: Fact['takes'] = (before, after) =>
  [before, after].includes('other')
    ? manual(
        'hakube does not replace the network plugin of a cluster: the new value must be the plugin that is installed',
      )
    : reinstall('hakube does not remove a network plugin from a cluster, and pods keep their addresses')

const initializes: Fact['takes'] = (_before, after) =>
  manual(
    after === 'yes'
      ? 'a running cluster does not change; this machine now holds the CA keys, and initializes the cluster if all machines are reinstalled'
      : 'a running cluster does not change; another machine would initialize it if all machines were reinstalled',
  )

/** Properties of a machine that may not show in any of its files. */
export const facts: readonly Fact[] = [
  fact('role', ({ machine }) => machine.role, reinstall('the role of a machine is fixed at installation')),
  fact(
    'distribution',
    ({ machine }) => machine.system.distribution.title,
    reinstall('hakube installs operating systems, but does not upgrade them'),
  ),
  fact('install', ({ machine }) => machine.system.install.name, reinstall('the install method has changed')),
  fact(
    'network interface',
    ({ machine }) => machine.macs[0],
    reinstall('it is another network interface, and therefore another machine'),
  ),
  fact(
    'disk',
    ({ machine }) => systemDiskInWords(machine.storage) ?? 'none',
    reinstall('the operating system must be on another disk'),
  ),
  fact(
    'disk layout',
    ({ machine }) => layoutInWords(machine.storage),
    reinstall('the disk is laid out when the operating system is installed'),
  ),
  fact('architecture', ({ machine }) => machine.architecture, reinstall('it is another operating system')),
  fact('firmware', ({ machine }) => machine.firmware, reinstall('each firmware needs another boot loader')),
  ofNodes('Kubernetes version', ({ cluster }) => cluster.kubernetes.version, newVersion),
  ofNodes('container runtime', containerRuntime, () =>
    reinstall('hakube does not remove a container runtime and its containers from a machine'),
  ),
  ofNodes('network plugin', ({ cluster }) => cluster.networkPlugin.name, networkPlugin),
  ofCluster('cluster name', ({ name }) => name),
  ofCluster('names of nodes', ({ kubernetes }) => kubernetes.nodeNames),
  ofCluster('pod network', ({ kubernetes }) => kubernetes.podNetworks.join(', ')),
  ofCluster('service network', ({ kubernetes }) => kubernetes.serviceNetworks.join(', ')),
  ofCluster('service domain', ({ kubernetes }) => kubernetes.domain),
  ofCluster('API address', ({ apiEndpoint }) => hostAndPort(apiEndpoint.address, apiEndpoint.port)),
  ofCluster('etcd placement', ({ etcd }) => etcd.placement),
  fact(
    'initializes the cluster',
    ({ machine }) => (machine.role === 'control-plane' ? (machine.initializes ? 'yes' : 'no') : null),
    initializes,
  ),
]
