import { stages, type Stage } from '../profile/stages.ts'
import type { Owned, Step } from './component.ts'

/** Whose steps a stage is made of, those that start units too. */
const componentsOf: Readonly<Record<Stage, readonly string[]>> = {
  network: ['network', 'networkd'],
  trust: ['trust'],
  packages: ['packages', 'haproxy-package', 'network-plugin'],
  kernel: ['newer-kernel', 'kernel', 'sysctl'],
  time: ['time'],
  users: ['users'],
  firewall: ['selinux-firewall', 'pod-firewall'],
  'load-balancing': ['interface', 'haproxy', 'keepalived', 'conntrackd', 'source-address'],
  'container-runtime': ['images-in-memory', 'containerd', 'cri-o', 'docker'],
  etcd: ['etcd'],
  'network-plugin': ['flannel'],
  kubeadm: ['kubeadm'],
  manifests: ['manifests'],
}

/**
 * Steps that are in no stage: nobody has to wait for them, and they run early because they wait for nothing themselves. The kubelet's only
 * enables its unit, kubeadm starts it.
 */
const outside = new Set(['swap', 'limits', 'release', 'start-kubelet'])

/** Of another stage than the rest of their component: flanneld's program is there before Docker, the network after it. */
const ofStep: Readonly<Record<string, Stage>> = { flannel: 'packages' }

const stageOfComponent = new Map(stages.flatMap((stage) => componentsOf[stage].map((name) => [name, stage])))

/** Null for commands of the profile's own, and for steps that nobody has to wait for. */
export const stageOf = ({ name, component }: Owned<Step>): Stage | null =>
  outside.has(name) ? null : (ofStep[name] ?? stageOfComponent.get(component) ?? null)

/** Steps of the first of these stages that the machine has. */
function stepsOfFirst(steps: readonly Owned<Step>[], wanted: readonly Stage[]): Owned<Step>[] {
  for (const stage of wanted) {
    const found = steps.filter((step) => stageOf(step) === stage)
    if (found.length > 0) return found
  }
  return []
}

/** What a step at this place stands before. A stage that the machine does not have is where the next one begins. */
export const stepsBehind = (steps: readonly Owned<Step>[], { before }: NonNullable<Step['place']>) =>
  before ? stepsOfFirst(steps, stages.slice(stages.indexOf(before))) : []

/** What a step at this place stands behind. A stage that the machine does not have is where the one before it ends. */
export const stepsAhead = (steps: readonly Owned<Step>[], { after }: NonNullable<Step['place']>) =>
  after ? stepsOfFirst(steps, stages.slice(0, stages.indexOf(after) + 1).toReversed()) : []
