import { stages, type Stage } from '../profile/stages.ts'
import type { Owned, Step } from './component.ts'

/** Steps of the first of these stages that the machine has. */
function stepsOfFirst(steps: readonly Owned<Step>[], wanted: readonly Stage[]): Owned<Step>[] {
  for (const stage of wanted) {
    const found = steps.filter((step) => step.stage === stage)
    if (found.length > 0) return found
  }
  return []
}

/** What a step at this place stands before. A stage that the machine does not have is where the next one begins. */
export const stepsBehind = (steps: readonly Owned<Step>[], { before }: NonNullable<Step['place']>) =>
  before ? stepsOfFirst(steps, stages.slice(stages.indexOf(before))) : []

/** What a step at this place stands behind. A stage that the machine does not have is where the one before it ends. */
export const stepsAhead = (steps: readonly Owned<Step>[], { after }: NonNullable<Step['place']>) =>
  after ? stepsOfFirst(steps, stages.slice(0, stages.indexOf(after) + 1).toReversed()) : []
