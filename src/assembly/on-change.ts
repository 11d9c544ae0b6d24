/*
 * What a change of a file requires on a running machine. The component that contributes the file declares it; `hakube diff` reports it,
 * and `hakube-apply` carries it out on the machine.
 */

export const levels = ['nothing', 'files', 'reboot', 'reinstall'] as const
export type Level = (typeof levels)[number]

export type Takes = {
  level: Level
  /** With `files`: units to restart after the files are written. */
  units: readonly string[]
  /** With `files`: steps to run again although their scripts are unchanged. A step with a changed script runs in any case. */
  steps?: readonly string[]
  reason: string
  /** Manual action remains, or the operator must know something: the reason has to be shown. */
  byHand?: true
  /** For a file that is no longer rendered: it stays until the operator has done what must come first. */
  keepsFile?: true
}

/** Nothing is required, not even writing the file. */
export const nothing = (reason: string): Takes => ({ level: 'nothing', units: [], reason })

/** Write the file, then restart the units that read it when they start. */
export const files = (reason: string, units: readonly string[] = []): Takes => ({
  level: 'files',
  units,
  reason,
})

/** Write the file only: its readers open it at each use. */
export const readAgain = (reason = 'read at each use'): Takes => files(reason)

/** A program, which takes effect the next time it runs. */
export const program: Takes = readAgain('read at each run')

/** A file that a component's units read when they start. */
export const restarts = (component: string, ...units: string[]): Takes =>
  files(`${component} reads its files when it starts`, units)

/** Write the file, then run the steps that put it into effect. */
export const runsAgain = (reason: string, ...steps: string[]): Takes => ({ ...files(reason), steps })

export const reboot = (reason: string): Takes => ({ level: 'reboot', units: [], reason })
export const reinstall = (reason: string): Takes => ({ level: 'reinstall', units: [], reason })

/** The unit that cloud-init starts at the first boot without waiting for it, and that runs new and changed steps. */
export const firstBootUnit = 'hakube-firstboot.service'

/** For a step: its script runs if it is new or has changed. */
export const runs: Takes = files(`${firstBootUnit} runs the steps that are new or have changed`, [
  firstBootUnit,
])

export const stepIsGone: Takes = readAgain('its effects remain')

/** For a step that replaces a running program. */
export const installs = (...units: string[]): OnChange => ({
  removed: stepIsGone,
  otherwise: files('the step installs another program; the running one stays until it is restarted', [
    firstBootUnit,
    ...units,
  ]),
})

/** Write the file; the operator has to do the rest. */
export const manual = (reason: string, units: readonly string[] = []): Takes => ({
  ...files(reason, units),
  byHand: true,
})

/** The operator has to act before the file may be removed. */
export const manualBefore = (reason: string): Takes => ({ ...manual(reason), keepsFile: true })

export type FileChange = 'created' | 'removed' | 'changed'

/** Cases that can only be judged from both revisions of the whole machine; `hakube diff` has a function for each. */
export type Comparison =
  | 'admission'
  | 'etcd members'
  | 'kernel'
  | 'kubeadm init'
  | 'kubeadm join'
  | 'manifests'
  | 'unit'

/** For files where the requirement depends on the kind of change. */
export type OnChangeByCase = Readonly<Partial<Record<FileChange, Takes>>> & {
  /** An entry of the old file is missing in the new one. An entry is the first word of a line that is not a comment. */
  readonly gone?: Takes
  /** All lines that differ match `like`, a POSIX extended regular expression: only the readers of those lines are affected. */
  readonly onlyLines?: { readonly like: string; readonly takes: Takes }
  /** Takes precedence where both revisions are known; `otherwise` holds where they are not. */
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
 * The requirement that a declaration states for one change.
 *
 * @param texts the file before and after the change; null where it does not exist
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
