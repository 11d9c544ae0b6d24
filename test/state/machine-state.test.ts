import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MachineEvent } from '../../src/state/events.ts'
import {
  type MachineRecord,
  newMachine,
  reduceMachine,
  type Stage,
  stageAt,
} from '../../src/state/machine-state.ts'
import { rackOf } from '../../src/state/rack.ts'
import { eventWords } from '../../src/state/words.ts'
import { decide, refusesKey, viewOf } from '../../src/state/view.ts'
import { arbitraryTime, machineEvent, timeAt } from './arbitrary-events.ts'

const mac = '52-54-00-aa-bb-01'
const hour = 3_600_000
const begin = newMachine(mac, 'worker-1')
const about = (minutes: number) => ({ time: timeAt(minutes), mac, name: 'worker-1' })
const armed = (minutes: number, until: number | null = null): MachineEvent => ({
  type: 'armed',
  ...about(minutes),
  until: until === null ? null : timeAt(until),
  by: 'root',
})
const fetched = (
  minutes: number,
  what: 'boot-script' | 'answers' | 'script' | 'done' | 'other',
  status = 200,
): MachineEvent => ({
  type: 'fetched',
  ...about(minutes),
  what,
  path: `/${what}`,
  from: '10.10.10.11',
  status,
})
const reported = (
  minutes: number,
  state: 'installing' | 'installed' | 'configuring' | 'ready',
): MachineEvent => ({
  type: 'reported',
  ...about(minutes),
  from: '10.10.10.11',
  state,
})
const failed = (minutes: number, step: string, text: string): MachineEvent => ({
  type: 'reported',
  ...about(minutes),
  from: '10.10.10.11',
  state: 'failed',
  step,
  text,
})
const after = (...events: readonly MachineEvent[]): MachineRecord => events.reduce(reduceMachine, begin)

/** Stages in which an installer may come to run. */
const mayInstall: ReadonlySet<Stage> = new Set(['armed', 'booting', 'installing'])

const keyOf = (digit: number): string => String(digit).repeat(64)
const commit = (digit: number): string => String(digit).repeat(40)

const enrolled = (minutes: number, key: number): MachineEvent => ({
  type: 'enrolled',
  ...about(minutes),
  from: '10.10.10.11',
  key: keyOf(key),
})
const conflict = (minutes: number, key: number): MachineEvent => ({
  type: 'conflict',
  ...about(minutes),
  from: '10.10.10.99',
  key: keyOf(key),
})

describe('the state of a machine', () => {
  it('passes through all stages of an installation in order', () => {
    const events = [
      armed(0),
      fetched(1, 'boot-script'),
      fetched(2, 'answers'),
      reported(20, 'installed'),
      reported(21, 'configuring'),
      reported(30, 'ready'),
    ]
    const seen = events.map((_, index) => after(...events.slice(0, index + 1)).stage)
    expect(seen).toEqual(['armed', 'booting', 'installing', 'installed', 'configuring', 'ready'])
  })

  it('never leads to an installation without the operator, whatever happens and however much time passes', () => {
    fc.assert(
      fc.property(fc.array(machineEvent([mac]), { maxLength: 20 }), arbitraryTime, (events, now) => {
        let record = begin
        const wrong: unknown[] = []
        for (const event of events) {
          const before = stageAt(record, event.time)
          record = reduceMachine(record, event)
          const stage = stageAt(record, event.time)
          if (event.type === 'armed') continue
          // Back to armed, only the operator; the window of an earlier arming is not opened again.
          if (mayInstall.has(stage) && !mayInstall.has(before)) wrong.push({ event, before, stage })
          if (stage === 'armed' && before !== 'armed') wrong.push({ event, before, stage })
        }
        const later = stageAt(record, now)
        if (mayInstall.has(later) && !mayInstall.has(record.stage)) wrong.push({ record, now })
        expect(wrong).toEqual([])
      }),
    )
  })

  it('starts a machine that is not armed only from its disk or its own memory', () => {
    fc.assert(
      fc.property(fc.array(machineEvent([mac]), { maxLength: 20 }), arbitraryTime, (events, now) => {
        const record = events.reduce(reduceMachine, begin)
        const stage = stageAt(record, now)
        const served = decide(record, now, 'boot-script', true).do === 'serve'
        const isStopped = record.alarm !== null
        // An installer that may begin again, has been armed to begin, and began within a day.
        const age = Date.parse(now) - Date.parse(record.since ?? now)
        const repeats = stage === 'installing' && record.repeats && age < 24 * hour
        const begins = stage === 'armed' || stage === 'booting' || repeats
        expect(served).toBe(!isStopped && begins)
        const answers = decide(record, now, 'answers', true).do
        expect(answers).toBe(!isStopped && mayInstall.has(stage) ? 'serve' : 'refuse')
      }),
    )
  })

  it('counts a repeated report once', () => {
    fc.assert(
      fc.property(fc.array(machineEvent([mac]), { maxLength: 20 }), (events) => {
        const once = events.reduce(reduceMachine, begin)
        const twice = events.flatMap((event) => [event, event]).reduce(reduceMachine, begin)
        expect(twice).toEqual(once)
      }),
    )
  })

  it('removes the permission of a machine that was removed from the profile, even if it returns', () => {
    const record = after(
      armed(0),
      { type: 'removed', ...about(1) },
      fetched(2, 'boot-script'),
      fetched(3, 'answers'),
    )
    expect(record.stage).toBe('idle')
    expect(decide(record, timeAt(4), 'boot-script', true)).toEqual({ do: 'disk', why: 'it is not armed' })
  })

  it('ends a permission after its time, but not an installation that has begun', () => {
    const window = armed(0, 60)
    expect(stageAt(after(window), timeAt(59))).toBe('armed')
    expect(stageAt(after(window), timeAt(60))).toBe('idle')
    expect(after(window, fetched(61, 'answers')).stage).toBe('armed')
    expect(stageAt(after(window, fetched(61, 'answers')), timeAt(61))).toBe('idle')
    expect(stageAt(after(window, fetched(59, 'answers')), timeAt(600))).toBe('installing')
  })

  it('does not count reports of the old system as reports of the new one', () => {
    expect(after(reported(0, 'ready'), armed(1), reported(2, 'ready'))).toMatchObject({
      stage: 'armed',
      heard: { words: 'reported ready' },
    })
  })

  it('keeps a ready machine when it is disarmed, and stops an installation that has begun', () => {
    const disarmed: MachineEvent = { type: 'disarmed', ...about(50), by: 'root' }
    expect(after(reported(0, 'ready'), disarmed).stage).toBe('ready')
    expect(after(armed(0), fetched(1, 'answers'), disarmed).stage).toBe('idle')
  })

  it('starts the disk at a second boot from the network during an installation', () => {
    const record = after(armed(0), fetched(1, 'boot-script'), fetched(2, 'answers'))
    expect([
      decide(record, timeAt(3), 'boot-script', true),
      decide(record, timeAt(3), 'answers', true),
      decide(record, timeAt(3), 'boot-script', false),
    ]).toEqual([{ do: 'disk', why: 'its installation has already begun' }, { do: 'serve' }, { do: 'serve' }])
  })

  it('lets an installer start over until its disk is complete, or the installed system reports', () => {
    const begun = [armed(0), fetched(1, 'boot-script'), fetched(2, 'script')]
    const boots = (...more: MachineEvent[]) => {
      const record = after(...begun, ...more)
      return [record.stage, decide(record, timeAt(9), 'boot-script', true).do]
    }
    expect(boots()).toEqual(['installing', 'serve'])
    // The seed, which it puts on the disk.
    expect(boots(fetched(3, 'answers'))).toEqual(['installing', 'serve'])
    expect(boots(reported(3, 'installing'))).toEqual(['installing', 'serve'])
    expect(boots(failed(3, 'image', 'broken'))).toEqual(['installing', 'serve'])
    expect(boots(fetched(3, 'done'))).toEqual(['installing', 'disk'])
    expect(boots(fetched(3, 'done'), fetched(4, 'script'))).toEqual(['installing', 'disk'])
    expect(boots(reported(3, 'configuring'))).toEqual(['configuring', 'disk'])
    expect(boots({ type: 'disarmed', ...about(3), by: 'root' })).toEqual(['idle', 'disk'])
    expect(boots({ type: 'disarmed', ...about(3), by: 'root' }, fetched(4, 'script'))).toEqual([
      'idle',
      'disk',
    ])
  })

  it('lets an installer start over for at most a day, and not once the installed system has enrolled', () => {
    const begun = [armed(0), fetched(1, 'script')]
    const bootAt = (minutes: number, ...more: MachineEvent[]) =>
      decide(after(...begun, ...more), timeAt(minutes), 'boot-script', true)
    const disk = { do: 'disk', why: 'its installation has already begun' }
    // The server may have been away when the disk was complete: by now a system may run from it that nobody has heard.
    expect(bootAt(24 * 60)).toEqual({ do: 'serve' })
    expect(bootAt(24 * 60 + 1)).toEqual(disk)
    // That it begins again makes the day no longer.
    expect(bootAt(24 * 60 + 1, fetched(600, 'script'))).toEqual(disk)
    expect(bootAt(9, enrolled(5, 1))).toEqual(disk)
  })

  it('lets no installer start over if lines of the journal were lost, which may have recorded its completion', () => {
    const { machines } = rackOf([
      armed(0),
      fetched(1, 'script'),
      { type: 'damaged', time: timeAt(2), lines: 1 },
    ])
    const record = machines.get(mac)!
    expect(record.stage).toBe('installing')
    expect(decide(record, timeAt(3), 'boot-script', true).do).toBe('disk')
  })

  it('records reports of an installer only as reports, and removes a failure after a later success', () => {
    const begun = [armed(0), fetched(1, 'script')]
    expect(after(...begun, failed(2, 'image', 'a disk that is too small'))).toMatchObject({
      stage: 'installing',
      failure: { step: 'image', text: 'a disk that is too small' },
    })
    expect(after(...begun, failed(2, 'image', 'broken'), reported(3, 'installing'))).toMatchObject({
      stage: 'installing',
      failure: null,
      heard: { words: 'reported installing' },
    })
    // Nobody comes to be installed by saying so.
    for (const events of [[], [armed(0)], [armed(0), fetched(1, 'answers'), reported(2, 'ready')]])
      expect(after(...events, reported(3, 'installing')).stage).toBe(after(...events).stage)
  })

  it('has the commit of its boot script and answers, until a restart of the server changes it', () => {
    const of = (event: MachineEvent, digit: number) => ({ ...event, commit: commit(digit) })
    const continued = (minutes: number, digit: number | null): MachineEvent => ({
      type: 'continued',
      ...about(minutes),
      commit: digit === null ? null : commit(digit),
      reason: 'the copy of the repository no longer contains it',
    })
    const begun = [armed(0), of(fetched(1, 'boot-script'), 1), of(fetched(2, 'answers'), 1)]
    expect(after(...begun).commit).toBe(commit(1))
    const { commit: now, ...rest } = after(...begun, continued(3, 2))
    const { commit: before, ...restBefore } = after(...begun)
    expect([before, now, rest]).toEqual([commit(1), commit(2), restBefore])
    expect(after(...begun, continued(3, null)).commit).toBe(null)
    // What is not being installed has none to continue with.
    expect(after(continued(3, 2))).toEqual(begin)
    expect(after(...begun, continued(3, 2), armed(4)).commit).toBe(null)
    expect([continued(3, 2), continued(3, null)].map(eventWords)).toEqual([
      'continues with commit 222222222222: the copy of the repository no longer contains it',
      'continues with the current version: the copy of the repository no longer contains it',
    ])
  })

  it('shows a step that fails, until a later report of progress', () => {
    const record = after(armed(0), fetched(1, 'answers'), failed(20, 'packages', 'no route to host'))
    expect(viewOf(record, timeAt(21), hour)).toEqual({
      mac,
      name: 'worker-1',
      state: 'configuring',
      failed: 'step packages fails',
      output: 'no route to host',
      since: timeAt(20),
      until: null,
      lastHeard: { time: timeAt(20), words: 'reported failed: packages' },
      awaited: 'its next step, or its checks',
      commit: null,
      hardware: null,
    })
    expect(viewOf(reduceMachine(record, reported(22, 'ready')), timeAt(23), hour)).toMatchObject({
      state: 'ready',
      failed: null,
      output: null,
    })
  })

  it('shows a machine that is silent for too long with what it last did, and accepts late reports', () => {
    const record = after(armed(0), fetched(1, 'boot-script'), fetched(2, 'answers'))
    expect(viewOf(record, timeAt(61), hour).failed).toBe(null)
    expect(viewOf(record, timeAt(62), hour)).toMatchObject({
      state: 'installing',
      failed: 'silent for 60 minutes; it last fetched its answers (/answers)',
    })
    expect(viewOf(reduceMachine(record, reported(500, 'ready')), timeAt(9_000), hour)).toMatchObject({
      state: 'ready',
      failed: null,
    })
  })

  it('does not report a machine as silent that is waiting to be switched on', () => {
    expect(viewOf(after(armed(0)), timeAt(9_000), hour).failed).toBe(null)
  })

  it('accepts the first key since it was armed, and no other', () => {
    expect(after(enrolled(1, 1)).key).toBeNull()
    expect(after(armed(0), enrolled(1, 1), enrolled(2, 2)).key).toBe(keyOf(1))
    expect(after(armed(0), enrolled(1, 1), armed(2)).key).toBeNull()
    expect(after(armed(0), enrolled(1, 1), { type: 'disarmed', ...about(2), by: 'root' }).key).toBeNull()
    expect(after(armed(0), enrolled(1, 1), { type: 'removed', ...about(2) }).key).toBeNull()
    expect(after(armed(0, 5), enrolled(6, 1)).key).toBeNull()
    const installed = [armed(0), fetched(1, 'answers'), reported(2, 'installed')]
    expect(after(...installed, enrolled(3, 1)).key).toBeNull()
  })

  it('stays stopped after a second key, whatever follows, until it is armed again', () => {
    const stopped = after(armed(0), fetched(1, 'answers'), enrolled(2, 1), conflict(3, 2))
    expect(stopped.alarm).toEqual({ time: timeAt(3), from: '10.10.10.99', key: keyOf(2) })
    fc.assert(
      fc.property(fc.array(machineEvent([mac])), (events) => {
        const others = events.filter(({ type }) => type !== 'armed' && type !== 'removed')
        const record = others.reduce(reduceMachine, stopped)
        expect(record.alarm).toEqual(stopped.alarm)
        for (const what of ['boot-script', 'answers', 'other'] as const)
          expect(decide(record, timeAt(20_000), what, true).do).not.toBe('serve')
        expect(refusesKey(record, timeAt(20_000), keyOf(1))).not.toBeNull()
      }),
    )
    expect(reduceMachine(stopped, armed(9)).alarm).toBeNull()
  })

  it('still shows both keys when it is disarmed after an alarm', () => {
    const disarmed: MachineEvent = { type: 'disarmed', ...about(4), by: 'root' }
    const record = after(armed(0), fetched(1, 'answers'), enrolled(2, 1), conflict(3, 2), disarmed)
    expect(record).toMatchObject({ stage: 'idle', key: keyOf(1), alarm: { key: keyOf(2) } })
    expect(viewOf(record, timeAt(5), hour).failed).toContain(`first ${keyOf(1)}, then ${keyOf(2)}`)
    expect(refusesKey(record, timeAt(5), keyOf(1))).not.toBeNull()
  })

  it('gives its secrets to no key but the one that enrolled', () => {
    fc.assert(
      fc.property(fc.array(machineEvent([mac])), arbitraryTime, (events, time) => {
        const record = events.reduce(reduceMachine, begin)
        for (const key of [keyOf(1), keyOf(2)]) {
          if (refusesKey(record, time, key) !== null) continue
          expect(record.key).toBe(key)
          expect(record.alarm).toBeNull()
          expect(stageAt(record, time)).not.toBe('idle')
        }
      }),
    )
  })
})
