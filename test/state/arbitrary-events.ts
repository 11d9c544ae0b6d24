import * as fc from 'fast-check'
import {
  fetchedKinds,
  lookAnswers,
  reportedStates,
  type MachineEvent,
  type StateEvent,
} from '../../src/state/events.ts'

const start = Date.parse('2026-11-21T12:00:00Z')
export const timeAt = (minutes: number): string => new Date(start + minutes * 60_000).toISOString()

const minute = fc.integer({ min: 0, max: 10_000 })
export const arbitraryTime = minute.map(timeAt)
const of = (macs: readonly string[]) => ({
  time: arbitraryTime,
  mac: fc.constantFrom(...macs),
  name: fc.constantFrom('worker-1', 'lb-1'),
})

export const exampleMacs = ['52-54-00-aa-bb-01', '52-54-00-aa-bb-02', '52-54-00-aa-bb-03'] as const

/** Any event about a machine, in no order that makes sense. */
export const machineEvent = (macs: readonly string[] = exampleMacs): fc.Arbitrary<MachineEvent> =>
  fc.oneof(
    fc.record({
      type: fc.constant('armed' as const),
      ...of(macs),
      until: fc.option(arbitraryTime),
      by: fc.constant('root'),
    }),
    fc.record({
      type: fc.constant('armed' as const),
      ...of(macs),
      until: fc.constant(null),
      by: fc.constant('root'),
      wipe: fc.constant(true as const),
    }),
    fc.record({
      type: fc.constant('looked' as const),
      ...of(macs),
      from: fc.constant('10.10.10.11'),
      found: fc.constantFrom('', 'sda2: data of etcd'),
      answer: fc.constantFrom(...lookAnswers),
    }),
    fc.record({ type: fc.constant('disarmed' as const), ...of(macs), by: fc.constant('root') }),
    fc.record({ type: fc.constant('removed' as const), ...of(macs) }),
    fc.record({
      type: fc.constant('fetched' as const),
      ...of(macs),
      what: fc.constantFrom(...fetchedKinds),
      path: fc.constantFrom('/ipxe/x', '/seed/x/user-data'),
      from: fc.constant('10.10.10.11'),
      status: fc.constantFrom(200, 403),
    }),
    fc.record({
      type: fc.constant('fetched' as const),
      ...of(macs),
      what: fc.constantFrom('boot-script' as const, 'answers' as const),
      path: fc.constant('/ipxe/x'),
      from: fc.constant('10.10.10.11'),
      status: fc.constant(200),
      commit: fc.constantFrom('1'.repeat(40), '2'.repeat(40)),
    }),
    fc.record({
      type: fc.constant('continued' as const),
      ...of(macs),
      commit: fc.constantFrom('1'.repeat(40), null),
      reason: fc.string({ unit: 'binary', maxLength: 20 }),
    }),
    fc.record({
      type: fc.constantFrom('enrolled' as const, 'conflict' as const),
      ...of(macs),
      from: fc.constant('10.10.10.11'),
      key: fc.constantFrom('1'.repeat(64), '2'.repeat(64)),
    }),
    fc.record({
      type: fc.constant('described' as const),
      ...of(macs),
      from: fc.constant('10.10.10.11'),
      facts: fc.record({ memory: fc.integer({ min: 1, max: 4 }) }),
    }),
    fc.record({
      type: fc.constant('reported' as const),
      ...of(macs),
      from: fc.constant('10.10.10.11'),
      state: fc.constantFrom(...reportedStates),
      step: fc.constantFrom('packages', 'kubeadm'),
      // Line breaks of every kind must stay in their line.
      text: fc.string({ unit: 'binary', maxLength: 20 }),
    }),
  )

export const stateEvent = (macs: readonly string[] = exampleMacs): fc.Arbitrary<StateEvent> =>
  fc.oneof(
    { weight: 8, arbitrary: machineEvent(macs) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('unknown' as const),
        time: arbitraryTime,
        mac: fc.constantFrom(...macs, '52-54-00-ff-ff-01'),
        from: fc.constant('10.10.10.99'),
        facts: fc.record({ product: fc.string({ maxLength: 5 }) }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('damaged' as const),
        time: arbitraryTime,
        lines: fc.constant(1),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record(
        {
          type: fc.constant('followed' as const),
          time: arbitraryTime,
          commit: fc.constantFrom('1'.repeat(40), null),
          fault: fc.string({ unit: 'binary', maxLength: 20 }),
        },
        { requiredKeys: ['type', 'time', 'commit'] },
      ),
    },
  )
