import type { World } from './model.ts'
import { allReady, finish, named, type Outcome, outcomeOf } from './outcome.ts'
import type { Rack } from './rack.ts'

/** When each machine is switched on, and how it fares. Times are seconds. */
export type Plan = {
  seed: number
  machines: readonly {
    name: string
    on: number
    slowness: number
    /** The power fails at this many moments after each power-on, in which something is done; as often as there are numbers. */
    cuts: readonly number[]
    /** How long it is off then. */
    darkness: number
  }[]
  /** When the load balancers answer. */
  balancersFrom: number
  /** As in the world. */
  sparesGap: boolean
  /** Machines that get a new disk when all is done. */
  reinstalled: readonly string[]
}

/** mulberry32, public domain: the same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}

const [minute, hour] = [60, 3600]

/** Mostly minutes, often hours, now and then past the two hours of uploaded certificates and the day of a token. */
function delay(random: () => number): number {
  const kind = random()
  const most = kind < 0.5 ? 2 * minute : kind < 0.75 ? hour : kind < 0.96 ? 5 * hour : 30 * hour
  return Math.floor(random() * most)
}

export function randomPlan(seed: number, names: readonly string[]): Plan {
  const random = randomNumbers(seed)
  const upTo = (most: number): number => 1 + Math.floor(random() * most)
  const machines = names.map((name) => ({
    name,
    on: delay(random),
    slowness: 0.5 + 3 * random() ** 2,
    cuts: random() < 0.35 ? Array.from({ length: upTo(3) }, () => upTo(120)) : [],
    darkness: random() < 0.8 ? upTo(5 * minute) : upTo(4 * hour),
  }))
  return {
    seed,
    machines,
    sparesGap: true,
    balancersFrom: random() < 0.85 ? 0 : upTo(3 * hour),
    reinstalled: random() < 0.2 ? [names[Math.floor(random() * names.length)]!] : [],
  }
}

/** All that must be true in the end. */
export function goodOutcome(world: World): Outcome {
  const names = (controlPlane: boolean) =>
    world.machines.filter(({ role }) => (role === 'control-plane') === controlPlane).map(({ name }) => name)
  return {
    faults: [],
    unfinished: [],
    clusters: 1,
    controlPlanes: names(true),
    workers: names(false),
    members: world.external ? [] : names(true),
    otherMembers: [],
    open: false,
  }
}

export async function carryOut(rack: Rack, plan: Plan): Promise<World> {
  const world = rack.world()
  world.balancersFrom = plan.balancersFrom
  world.sparesGap = plan.sparesGap
  for (const { name, on, slowness, cuts, darkness } of plan.machines) {
    const machine = named(world, name)
    Object.assign(machine, { slowness, darkness, cuts: [...cuts] })
    world.clock.at(on, () => world.switchOn(machine))
  }
  await finish(world, 400)
  for (const name of plan.reinstalled) await reinstall(rack, world, name)
  return world
}

/**
 * Takes a machine out of the rack and puts it back with a new disk. As the cluster is closed, someone opens it again; only the
 * machine that initializes does that by itself.
 */
export async function reinstall(rack: Rack, world: World, name: string): Promise<void> {
  const machine = named(world, name)
  world.switchOff(machine, 3 * minute)
  rack.reinstall(world, machine)
  await world.clock.run(world.clock.now() + 20 * minute)
  if (!machine.initializes) {
    const living = world.machines.find(({ role, on, etcd }) => role === 'control-plane' && on && etcd)
    if (living) await rack.admit(world, living)
  }
  await finish(world, 60, allReady)
  // What was opened by hand closes by itself.
  await world.clock.run(world.clock.now() + 30 * hour)
}

/** The course of a world that went wrong, the same lines only once. */
export function describePlan(plan: Plan, world: World): string {
  const lines: string[] = []
  for (const line of world.history) {
    const what = line.replace(/^\S+ h /, '').replace(/try \d+/, 'try …')
    if (!lines.slice(-4).some((before) => before.endsWith(what))) lines.push(line.replace(/try \d+/, 'try …'))
  }
  return [`HAKUBE_SEED=${plan.seed}`, JSON.stringify(plan), ...lines, JSON.stringify(outcomeOf(world))].join(
    '\n',
  )
}
