import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compact } from '../../src/state/compact.ts'
import type { StateEvent } from '../../src/state/events.ts'
import { mostUnknown, rackOf } from '../../src/state/rack.ts'
import { stateEvent, timeAt } from './arbitrary-events.ts'

const mac = '52-54-00-aa-bb-01'
const about = (minutes: number) => ({ time: timeAt(minutes), mac, name: 'worker-1' })
const armed = (minutes: number): StateEvent => ({ type: 'armed', ...about(minutes), until: null, by: 'root' })
const fetched = (minutes: number, path: string): StateEvent => ({
  type: 'fetched',
  ...about(minutes),
  what: 'other',
  path,
  from: '10.10.10.11',
  status: 200,
})

describe('compacting a journal', () => {
  it('leaves events that result in the same rack', () => {
    fc.assert(
      fc.property(fc.array(stateEvent(), { maxLength: 25 }), (events) => {
        const left = compact(events)
        expect(rackOf(left)).toEqual(rackOf(events))
        expect(compact(left)).toEqual(left)
      }),
    )
  })

  it('keeps the history of the current installation and nothing of the one before', () => {
    const now = [armed(10), fetched(11, '/a'), fetched(12, '/b')]
    expect(compact([armed(0), fetched(1, '/a'), fetched(2, '/b'), ...now])).toEqual(now)
  })

  it('keeps a bounded number of requests, the latest', () => {
    const events = [armed(0), ...Array.from({ length: 2_000 }, (_, index) => fetched(index + 1, `/${index}`))]
    expect(compact(events)).toEqual([armed(0), ...events.slice(-500)])
  })

  it('keeps a bounded number of unknown machines, the latest', () => {
    const events = Array.from({ length: mostUnknown + 100 }, (_, index): StateEvent => {
      const hex = index.toString(16).padStart(4, '0')
      const own = `52-54-00-00-${hex.slice(0, 2)}-${hex.slice(2)}`
      return { type: 'unknown', time: timeAt(index), mac: own, from: '10.10.10.99', facts: {} }
    })
    expect(compact(events)).toEqual(events.slice(-mostUnknown))
    expect([...rackOf(events).unknown.keys()]).toEqual([...rackOf(compact(events)).unknown.keys()])
  })
})
