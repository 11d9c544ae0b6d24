/* Values parsed from YAML or JSON, before any schema has checked them. */

/** Whether the value is a mapping, as opposed to a list or a scalar. */
export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path; undefined if there is none. */
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

/** Merges two values: mappings key by key; anything else in `above` replaces what is below it. */
export function mergeMappings(
  below: Readonly<Record<string, unknown>>,
  above: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const old = Object.hasOwn(below, key) ? below[key] : undefined
    const both = isMapping(old) && isMapping(value)
    Object.defineProperty(merged, key, {
      value: both ? mergeMappings(old, value) : value,
      configurable: true,
      enumerable: true,
      writable: true,
    })
  }
  return merged
}
