import type { Machine, World } from './model.ts'
import { enabled } from './programs.ts'
import { clusterBehindEndpoint, isUp, registerNodes } from './world.ts'

/** What has become of a rack, as the tests compare it. */
export type Outcome = {
  /** Things that must never happen. */
  faults: readonly string[]
  /** Machines that have not come to the end of their steps. */
  unfinished: readonly string[]
  /** Clusters of which a machine runs etcd. */
  clusters: number
  controlPlanes: readonly string[]
  workers: readonly string[]
  /** Members of etcd that are up and count. */
  members: readonly string[]
  /** Members that are not up, or do not count yet. */
  otherMembers: readonly string[]
  /** Whether the cluster still lets machines in. */
  open: boolean
}

export const allReady = (world: World): boolean => world.machines.every(({ finished }) => finished)

/** All machines are through, and the cluster takes no more. */
const allClosed = (world: World): boolean =>
  allReady(world) &&
  world.machines.every(({ disk, timers }) => [...timers.keys()].every((name) => !disk.has(enabled(name))))

/** Lets time pass until all is done or something went wrong, at most so many hours, and some minutes more: who has just booted needs them. */
export async function finish(
  world: World,
  hours: number,
  done: (world: World) => boolean = allClosed,
): Promise<void> {
  await world.clock.run(world.clock.now() + hours * 3600, () => world.faults.length > 0 || done(world))
  await world.clock.run(world.clock.now() + 300)
}

export function outcomeOf(world: World): Outcome {
  registerNodes(world)
  const running = new Set(world.machines.flatMap(({ etcd }) => (etcd ? [etcd.cluster] : [])))
  const cluster = clusterBehindEndpoint(world)
  const nodes = [...(cluster?.objects.nodes ?? [])].filter(
    ([name, { installation }]) =>
      world.machines.find((each) => each.name === name)?.installation === installation,
  )
  const isControlPlane = ([, { labels }]: (typeof nodes)[number]) =>
    labels.has('node-role.kubernetes.io/control-plane')
  const names = (list: typeof nodes) => list.map(([name]) => name).toSorted()
  const members = cluster?.members ?? []
  const up = members.filter((member) => !member.learner && isUp(world, member))
  const now = world.clock.now()
  const silent = nodes.filter(([, { socket }]) => world.notesSocket && !socket).map(([name]) => name)
  return {
    faults: [
      ...world.faults,
      ...silent.map((name) => `${name} never said where its container runtime is, for kubeadm upgrade`),
    ],
    unfinished: world.machines.filter(({ finished }) => !finished).map(({ name }) => name),
    clusters: running.size,
    controlPlanes: names(nodes.filter(isControlPlane)),
    workers: names(nodes.filter((node) => !isControlPlane(node))),
    members: up.map(({ peer }) => peer).toSorted(),
    otherMembers: members.filter((member) => !up.includes(member)).map(({ peer }) => peer),
    open:
      cluster !== null &&
      ((cluster.objects.upload?.until ?? 0) > now ||
        [...cluster.objects.tokens.values()].some((until) => until > now)),
  }
}

export const named = (world: World, name: string): Machine => {
  const found = world.machines.find((machine) => machine.name === name)
  if (!found) throw new Error(`no machine ${name}`)
  return found
}
