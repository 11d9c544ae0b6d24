/*
 * What it takes to bring a change of a file onto a machine that runs. It is declared beside the file, by the component that gives
 * it: `hakube diff` tells it to people, `hakube-apply` does it on the machine.
 */

export const levels = ['nothing', 'files', 'reboot', 'reinstall'] as const
export type Level = (typeof levels)[number]

export type Takes = {
  level: Level
  /** With `files`: units to restart once the files are there. */
  units: readonly string[]
  /** With `files`: steps to run again, although their scripts are the same. A step whose script changes runs in any case. */
  steps?: readonly string[]
  reason: string
  /** Something is left to do by hand, or to know: the reason has to be shown. */
  byHand?: true
  /** Of a file that is no longer given: it stays until a person has done what has to be done before. */
  keepsFile?: true
}

/** Nothing at all, not even the file. */
export const nothing = (reason: string): Takes => ({ level: 'nothing', units: [], reason })

/** The file, and then a restart of the units that read it when they start. */
export const files = (reason: string, units: readonly string[] = []): Takes => ({
  level: 'files',
  units,
  reason,
})

/** The file alone: whoever reads it opens it each time. */
export const readAgain = (reason = 'read at each use'): Takes => files(reason)

/** A program, which is read each time that it runs. */
export const program: Takes = readAgain('read at each run')

/** The file of a service. */
export const restarts = (component: string, ...units: string[]): Takes =>
  files(`${component} reads its files when it starts`, units)

/** The file, and then a step that brings it to where it counts. */
export const runsAgain = (reason: string, ...steps: string[]): Takes => ({ ...files(reason), steps })

export const reboot = (reason: string): Takes => ({ level: 'reboot', units: [], reason })
export const reinstall = (reason: string): Takes => ({ level: 'reinstall', units: [], reason })

/** The unit that cloud-init starts at the first boot, without waiting for it, and that runs what is new of the steps. */
export const firstBootUnit = 'hakube-firstboot.service'

/** Of a step: its script runs when it is new or another one. */
export const runs: Takes = files(`${firstBootUnit} runs the steps that are new or have changed`, [
  firstBootUnit,
])

export const stepIsGone: Takes = readAgain('its effects remain')

/** Of a step that puts another program in the place of one that runs. */
export const installs = (...units: string[]): OnChange => ({
  removed: stepIsGone,
  otherwise: files('the step installs another program; the running one stays until it is restarted', [
    firstBootUnit,
    ...units,
  ]),
})

/** The file, and what a person has to do besides. */
export const manual = (reason: string, units: readonly string[] = []): Takes => ({
  ...files(reason, units),
  byHand: true,
})

/** What a person has to do before a file may go. */
export const manualBefore = (reason: string): Takes => ({ ...manual(reason), keepsFile: true })

export type FileChange = 'created' | 'removed' | 'changed'

/** What takes both revisions of the whole machine to judge: `hakube diff` has a function for each. */
export type Comparison =
  | 'admission'
  | 'etcd members'
  | 'kernel'
  | 'kubeadm init'
  | 'kubeadm join'
  | 'manifests'
  | 'unit'

/** Where it depends on what happens to the file. */
export type OnChangeByCase = Readonly<Partial<Record<FileChange, Takes>>> & {
  /** An entry of the old file is not in the new one. An entry is the first word of a line that is not a comment. */
  readonly gone?: Takes
  /** All lines that differ are like these, a POSIX extended regular expression: only those who read them care. */
  readonly onlyLines?: { readonly like: string; readonly takes: Takes }
  /** Asked first where both revisions are known; `otherwise` is what holds if they are not. */
  readonly comparison?: Comparison
  readonly otherwise: Takes
}

export type OnChange = Takes | OnChangeByCase

const entriesOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [word = ''] = line.trim().split(/[\s=]/)
    return word === '' || word.startsWith('#') ? [] : [word.replace(/^-/, '')]
  })

/**
 * What a declaration says of one change.
 *
 * @param texts of the file before and after; null where there is none
 */
export function declaredTakes(
  onChange: OnChange,
  change: FileChange,
  texts: { old: string | null; now: string | null },
): Takes {
  if (!('otherwise' in onChange)) return onChange
  const { gone, onlyLines, otherwise } = onChange
  const old = texts.old ?? ''
  const now = texts.now ?? ''
  if (gone) {
    const left = new Set(entriesOf(now))
    if (entriesOf(old).some((entry) => !left.has(entry))) return gone
  }
  if (onlyLines && change === 'changed') {
    const like = new RegExp(onlyLines.like)
    const others = (text: string) =>
      text
        .split('\n')
        .filter((line) => !like.test(line))
        .join('\n')
    if (others(old) === others(now)) return onlyLines.takes
  }
  return onChange[change] ?? otherwise
}
