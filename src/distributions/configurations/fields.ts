/* The fields of a configuration file of Kubernetes, in all releases that hakube knows. */

const fieldTypes = [
  'bool',
  'int',
  'float',
  'duration',
  'string',
  'list',
  'texts',
  'switches',
  'items',
  'mapping',
] as const

/** `list`: of strings; `texts` and `switches`: mappings to strings and to booleans; `items`: a list of mappings. */
export type FieldType = (typeof fieldTypes)[number]

/** Names by type, separated by white space. Nested fields are spelled with dots: `authentication.x509.clientCAFile`. */
export type FieldNames = Readonly<Partial<Record<FieldType, string>>>

export type KnownField = {
  type: FieldType
  /** The first minor release that has it, e.g. `1.29`; null: all releases that hakube knows. */
  first: string | null
  /** The last one. */
  last: string | null
}

const minor = (text: string | undefined): string | null => (text ? `1.${text}` : null)

/** @throws for a malformed entry: a bug in hakube */
export function readFields(names: FieldNames): ReadonlyMap<string, KnownField> {
  const known = new Map<string, KnownField>()
  for (const type of fieldTypes) {
    for (const entry of (names[type] ?? '').split(/\s+/).filter(Boolean)) {
      const [, name, first, last] = /^([A-Za-z0-9.]+)(?::(\d*)-(\d*))?$/.exec(entry) ?? []
      if (name === undefined || known.has(name)) throw new Error(`not an entry for a field: ${entry}`)
      known.set(name, { type, first: minor(first), last: minor(last) })
    }
  }
  return known
}
