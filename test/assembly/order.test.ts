import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { assemble, type Owned } from '../../src/assembly/assemble.ts'
import type { Step } from '../../src/assembly/component.ts'
import { inOrder } from '../../src/assembly/order.ts'
import { stageOf } from '../../src/assembly/stages.ts'
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
  steps.flatMap((step, index) => (stageOf(step) === stage ? [index] : []))

/** What the machine has of these, nearest first. */
const nearest = (steps: readonly Owned<Step>[], wanted: readonly Stage[]) =>
  wanted.map((stage) => positionsOf(steps, stage)).find((positions) => positions.length > 0)

const from = (stage: Stage) => stages.slice(stages.indexOf(stage))
const upTo = (stage: Stage) => stages.slice(0, stages.indexOf(stage) + 1).toReversed()

describe('the order of steps', () => {
  it('knows a stage for every step that others have to wait for', () => {
    const without = machines.flatMap(({ steps }) => steps.filter((step) => stageOf(step) === null))
    expect([...new Set(namesOf(without))].toSorted()).toEqual(['limits', 'release', 'start-kubelet', 'swap'])
  })

  it('has steps of every stage on one machine or another, but for certificates of the user', () => {
    const found = new Set(machines.flatMap(({ steps }) => steps.map((step) => stageOf(step))))
    expect(stages.filter((stage) => !found.has(stage))).toEqual(['trust'])
  })

  it('stays as it is where no command has a place', () => {
    for (const { title, steps } of machines) {
      const last = [command('a', undefined), command('b', undefined)]
      expect(namesOf(inOrder([...steps, ...last])), title).toEqual([
        ...namesOf(steps),
        'command-a',
        'command-b',
      ])
    }
  })

  it.each(stages)('puts a command directly before %s, and moves nothing else', (stage) => {
    for (const { title, steps } of machines) {
      const ordered = inOrder([...steps, command('last', undefined), command('own', { before: stage })])
      const own = namesOf(ordered).indexOf('command-own')
      const others = ordered.filter((_, index) => index !== own)
      expect(namesOf(others), title).toEqual([...namesOf(steps), 'command-last'])
      expect(own, title).toBe(nearest(others, from(stage))?.[0] ?? steps.length)
    }
  })

  it.each(stages)('puts a command directly after %s, and moves nothing else', (stage) => {
    for (const { title, steps } of machines) {
      const ordered = inOrder([...steps, command('own', { after: stage }), command('last', undefined)])
      const own = namesOf(ordered).indexOf('command-own')
      const others = ordered.filter((_, index) => index !== own)
      expect(namesOf(others), title).toEqual([...namesOf(steps), 'command-last'])
      expect(own, title).toBe((nearest(others, upTo(stage))?.at(-1) ?? -1) + 1)
    }
  })

  it('puts a command between any two stages, the first of which comes earlier', () => {
    for (const { title, steps } of machines)
      for (const before of stages)
        for (const after of stages.slice(0, stages.indexOf(before))) {
          const ordered = inOrder([...steps, command('own', { before, after })])
          const own = namesOf(ordered).indexOf('command-own')
          expect(namesOf(ordered).toSorted()).toEqual([...namesOf(steps), 'command-own'].toSorted())
          expect(own, title).toBeLessThan(nearest(ordered, from(before))?.[0] ?? ordered.length)
          expect(own, title).toBeGreaterThan(nearest(ordered, upTo(after))?.at(-1) ?? -1)
          keepsWaiting(ordered)
        }
  })

  it('leaves commands for the same place in their order', () => {
    for (const { title, steps } of machines) {
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
      expect(inTurn('a', 'b'), title).toEqual(['command-a', 'command-b'])
      expect(inTurn('d', 'c'), title).toEqual(['command-d', 'command-c'])
      expect(inTurn('e', 'f'), title).toEqual(['command-f', 'command-e'])
      expect(names.at(-1)).toBe('command-z')
    }
  })

  it('holds for any commands together', () => {
    const place = fc
      .record({ before: fc.option(fc.constantFrom(...stages)), after: fc.option(fc.constantFrom(...stages)) })
      .filter(({ before, after }) => !before || !after || stages.indexOf(after) < stages.indexOf(before))
    fc.assert(
      fc.property(fc.nat(), fc.array(place, { maxLength: 6 }), (which, places) => {
        const { steps, title } = machines[which % machines.length]!
        const commands = places.map(({ before, after }, index) =>
          command(
            String(index),
            before || after ? { ...(before ? { before } : {}), ...(after ? { after } : {}) } : undefined,
          ),
        )
        const ordered = inOrder([...steps, ...commands])
        expect(ordered).toHaveLength(steps.length + commands.length)
        keepsWaiting(ordered)
        for (const [index, { before, after }] of places.entries()) {
          const own = namesOf(ordered).indexOf(`command-${index}`)
          if (before) expect(own, title).toBeLessThan(nearest(ordered, from(before))?.[0] ?? ordered.length)
          if (after) expect(own, title).toBeGreaterThan(nearest(ordered, upTo(after))?.at(-1) ?? -1)
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** Every step still comes behind all that it waits for. */
function keepsWaiting(ordered: readonly Owned<Step>[]): void {
  const names = namesOf(ordered)
  for (const [index, { after }] of ordered.entries())
    for (const other of after) expect(names.indexOf(other)).toBeLessThan(index)
}
