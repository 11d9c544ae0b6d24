import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LookAnswer, MachineEvent } from '../../src/state/events.ts'
import { type MachineRecord, newMachine, reduceMachine, stageAt } from '../../src/state/machine-state.ts'
import { judgeLook, viewOf } from '../../src/state/view.ts'
import { arbitraryTime, machineEvent, timeAt } from './arbitrary-events.ts'

const mac = '52-54-00-aa-bb-01'
const about = (minutes: number) => ({ time: timeAt(minutes), mac, name: 'worker-1' })
const armed = (minutes: number, wipe = false): MachineEvent => ({
  type: 'armed',
  ...about(minutes),
  until: null,
  by: 'root',
  ...(wipe ? { wipe } : {}),
})
const fetched = (minutes: number, what: 'answers' | 'script' | 'done'): MachineEvent => ({
  type: 'fetched',
  ...about(minutes),
  what,
  path: `/${what}`,
  from: '10.10.10.11',
  status: 200,
})
const looked = (minutes: number, found: string, answer: LookAnswer): MachineEvent => ({
  type: 'looked',
  ...about(minutes),
  from: '10.10.10.11',
  found,
  answer,
})
const reported = (minutes: number, state: 'installed' | 'failed'): MachineEvent => ({
  type: 'reported',
  ...about(minutes),
  from: '10.10.10.11',
  state,
})
const disarmed = (minutes: number): MachineEvent => ({ type: 'disarmed', ...about(minutes), by: 'root' })
const after = (...events: readonly MachineEvent[]): MachineRecord =>
  events.reduce(reduceMachine, newMachine(mac, 'worker-1'))
const judge = (found: boolean, ...events: readonly MachineEvent[]) =>
  judgeLook(after(...events), timeAt(100), found)

describe('an installer that has examined the disks that it would erase', () => {
  it('may erase disks without a living system', () => {
    expect(judge(false, armed(0), fetched(1, 'answers'))).toEqual({ do: 'erase', why: '' })
  })

  it('may erase a living system only if the machine was armed for that', () => {
    const kept = { do: 'keep', why: 'it was armed without --wipe' }
    expect(judge(true, armed(0), fetched(1, 'answers'))).toEqual(kept)
    expect(judge(true, armed(0, true), fetched(1, 'answers'))).toEqual({ do: 'erase', why: '' })
    expect(judge(true, armed(0, true), armed(1), fetched(2, 'answers'))).toEqual(kept)
  })

  it('continues after a power cut with the same permission, as long as it may start over', () => {
    const script = [armed(0, true), fetched(1, 'script')]
    expect(judge(true, ...script, looked(2, 'sda: data of etcd', 'erase'), fetched(3, 'script')).do).toBe(
      'erase',
    )
    expect(judge(true, armed(-2000, true), fetched(-1999, 'script'))).toEqual({
      do: 'restart',
      why: 'its installation began a day ago',
    })
  })

  it('has to start over if the machine was armed again, because its answers may name another disk', () => {
    const again = { do: 'restart', why: 'it was armed again' }
    const waiting = [armed(0), fetched(1, 'answers'), looked(2, 'sda: data of etcd', 'keep')]
    expect(judge(true, ...waiting, armed(3, true))).toEqual(again)
    expect(judge(false, ...waiting, armed(3))).toEqual(again)
  })

  it('starts the old system when the machine is disarmed', () => {
    expect(judge(true, armed(0), fetched(1, 'answers'), disarmed(2))).toEqual({
      do: 'restart',
      why: 'it is not armed',
    })
    expect(judge(false, armed(0), fetched(1, 'answers'), reported(2, 'installed'))).toEqual({
      do: 'restart',
      why: 'it is installed',
    })
  })

  it('erases a living system only if the last arming permits it, whatever happened', () => {
    fc.assert(
      fc.property(fc.array(machineEvent([mac]), { maxLength: 20 }), arbitraryTime, (events, now) => {
        const record = events.reduce(reduceMachine, newMachine(mac, 'worker-1'))
        const last = events.findLast(
          ({ type }) => type === 'armed' || type === 'removed' || type === 'disarmed',
        )
        const stage = stageAt(record, now)
        const mayErase = judgeLook(record, now, true).do === 'erase'
        const isAllowed = stage === 'installing' && last?.type === 'armed' && last.wipe === true
        expect(mayErase && !isAllowed).toBe(false)
        // What is free may be erased in no other stage.
        expect(judgeLook(record, now, false).do === 'erase' && stage !== 'installing').toBe(false)
      }),
    )
  })

  it('marks the machine as failed, with what was found and what to do, until someone has decided', () => {
    const waiting = [armed(0), fetched(1, 'answers'), looked(2, 'sda2: data of etcd', 'keep')]
    const view = (...events: readonly MachineEvent[]) =>
      viewOf(after(...waiting, ...events), timeAt(500), 60 * 60_000)
    expect(view()).toMatchObject({
      state: 'installing',
      failed: 'a living system is on its disks, and it was armed without --wipe: sda2: data of etcd',
      output:
        'nothing was erased; to erase it: hakube arm PROFILE worker-1 --wipe; to keep it: hakube disarm PROFILE worker-1',
      awaited: 'someone to arm it with --wipe, or to disarm it',
      lastHeard: { time: timeAt(2), words: 'found on its disks: sda2: data of etcd' },
    })
    expect(view(armed(3, true))).toMatchObject({ state: 'armed', failed: null })
    expect(view(disarmed(3))).toMatchObject({ state: 'idle', failed: null })
    expect(view(reported(3, 'installed'))).toMatchObject({
      state: 'installed',
      failed: expect.stringMatching(/silent/),
    })
    expect(view(looked(3, '', 'erase')).failed).toMatch(/^silent for 497 minutes/)
  })

  it('loses its permission when the time of the arming ends', () => {
    expect(after(armed(0, true), disarmed(1))).toMatchObject({ wipe: false, found: null, armedAt: timeAt(0) })
    expect(after(armed(0, true), { type: 'removed', ...about(1) })).toMatchObject({
      wipe: false,
      armedAt: null,
    })
  })
})
