import { maskSecrets } from '../../diagnostics/secret.ts'

const hidden = '********'

/** What a line of a log can hold besides what a line of a profile can. */
const further: readonly RegExp[] = [
  /(?<=--(?:certificate-key|token|password)[= ])\S+/g,
  /(?<=\bBearer )\S+/gi,
  /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g,
  /\$(?:1|2[abxy]?|5|6|7|y|gy)\$[^\s"']*/g,
]

const mostRounds = 8

/** Hides what looks like a secret in a line of a log. */
export function maskLine(line: string): string {
  let masked = further.reduce((text, pattern) => text.replaceAll(pattern, hidden), line)
  // One of each kind at a time.
  for (let round = 0; round < mostRounds; round++) {
    const next = maskSecrets(masked, 1, 1).line
    if (next === masked) break
    masked = next
  }
  return masked
}

/**
 * Hides secrets of the lines of one sender, in their order: a private key has many lines, and only the first and the last say what it is.
 *
 * @returns a function that takes a line and gives what may be shown
 */
export function createMask(): (line: string) => string {
  /** Lines of a key that may still come: one without an end must not hide all that follows. */
  let inKey = 0
  return (line) => {
    if (inKey > 0) {
      inKey = /-----END [A-Z0-9 ]*PRIVATE KEY/.test(line) ? 0 : inKey - 1
      return hidden
    }
    const begin = line.search(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/)
    if (begin !== -1 && !/-----END [A-Z0-9 ]*PRIVATE KEY/.test(line)) inKey = 100
    return maskLine(line)
  }
}
