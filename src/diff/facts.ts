import { isNode } from '../components/container-runtime.ts'
import { hostAndPort } from '../text/host-and-port.ts'
import type { Side } from './side.ts'
import { reinstall, type Takes, told } from './takes.ts'
import { newVersion } from './upgrade-path.ts'

/**
 * E.g. the address of the API: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/create-cluster-kubeadm/, and
 * https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-reconfigure/ has no way for any of them.
 */
export const newCluster: Takes = {
  ...reinstall('a cluster is made with it: it takes a new cluster, so all members are installed again'),
  byHand: true,
}

/** What is left of a machine that is no longer in the profile; it is switched off by somebody. */
export function membership({ cluster, machine }: Side): FactChange[] {
  const reasons = [
    ...(isNode(machine)
      ? [
          'the cluster keeps it as a node: kubectl drain NODE, kubeadm reset on the machine, kubectl delete node NODE',
        ]
      : []),
    ...(machine.runsEtcd && cluster.etcd.placement !== 'stacked'
      ? ['etcd keeps it as a member: docs/etcd.md says how to remove one']
      : []),
  ]
  return reasons.map((reason) => ({
    name: 'role',
    before: machine.role,
    after: 'none',
    takes: told(reason),
  }))
}

export type FactChange = { name: string; before: string; after: string; takes: Takes }

type Fact = {
  name: string
  /** Null where it does not concern the machine. What is null on one side is no change: the machine has another role then. */
  of: (side: Side) => string | null
  takes: (before: string, after: string) => Takes
}

const fact = (name: string, of: Fact['of'], takes: Takes | Fact['takes']): Fact => ({
  name,
  of,
  takes: typeof takes === 'function' ? takes : () => takes,
})

/** What all members of a cluster have in common for as long as it lives. */
const ofCluster = (name: string, of: (cluster: Side['cluster']) => string): Fact =>
  fact(name, ({ cluster, machine }) => (isNode(machine) || machine.runsEtcd ? of(cluster) : null), newCluster)

const ofNodes = (name: string, of: (cluster: Side['cluster']) => string, takes: Fact['takes']): Fact =>
  fact(name, ({ cluster, machine }) => (isNode(machine) ? of(cluster) : null), takes)

function containerRuntime({ containerRuntime: { name, packages } }: Side['cluster']): string {
  if (name === 'cri-o') return name
  return `${name} of ${packages === 'docker' ? 'Docker' : 'the distribution'}`
}

/** Who brought a plug-in that is called `other`, and which it is, hakube doesn't know. */
const networkPlugin: Fact['takes'] = (before, after) =>
  [before, after].includes('other')
    ? told(
        'nothing takes another network plug-in out of a cluster: the new one has to be the one that is there',
      )
    : reinstall('nothing takes a network plug-in out of a cluster, and pods keep the addresses that it gave')

const initializes: Fact['takes'] = (_before, after) =>
  told(
    after === 'yes'
      ? 'a cluster that lives stays as it is; this machine now holds the keys of the authorities, and makes the cluster if all are installed again'
      : 'a cluster that lives stays as it is; another machine would make it if all were installed again',
  )

/** Facts about a machine that no file of its own may show. */
export const facts: readonly Fact[] = [
  fact('role', ({ machine }) => machine.role, reinstall('a machine has one role from its installation on')),
  fact(
    'distribution',
    ({ cluster }) => cluster.distribution.title,
    reinstall('hakube installs systems, it does not upgrade them'),
  ),
  fact('install', ({ cluster }) => cluster.install, reinstall('the machine is installed in another way')),
  fact(
    'network card',
    ({ machine }) => machine.macs[0],
    reinstall('it is another card, and so another machine'),
  ),
  fact('disk', ({ machine }) => machine.disk ?? 'none', reinstall('the system has to be on another disk')),
  fact('architecture', ({ machine }) => machine.architecture, reinstall('it is another system')),
  fact('firmware', ({ machine }) => machine.firmware, reinstall('each has a boot loader of its own')),
  ofNodes('Kubernetes version', ({ kubernetes }) => kubernetes.version, newVersion),
  ofNodes('container runtime', containerRuntime, () =>
    reinstall('nothing takes a container runtime and its containers off a machine that has it'),
  ),
  ofNodes('network plug-in', (cluster) => cluster.networkPlugin.name, networkPlugin),
  ofCluster('cluster name', ({ name }) => name),
  ofCluster('network of pods', ({ kubernetes }) => kubernetes.podNetwork),
  ofCluster('network of services', ({ kubernetes }) => kubernetes.serviceNetwork),
  ofCluster('domain of services', ({ kubernetes }) => kubernetes.domain),
  ofCluster('address of the API', ({ apiEndpoint }) => hostAndPort(apiEndpoint.address, apiEndpoint.port)),
  ofCluster('placement of etcd', ({ etcd }) => etcd.placement),
  fact(
    'makes the cluster',
    ({ machine }) => (machine.role === 'control-plane' ? (machine.initializes ? 'yes' : 'no') : null),
    initializes,
  ),
]
