import type { Owned, Step } from './component.ts'
import { stepsAhead, stepsBehind } from './stages.ts'

/**
 * The order in which the steps of a machine run: they wait for those that they name, and stay otherwise where they are. Those with a place
 * are then put in, and move nothing but what has to wait for them.
 *
 * @param steps in the order of their components; a step may wait for one that this machine does not have: ignored
 * @throws when steps wait for each other in a circle: a rule of the profile refuses places that would need it
 */
export function inOrder(steps: readonly Owned<Step>[]): Owned<Step>[] {
  // Those marked `last` stand behind all others, so one is ready before them until there is no other left.
  const without = sorted([
    ...steps.filter(({ last, place }) => !last && !place),
    ...steps.filter(({ last, place }) => last && !place),
  ])
  const placed = steps.filter(({ place }) => place)
  return placed.length === 0 ? without : putIn(without, placed)
}

type Waits = ReadonlyMap<string, readonly string[]>

/** Topological order that otherwise keeps the order given. */
function sorted(steps: readonly Owned<Step>[], waits: Waits = new Map()): Owned<Step>[] {
  const names = new Set(steps.map(({ name }) => name))
  const done = new Set<string>()
  const ordered: Owned<Step>[] = []
  const isReady = ({ name, after }: Owned<Step>) =>
    [...after, ...(waits.get(name) ?? [])].every((other) => done.has(other) || !names.has(other))
  let waiting = [...steps]
  while (waiting.length > 0) {
    const next = waiting.find(isReady)
    if (!next) throw new Error(`steps wait for each other: ${waiting.map(({ name }) => name).join(', ')}`)
    ordered.push(next)
    done.add(next.name)
    waiting = waiting.filter((step) => step !== next)
  }
  return ordered
}

function putIn(others: readonly Owned<Step>[], placed: readonly Owned<Step>[]): Owned<Step>[] {
  const steps = [...others]
  const waits = new Map<string, string[]>()
  const wait = (name: string, other: string) => waits.set(name, [...(waits.get(name) ?? []), other])
  for (const [index, step] of placed.entries()) {
    const place = step.place ?? {}
    const behind = stepsBehind(others, place)
    const ahead = stepsAhead(others, place)
    for (const { name } of behind) wait(name, step.name)
    for (const { name } of ahead) wait(step.name, name)
    const earlier = placed.slice(0, index).filter((each) => each.place?.before === place.before)
    if (place.before) for (const { name } of earlier) wait(step.name, name)
    steps.splice(positionOf(steps, place, ahead, behind), 0, step)
  }
  return sorted(steps, waits)
}

/** Directly behind what it follows, or else directly before what follows it; behind steps that were put there earlier. */
function positionOf(
  steps: readonly Owned<Step>[],
  place: NonNullable<Step['place']>,
  ahead: readonly Owned<Step>[],
  behind: readonly Owned<Step>[],
): number {
  if (!place.after) {
    const first = steps.findIndex((step) => behind.includes(step))
    if (first >= 0) return first
    // None of the machine's stages is that late: among those that come last.
    const last = steps.findIndex((step) => step.last)
    return last < 0 ? steps.length : last
  }
  let position = steps.findLastIndex((step) => ahead.includes(step)) + 1
  while (steps[position]?.place?.after) position += 1
  return position
}
