import type { Owned, Step } from './component.ts'
import { stepsAhead, stepsBehind } from './stages.ts'

/**
 * Sorts the steps of a machine: each step comes after those that it names in `after`, and otherwise keeps its position. Steps with a
 * `place` are inserted afterwards, and move only the steps that have to wait for them.
 *
 * @param steps in the order of their components; an `after` that this machine does not have is ignored
 * @throws when steps wait for each other in a circle: a rule of the profile refuses places that would cause it
 */
export function inOrder(steps: readonly Owned<Step>[]): Owned<Step>[] {
  // Steps marked `last` come at the end of the list, so the sort picks any other ready step first.
  const without = sorted([
    ...steps.filter(({ last, place }) => !last && !place),
    ...steps.filter(({ last, place }) => last && !place),
  ])
  return putIn(
    without,
    steps.filter(({ place }) => place),
  )
}

type Waits = ReadonlyMap<string, readonly string[]>

/** Topological sort that otherwise keeps the order given. */
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

/**
 * Directly after the last step that it follows, or else directly before the first one that follows it; after steps that were inserted
 * there earlier.
 */
function positionOf(
  steps: readonly Owned<Step>[],
  place: NonNullable<Step['place']>,
  ahead: readonly Owned<Step>[],
  behind: readonly Owned<Step>[],
): number {
  if (!place.after) {
    const first = steps.findIndex((step) => behind.includes(step))
    if (first >= 0) return first
    // The machine has no stage that late: the step goes among the last ones.
    const last = steps.findIndex((step) => step.last)
    return last < 0 ? steps.length : last
  }
  let position = steps.findLastIndex((step) => ahead.includes(step)) + 1
  while (steps[position]?.place?.after) position += 1
  return position
}
