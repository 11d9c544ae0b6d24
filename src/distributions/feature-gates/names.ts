/*
 * The feature gates of the components of Kubernetes, in all releases that hakube knows.
 */

/**
 * Names separated by white space: `Name`, `Name:first-last`, `Name:first-` or `Name:-last`, with minor numbers of releases. `@minor` behind
 * it: locked from that release on, `@` alone: in all of its releases.
 */
export type GateNames = {
  /** A component that is given `false` does not start. */
  readonly lockedOn: string
  readonly lockedOff: string
  readonly free: string
}

export type KnownGate = {
  /** The first minor release that has it, e.g. `1.29`; null: all that hakube knows. */
  first: string | null
  /** The last one. */
  last: string | null
  /** From which release on it accepts only which value. */
  locked: { value: boolean; from: string | null } | null
}

const minor = (text: string | undefined): string | null => (text ? `1.${text}` : null)

/** @throws when an entry is malformed: a bug in hakube */
export function readGates({ lockedOn, lockedOff, free }: GateNames): ReadonlyMap<string, KnownGate> {
  const known = new Map<string, KnownGate>()
  const read = (entries: string, value: boolean | null): void => {
    for (const entry of entries.split(/\s+/).filter(Boolean)) {
      const [, name, first, last, lock] =
        /^([A-Za-z][A-Za-z0-9]*)(?::(\d*)-(\d*))?(?:@(\d*))?$/.exec(entry) ?? []
      if (name === undefined || known.has(name) || (lock === undefined) !== (value === null))
        throw new Error(`not an entry for a feature gate: ${entry}`)
      known.set(name, {
        first: minor(first),
        last: minor(last),
        locked: value === null ? null : { value, from: minor(lock) ?? minor(first) },
      })
    }
  }
  read(lockedOn, true)
  read(lockedOff, false)
  read(free, null)
  return known
}
