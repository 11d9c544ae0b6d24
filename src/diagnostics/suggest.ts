/** Maximum length of compared words: mistyped names are short, and the time is quadratic. */
const longest = 64

/**
 * Number of insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment,
 * https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance).
 */
export function editDistance(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1]
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      if (row > 1 && column > 1 && swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1)
      current.push(best)
    }
    beforeLast = last
    last = current
  }
  return last[other.length] ?? 0
}

const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/g, '')

/**
 * The candidate that was probably meant, e.g. `role` for `rol`; differences in case, dashes and underscores count little.
 *
 * @returns null if none is similar
 */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > longest) return null
  const wanted = plain(word)
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    if (candidate.length > longest) continue
    const text = plain(candidate)
    const shortened = wanted.length >= 3 && text.startsWith(wanted)
    const distance = shortened ? 1 : editDistance(wanted, text)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}

/** A hint for an unknown word: the candidate that was probably meant, or else the list. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = suggest(word, candidates)
  if (near !== null) return `did you mean ${near}?`
  return `write ${orList(candidates)}`
}
