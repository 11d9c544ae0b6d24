/** Compares versions made of numbers and dots, for `sort`: `1.9` comes before `1.10`. */
export function compareVersions(one: string, other: string): number {
  const otherParts = other.split('.')
  for (const [index, part] of one.split('.').entries()) {
    const difference = Number(part) - Number(otherParts[index] ?? 0)
    if (difference !== 0) return difference
  }
  return one.split('.').length - otherParts.length
}
