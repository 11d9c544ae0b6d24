/* What it takes to bring a change onto a machine that is there already. */

export const levels = ['nothing', 'files', 'reboot', 'reinstall'] as const
export type Level = (typeof levels)[number]

export type Takes = {
  level: Level
  /** With `files`: units to be restarted once the files are there. */
  units: readonly string[]
  reason: string
  /** Something is left to do by hand, or to know: the reason has to be shown. */
  byHand?: true
}

export const nothing = (reason: string): Takes => ({ level: 'nothing', units: [], reason })
export const files = (reason: string, units: readonly string[] = []): Takes => ({
  level: 'files',
  units,
  reason,
})
export const reboot = (reason: string): Takes => ({ level: 'reboot', units: [], reason })
export const reinstall = (reason: string): Takes => ({ level: 'reinstall', units: [], reason })

/** Files, and what a person has to do besides. */
export const told = (reason: string, units: readonly string[] = []): Takes => ({
  ...files(reason, units),
  byHand: true,
})

const highest = (all: readonly Takes[]): Level =>
  levels[Math.max(0, ...all.map(({ level }) => levels.indexOf(level)))] ?? 'nothing'

const unitsOf = (all: readonly Takes[]): string[] => [
  ...new Set(all.flatMap(({ units }) => units).toSorted()),
]

/** All that several changes take together. */
export function together(all: readonly Takes[]): { level: Level; units: string[] } {
  const level = highest(all)
  return { level, units: level === 'files' ? unitsOf(all) : [] }
}

/** Several judgements of one file as one, with the reasons that matter. */
export function asOne(all: readonly Takes[]): Takes {
  const level = highest(all)
  const decisive = all.filter((each) => each.level === level)
  const byHand = decisive.filter((each) => each.byHand)
  const reasons = (byHand.length > 0 ? byHand : decisive).map(({ reason }) => reason)
  return {
    level,
    units: unitsOf(decisive),
    reason: [...new Set(reasons)].join('; '),
    ...(byHand.length > 0 ? { byHand: true } : {}),
  }
}
