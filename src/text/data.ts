/* Data of YAML or JSON, before anything is known of it. */

/** Whether it was a mapping. */
export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a place; undefined where there is none. */
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

/** Data as JSON has it: mappings are merged key by key, everything else is replaced by what is above. */
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
