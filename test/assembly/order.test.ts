import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { assemble, type Owned } from '../../src/assembly/assemble.ts'
import type { Step } from '../../src/assembly/component.ts'
import { inOrder } from '../../src/assembly/order.ts'
import { components } from '../../src/components/index.ts'
import { stages, type Stage } from '../../src/profile/stages.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames } from '../example.ts'

type Machine = { title: string; steps: readonly Owned<Step>[] }

/** One machine for each profile and list of steps. */
const machines: Machine[] = []

beforeAll(async () => {
  const profiles = [...exampleNames, ...writeUpNames].map((name) => ({ name, profile: exampleProfile(name) }))
  const criO = exampleProfile()
  criO.containerRuntime = { name: 'cri-o' }
  const seen = new Set<string>()
  for (const { name, profile } of [...profiles, { name: 'cri-o', profile: criO }]) {
    const cluster = await testCluster(profile)
    for (const machine of cluster.machines) {
      const { steps } = assemble(components, cluster, machine)
      const list = namesOf(steps)
      if (seen.has(list.join())) continue
      seen.add(list.join())
      machines.push({ title: `${name}, ${machine.name}`, steps })
    }
  }
})

const namesOf = (steps: readonly { name: string }[]) => steps.map(({ name }) => name)

const command = (name: string, place: Step['place']): Owned<Step> => ({
  name: `command-${name}`,
  script: 'true\n',
  after: [],
  component: 'commands',
  ...(place ? { place } : { last: true }),
})

/** Positions of a stage in a list of steps. */
const positionsOf = (steps: readonly Owned<Step>[], stage: Stage) =>
  steps.flatMap((step, index) => (step.stage === stage ? [index] : []))

/** What the machine has of these, nearest first. */
const nearest = (steps: readonly Owned<Step>[], wanted: readonly Stage[]) =>
  wanted.map((stage) => positionsOf(steps, stage)).find((positions) => positions.length > 0)

const from = (stage: Stage) => stages.slice(stages.indexOf(stage))
const upTo = (stage: Stage) => stages.slice(0, stages.indexOf(stage) + 1).toReversed()

/** Position among the others, which are where they were. */
function whereIn(steps: readonly Owned<Step>[], placed: Owned<Step>): { own: number; others: Owned<Step>[] } {
  const ordered = inOrder([...steps, placed, command('last', undefined)])
  const own = ordered.findIndex(({ name }) => name === placed.name)
  return { own, others: ordered.filter((_, index) => index !== own) }
}

/** What of an order is not as steps and commands say. */
function faults(ordered: readonly Owned<Step>[]): string[] {
  const names = namesOf(ordered)
  return ordered.flatMap(({ name, after, place }, index) => {
    const last = place?.before
      ? (nearest(ordered, from(place.before))?.[0] ?? ordered.length)
      : ordered.length
    const first = place?.after ? (nearest(ordered, upTo(place.after))?.at(-1) ?? -1) : -1
    return [
      ...after.filter((other) => names.indexOf(other) > index).map((other) => `${name} before ${other}`),
      ...(index < last && index > first ? [] : [`${name} is at ${index}, not between ${first} and ${last}`]),
    ]
  })
}

describe('the order of steps', () => {
  it('assigns a stage to every step that others have to wait for', () => {
    const without = machines.flatMap(({ steps }) => steps.filter(({ stage }) => stage === null))
    expect([...new Set(namesOf(without))].toSorted()).toEqual(['limits', 'release', 'start-kubelet', 'swap'])
  })

  it('has a machine with steps of each stage, except certificates of the user', () => {
    const found = new Set(machines.flatMap(({ steps }) => steps.map(({ stage }) => stage)))
    expect(stages.filter((stage) => !found.has(stage))).toEqual(['trust'])
  })

  it('stays unchanged if no command has a place', () => {
    for (const { steps } of machines) {
      const last = [command('a', undefined), command('b', undefined)]
      expect(namesOf(inOrder([...steps, ...last]))).toEqual([...namesOf(steps), 'command-a', 'command-b'])
    }
  })

  it.each(stages)('puts a command directly before %s, and moves nothing else', (stage) => {
    for (const { steps } of machines) {
      const { own, others } = whereIn(steps, command('own', { before: stage }))
      expect(namesOf(others)).toEqual([...namesOf(steps), 'command-last'])
      expect(own).toBe(nearest(others, from(stage))?.[0] ?? steps.length)
    }
  })

  it.each(stages)('puts a command directly after %s, and moves nothing else', (stage) => {
    for (const { steps } of machines) {
      const { own, others } = whereIn(steps, command('own', { after: stage }))
      expect(namesOf(others)).toEqual([...namesOf(steps), 'command-last'])
      expect(own).toBe((nearest(others, upTo(stage))?.at(-1) ?? -1) + 1)
    }
  })

  it('puts a command between any two stages, the first of which comes earlier', () => {
    const places = stages.flatMap((before, index) =>
      stages.slice(0, index).map((after) => ({ before, after })),
    )
    for (const { title, steps } of machines)
      for (const place of places) {
        const ordered = inOrder([...steps, command('own', place)])
        expect({ title, ...place, faults: faults(ordered), count: ordered.length }).toEqual({
          title,
          ...place,
          faults: [],
          count: steps.length + 1,
        })
      }
  })

  it('leaves commands for the same place in their order', () => {
    for (const { steps } of machines) {
      const commands = [
        command('d', { before: 'kubeadm' }),
        command('a', { before: 'packages' }),
        command('f', { after: 'container-runtime' }),
        command('b', { before: 'packages' }),
        command('c', { after: 'kernel', before: 'kubeadm' }),
        command('e', { after: 'container-runtime' }),
        command('z', undefined),
      ]
      const names = namesOf(inOrder([...steps, ...commands]))
      const inTurn = (...wanted: string[]) => names.filter((name) => wanted.includes(name.slice(8)))
      expect(inTurn('a', 'b')).toEqual(['command-a', 'command-b'])
      expect(inTurn('d', 'c')).toEqual(['command-d', 'command-c'])
      expect(inTurn('e', 'f')).toEqual(['command-f', 'command-e'])
      expect(names.at(-1)).toBe('command-z')
    }
  })

  it('holds for any combination of commands', () => {
    const stage = fc.constantFrom(...stages)
    const place = fc
      .oneof(
        fc.constant(undefined),
        fc.record({ before: stage }),
        fc.record({ after: stage }),
        fc.record({ before: stage, after: stage }),
      )
      .filter((each) => {
        const { before, after } = { before: undefined, after: undefined, ...each }
        return !before || !after || stages.indexOf(after) < stages.indexOf(before)
      })
    fc.assert(
      fc.property(fc.nat(), fc.array(place, { maxLength: 6 }), (which, places) => {
        const { steps } = machines[which % machines.length]!
        const ordered = inOrder([...steps, ...places.map((each, index) => command(String(index), each))])
        expect(ordered).toHaveLength(steps.length + places.length)
        expect(faults(ordered)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
