import { describe, expect, it } from 'vitest'
import type { MachineEvent, ReportedState } from '../../src/state/events.ts'
import { newMachine, reduceMachine } from '../../src/state/machine-state.ts'
import { progressOf } from '../../src/state/progress.ts'
import { timeAt } from './arbitrary-events.ts'

const mac = '52-54-00-aa-bb-01'
const planned = ['packages', 'kernel', 'kubeadm']

/** The steps after some reports, each in a word. */
function after(
  reports: readonly [ReportedState, string?, string?][],
  plan: readonly string[] | null = planned,
): string[] {
  const about = { mac, name: 'worker-1', from: '10.10.10.11' }
  const events: MachineEvent[] = [
    { type: 'armed', time: timeAt(0), mac, name: 'worker-1', until: null, by: 'root' },
    { type: 'fetched', time: timeAt(1), ...about, what: 'answers', path: '/a', status: 200 },
    ...reports.map(([state, step, text], index): MachineEvent => ({
      type: 'reported',
      time: timeAt(index + 2),
      ...about,
      state,
      ...(step === undefined ? {} : { step }),
      ...(text === undefined ? {} : { text }),
    })),
  ]
  const record = events.reduce(reduceMachine, newMachine(mac, 'worker-1'))
  return progressOf(record, events, plan).map(({ name, state, output }) =>
    output === null ? `${name} ${state}` : `${name} ${state}: ${output}`,
  )
}

describe('the progress of a first boot', () => {
  it.each([
    ['before it', [], ['packages waiting', 'kernel waiting', 'kubeadm waiting', 'checks waiting']],
    [
      'at its start',
      [['installed']],
      ['packages waiting', 'kernel waiting', 'kubeadm waiting', 'checks waiting'],
    ],
    [
      'in a step, though the reports of those before are lost',
      [['installed'], ['configuring', 'kernel']],
      ['packages done', 'kernel running', 'kubeadm waiting', 'checks waiting'],
    ],
    [
      'with a step that fails',
      [
        ['configuring', 'packages'],
        ['failed', 'packages', 'no route to host'],
      ],
      ['packages fails: no route to host', 'kernel waiting', 'kubeadm waiting', 'checks waiting'],
    ],
    [
      'with a step that failed and succeeds',
      [
        ['failed', 'packages', 'no route to host'],
        ['configuring', 'kernel'],
      ],
      ['packages done', 'kernel running', 'kubeadm waiting', 'checks waiting'],
    ],
    [
      'with checks that fail',
      [
        ['configuring', 'kubeadm'],
        ['failed', 'checks', 'etcd: no leader'],
      ],
      ['packages done', 'kernel done', 'kubeadm done', 'checks fails: etcd: no leader'],
    ],
    [
      'after a reboot',
      [['configuring', 'kernel'], ['installed']],
      ['packages waiting', 'kernel waiting', 'kubeadm waiting', 'checks waiting'],
    ],
    ['when it is ready', [['ready']], ['packages done', 'kernel done', 'kubeadm done', 'checks done']],
    [
      'with a step that the plan does not have',
      [['configuring', 'other']],
      ['packages waiting', 'kernel waiting', 'kubeadm waiting', 'checks waiting'],
    ],
  ] satisfies [string, [ReportedState, string?, string?][], string[]][])('%s', (_name, reports, expected) => {
    expect(after(reports)).toEqual(expected)
  })

  it('lists the reported steps if there is no plan', () => {
    expect(
      after(
        [
          ['configuring', 'packages'],
          ['configuring', 'kernel'],
          ['failed', 'checks', 'x'],
        ],
        null,
      ),
    ).toEqual(['packages done', 'kernel done', 'checks fails: x'])
  })
})
