import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openServedState } from '../../src/commands/serve/state.ts'
import { macs } from '../site/files.ts'
import { operatedSite } from '../server/operated.ts'
import { context } from './context.ts'

const known = { mac: macs.one, name: 'lb1' }

/** A server that is started again and again with the same words. */
function restarts(): () => Promise<{
  state: Awaited<ReturnType<typeof openServedState>>
  told: readonly string[]
}> {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-serve-state-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return async () => {
    const told: string[] = []
    const words = context(['profile.yaml'], { state: directory, arm: 'lb1' }, 'serve').context
    const state = await openServedState(words, { site: operatedSite(), clusters: [] }, (sentence) =>
      told.push(sentence),
    )
    return { state, told }
  }
}

it('a server that restarts with --arm does not arm what an operator has disarmed', async () => {
  const start = restarts()
  const first = await start()
  const { keeper } = first.state
  await keeper.record({ type: 'disarmed', time: keeper.now(), ...known, by: 'operator' })
  await first.state.close()
  const second = await start()
  expect(second.told).toEqual([
    '--arm does not apply to lb1: disarmed by hakube disarm; to install it: hakube arm profile.yaml NAME',
  ])
  expect(second.state.keeper.machine(known).stage).toBe('idle')
  await second.state.keeper.record({
    type: 'armed',
    time: second.state.keeper.now(),
    ...known,
    until: null,
    by: 'operator',
  })
  await second.state.close()
  const third = await start()
  expect(third.told).toEqual([])
  expect(third.state.keeper.machine(known).stage).toBe('armed')
  await third.state.close()
})

it('a server that restarts with --arm leaves a machine as it was armed', async () => {
  const start = restarts()
  const first = await start()
  const { keeper } = first.state
  const until = new Date(Date.parse(keeper.now()) + 7_200_000).toISOString()
  await keeper.record({ type: 'armed', time: keeper.now(), ...known, until, wipe: true, by: 'operator' })
  const armed = keeper.machine(known)
  await first.state.close()
  const second = await start()
  expect(second.told).toEqual([])
  expect(second.state.keeper.machine(known)).toEqual(armed)
  const fetched = { type: 'fetched', time: second.state.keeper.now(), ...known, from: '127.0.0.1' } as const
  await second.state.keeper.record({
    ...fetched,
    what: 'boot-script',
    path: '/ipxe/x',
    status: 200,
    commit: 'abc',
  })
  const booting = second.state.keeper.machine(known)
  expect(booting).toMatchObject({ stage: 'booting', until, wipe: true, commit: 'abc' })
  await second.state.close()
  const third = await start()
  expect(third.told).toEqual([])
  expect(third.state.keeper.machine(known)).toEqual(booting)
  await third.state.close()
})

it('a server that is started again with --arm keeps the key and the alarm of a machine', async () => {
  const start = restarts()
  const first = await start()
  expect(first.told).toEqual([])
  const about = () => ({ time: first.state.keeper.now(), ...known, from: '127.0.0.1' })
  const [one, two] = ['1'.repeat(64), '2'.repeat(64)] as const
  await first.state.keeper.record({ type: 'enrolled', ...about(), key: one })
  const enrolled = first.state.keeper.machine(known)
  await first.state.close()
  const second = await start()
  expect(second.state.keeper.machine(known)).toEqual(enrolled)
  const warning =
    '--arm does not apply to lb1: a key was presented before its installation began, see hakube status; ' +
    'to forget it: hakube arm profile.yaml NAME'
  expect(second.told).toEqual([warning])
  await second.state.keeper.record({ type: 'conflict', ...about(), key: two })
  await second.state.close()
  const third = await start()
  expect(third.told).toEqual([warning])
  expect(third.state.keeper.machine(known)).toMatchObject({ stage: 'armed', key: one, alarm: { key: two } })
  await third.state.close()
})
