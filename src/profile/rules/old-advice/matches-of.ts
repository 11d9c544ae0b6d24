/** Equivalent to matchAll, which copies the expression each time: with thousands of small texts, that takes most of the time. */
export function matchesOf(pattern: RegExp, text: string): RegExpExecArray[] {
  const matches: RegExpExecArray[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    matches.push(match)
    if (match[0] === '') pattern.lastIndex += 1
  }
  return matches
}

/** What a named group matched; empty if it took no part in the match. */
export const groupOf = (match: RegExpExecArray, name: string): string => match.groups?.[name] ?? ''
