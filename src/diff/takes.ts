import { levels, type Level, type Takes } from '../assembly/on-change.ts'

export { files, levels, nothing, reboot, reinstall, manual } from '../assembly/on-change.ts'
export type { Level, Takes } from '../assembly/on-change.ts'

/* Combines several judgements. */

const highest = (all: readonly Takes[]): Level =>
  levels[Math.max(0, ...all.map(({ level }) => levels.indexOf(level)))] ?? 'nothing'

const sorted = (names: readonly string[]): string[] => [...new Set(names.toSorted())]

const unitsOf = (all: readonly Takes[]): string[] => sorted(all.flatMap(({ units }) => units))
const stepsOf = (all: readonly Takes[]): string[] => sorted(all.flatMap(({ steps = [] }) => steps))

/** Everything that several changes require together. */
export function together(all: readonly Takes[]): { level: Level; units: string[]; steps?: string[] } {
  const level = highest(all)
  if (level !== 'files') return { level, units: [] }
  const steps = stepsOf(all)
  return { level, units: unitsOf(all), ...(steps.length > 0 ? { steps } : {}) }
}

/** Combines several judgements of one file, with the reasons that matter. */
export function asOne(all: readonly Takes[]): Takes {
  const level = highest(all)
  const decisive = all.filter((each) => each.level === level)
  const byHand = decisive.filter((each) => each.byHand)
  const reasons = (byHand.length > 0 ? byHand : decisive).map(({ reason }) => reason)
  const steps = stepsOf(decisive)
  return {
    level,
    units: unitsOf(decisive),
    ...(steps.length > 0 ? { steps } : {}),
    reason: [...new Set(reasons)].join('; '),
    ...(byHand.length > 0 ? { byHand: true } : {}),
  }
}
