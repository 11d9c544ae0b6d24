/* The feature gates of Kubernetes components, in all releases that hakube knows. */

/**
 * Names separated by white space: `Name`, `Name:first-last`, `Name:first-` or `Name:-last`, with minor releases. A suffix `@minor`:
 * locked from that release on; `@` alone: in all releases.
 */
export type GateNames = {
  /** A component does not start if one of them is `false`. */
  readonly lockedOn: string
  readonly lockedOff: string
  readonly free: string
}

export type KnownGate = {
  /** The first minor release that has it, e.g. `1.29`; null: all releases that hakube knows. */
  first: string | null
  /** The last one. */
  last: string | null
  /** The only accepted value, and the release from which on it is. */
  locked: { value: boolean; from: string | null } | null
}

const minor = (text: string | undefined): string | null => (text ? `1.${text}` : null)

/** @throws for a malformed entry: a bug in hakube */
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
