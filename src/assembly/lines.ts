import type { From } from '../cluster/cluster.ts'
import { formatPath } from '../diagnostics/diagnostic.ts'
import type { Owned, Reason } from './component.ts'

/**
 * Returns a value unchanged, for a file in which every line is a setting.
 *
 * @throws when it contains a line break or another control character, which would begin another setting: rules of the profile reject it
 *   before
 */
export function oneLine(value: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
    throw new TypeError(`a line of a file cannot contain ${JSON.stringify(value)}`)
  return value
}

/** Where a setting comes from, for the comment above it. */
export function originOf(item: Owned<From & Reason>): string {
  if (item.from) return `profile ${formatPath(item.from)}`
  return oneLine(item.reason ? `${item.component}: ${item.reason}` : item.component)
}

/** Groups a list by name, in the order in which the names first occur. */
export function groupBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(nameOf(item))
    if (group) group.push(item)
    else groups.set(nameOf(item), [item])
  }
  return groups
}
