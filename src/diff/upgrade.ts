import type { Cluster, Machine } from '../cluster/cluster.ts'
import { nodeNameOf } from '../cluster/node-name.ts'
import { patchesWords } from '../components/kubeadm/patches.ts'
import { isNode } from '../components/container-runtime.ts'
import { quote } from '../text/quote.ts'
import { refusalOf, type UpgradePath, upgradePath } from './upgrade-path.ts'

/*
 * The order and the commands of an upgrade from one version of Kubernetes to another:
 * https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/. docs/upgrade.md explains it.
 */

/** `machine`: on the machine itself, as root. `cluster`: where kubectl reaches the cluster. */
export type UpgradeCommand = { on: 'machine' | 'cluster'; command: string }

export type MachineUpgrade = {
  machine: string
  kind: 'first control plane' | 'control plane' | 'worker'
  commands: readonly UpgradeCommand[]
}

export type Upgrade = {
  from: string
  to: string
  /** Why the upgrade is not possible; then `machines` is empty. */
  refusal: string | null
  /** In the order of their upgrades; each starts when the previous one is done. */
  machines: readonly MachineUpgrade[]
  notes: readonly string[]
}

const onMachine = (...commands: string[]): UpgradeCommand[] =>
  commands.map((command) => ({ on: 'machine', command }))
const onCluster = (...commands: string[]): UpgradeCommand[] =>
  commands.map((command) => ({ on: 'cluster', command }))

/** The repository file that the component `packages` writes. */
const repositoryFile = ({ system: { distribution } }: Machine, name: string): string =>
  distribution.packageManager === 'apt'
    ? `/etc/apt/sources.list.d/hakube-${name}.sources`
    : `/etc/yum.repos.d/hakube-${name}.repo`

/** Each minor release has a separate repository, signed with the same key: only its address changes. */
const newRepository = (before: Cluster, after: Cluster, machine: Machine, name: string): string =>
  String.raw`sed -i 's|/v${before.kubernetes.minor.replace('.', String.raw`\.`)}/|/v${after.kubernetes.minor}/|g' ` +
  repositoryFile(machine, name)

/** @param version null: the newest one */
function install({ system }: Machine, names: readonly string[], version: string | null): string {
  const { packageManager } = system.distribution
  if (packageManager === 'apt') {
    const words = names.map((name) => (version === null ? name : `${name}='${version}-*'`))
    return `apt-get install --yes --allow-change-held-packages ${words.join(' ')}`
  }
  const words = names.map((name) => (version === null ? name : `'${name}-${version}-*'`))
  // `install` of yum and dnf upgrades installed packages; only dnf supports `--best`.
  return `${packageManager} --assumeyes --disableexcludes=hakube-kubernetes install ${words.join(' ')}`
}

/** Whether the container runtime comes from a repository of the minor release, and is upgraded with it. */
const followsMinor = ({ system }: Machine): boolean => system.containerRuntime.name === 'cri-o'

function commandsOf(
  before: Cluster,
  after: Cluster,
  machine: Machine,
  kind: MachineUpgrade['kind'],
  path: UpgradePath,
): UpgradeCommand[] {
  const { version } = after.kubernetes
  const apt = machine.system.distribution.packageManager === 'apt'
  const name = nodeNameOf(after, machine)
  const node = quote(name)
  const patches = patchesWords(after, machine)
  const runtime = path.kind === 'minor' && followsMinor(machine) ? machine.system.containerRuntime : null
  return [
    ...(path.kind === 'minor' ? onMachine(newRepository(before, after, machine, 'kubernetes')) : []),
    ...(runtime ? onMachine(newRepository(before, after, machine, 'cri-o')) : []),
    ...(apt ? onMachine('apt-get update') : []),
    ...onMachine(install(machine, ['kubeadm'], version)),
    ...(kind === 'first control plane'
      ? onMachine(`kubeadm upgrade plan v${version}`, `kubeadm upgrade apply v${version}${patches}`)
      : onMachine(`kubeadm upgrade node${patches}`)),
    ...onCluster(`kubectl drain ${node} --ignore-daemonsets`),
    ...(runtime
      ? onMachine(install(machine, runtime.installs, null), `systemctl restart ${runtime.unit}`)
      : []),
    ...onMachine(install(machine, ['kubelet', 'kubectl'], version)),
    // Changing a held package removes the hold.
    ...(apt ? onMachine('apt-mark hold kubeadm kubectl kubelet') : []),
    ...onMachine('systemctl daemon-reload', 'systemctl restart kubelet'),
    ...onCluster(`kubectl uncordon ${node}`, `kubectl wait --for=condition=Ready --timeout=5m node/${name}`),
  ]
}

const place = ({ role, initializes }: Machine): number =>
  role === 'control-plane' ? (initializes ? 0 : 1) : 2

/** Nodes that exist and keep their role, in the order of their upgrades. */
function nodesInOrder(before: Cluster, after: Cluster): Machine[] {
  const roles = new Map(before.machines.map(({ name, role }) => [name, role]))
  const nodes = after.machines.filter(
    (machine) => isNode(machine) && roles.get(machine.name) === machine.role,
  )
  return nodes.toSorted((one, other) => place(one) - place(other))
}

/** @returns null if the version stays, or no existing machine runs it */
export function upgradeOf(before: Cluster, after: Cluster): Upgrade | null {
  const [from, to] = [before.kubernetes.version, after.kubernetes.version]
  const nodes = nodesInOrder(before, after)
  if (from === to || nodes.length === 0) return null
  const path = upgradePath(from, to)
  const refusal = refusalOf(path, from, to)
  if (refusal !== null) return { from, to, refusal, machines: [], notes: [] }
  const machines = nodes.map((machine, index): MachineUpgrade => {
    const kind = machine.role === 'worker' ? 'worker' : index === 0 ? 'first control plane' : 'control plane'
    return { machine: machine.name, kind, commands: commandsOf(before, after, machine, kind, path) }
  })
  return { from, to, refusal: null, machines, notes: notesOf(after, nodes, path) }
}

function notesOf({ etcd, kubernetes }: Cluster, nodes: readonly Machine[], path: UpgradePath): string[] {
  const runtime = path.kind === 'minor' && nodes.every(followsMinor) ? [] : ['the container runtime']
  const live = nodes.filter(({ system }) => !system.install.keepsDisk)
  return [
    'kubeadm upgrade reads the ConfigMap kubeadm-config of the cluster, not init.yaml, and writes the new version to it: make all other changes for kubeadm there first',
    etcd.placement === 'stacked'
      ? 'kubeadm upgrade upgrades etcd with each control plane: take a snapshot first'
      : 'kubeadm upgrade does not touch etcd: take a snapshot first, and upgrade it separately (docs/etcd.md)',
    `load balancers${runtime.length > 0 ? ` and ${runtime.join('')}` : ''} are not part of this: the table above shows their changes`,
    `machines that are installed meanwhile receive ${kubernetes.version}: install them after all control planes have it`,
    ...(live.length > 0
      ? [
          `${live.length === nodes.length ? 'machines' : live.map(({ name }) => name).join(', ')} run from memory: what the commands install is lost on reboot, which installs ${kubernetes.version} in any case`,
        ]
      : []),
  ]
}
