/** How a component parses an argument's value. */
export type ArgumentType = 'bool' | 'int' | 'float' | 'duration' | 'ip' | 'list' | 'switches' | 'string'

/** Names by type, separated by white space: `name`, `name:first-last`, `name:first-` or `name:-last`, with minor releases. */
export type ArgumentNames = Readonly<Partial<Record<ArgumentType, string>>>

export type KnownArgument = {
  type: ArgumentType
  /** The first minor release that has it, e.g. `1.29`; null: all releases that hakube knows. */
  first: string | null
  /** The last one. */
  last: string | null
}

/**
 * @param major version of all releases
 * @throws for a malformed entry: a bug in hakube
 */
export function readArguments(names: ArgumentNames, major = 1): ReadonlyMap<string, KnownArgument> {
  const minor = (text: string | undefined): string | null => (text ? `${major}.${text}` : null)
  const known = new Map<string, KnownArgument>()
  for (const type of argumentTypes) {
    for (const entry of (names[type] ?? '').split(/\s+/).filter(Boolean)) {
      const [, name, first, last] = /^([a-z0-9-]+)(?::(\d*)-(\d*))?$/.exec(entry) ?? []
      if (name === undefined || known.has(name)) throw new Error(`not an entry for an argument: ${entry}`)
      known.set(name, { type, first: minor(first), last: minor(last) })
    }
  }
  return known
}

const argumentTypes = ['bool', 'int', 'float', 'duration', 'ip', 'list', 'switches', 'string'] as const
