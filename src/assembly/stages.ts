import { stages, type Stage } from '../profile/stages.ts'
import type { Owned, Step } from './component.ts'

/** The steps of the first of these stages that occurs on the machine. */
function stepsOfFirst(steps: readonly Owned<Step>[], wanted: readonly Stage[]): Owned<Step>[] {
  for (const stage of wanted) {
    const found = steps.filter((step) => step.stage === stage)
    if (found.length > 0) return found
  }
  return []
}

/** The steps before which a step with this `place` runs. If the machine lacks the stage, the next stage that it has counts. */
export const stepsBehind = (steps: readonly Owned<Step>[], { before }: NonNullable<Step['place']>) =>
  before ? stepsOfFirst(steps, stages.slice(stages.indexOf(before))) : []

/** The steps after which a step with this `place` runs. If the machine lacks the stage, the previous stage that it has counts. */
export const stepsAhead = (steps: readonly Owned<Step>[], { after }: NonNullable<Step['place']>) =>
  after ? stepsOfFirst(steps, stages.slice(0, stages.indexOf(after) + 1).toReversed()) : []
