import type { StateEvent } from './events.ts'
import type { MachineRecord } from './machine-state.ts'

export const stepStates = ['waiting', 'running', 'fails', 'done'] as const
export type StepState = (typeof stepStates)[number]

/** The progress of a step of the first boot, as the machine has reported it. The checks after the steps count as one more step. */
export type StepProgress = { name: string; state: StepState; output: string | null }

/** The name of the checks in reports of the first boot. */
const checks = 'checks'

/**
 * The progress of a machine's first boot.
 *
 * A machine reports the step that it begins; steps before it in the plan are done. Reports can be lost, so a step is also done when a
 * later one has begun.
 *
 * @param events of the machine since it was armed, oldest first
 * @param planned names of its steps in their order; null if unknown: then only reported steps are listed
 */
export function progressOf(
  record: MachineRecord,
  events: readonly StateEvent[],
  planned: readonly string[] | null,
): StepProgress[] {
  let named: string[] = []
  let current: string | null = null
  for (const event of events) {
    if (event.type !== 'reported') continue
    const { step, state } = event
    // The first boot begins, or starts over after a reboot.
    if (state === 'installed') current = null
    if (step !== undefined) {
      current = step
      named = [...named.filter((name) => name !== step), step]
    }
  }
  const all = [...(planned ?? named.filter((name) => name !== checks)), checks]
  const isReady = record.stage === 'ready' && record.failure === null
  const at = current === null ? -1 : all.indexOf(current)
  const begun = record.stage === 'configuring' || record.stage === 'ready'
  return all.map((name, index) => {
    const isCurrent = begun && index === at
    if (isCurrent && record.failure !== null && record.failure.step === name)
      return { name, state: 'fails', output: record.failure.text === '' ? null : record.failure.text }
    if (isReady || (begun && index < at)) return { name, state: 'done', output: null }
    return { name, state: isCurrent ? 'running' : 'waiting', output: null }
  })
}
