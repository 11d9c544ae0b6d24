import { maskSecrets } from '../../diagnostics/secret.ts'

const hidden = '********'

/** Patterns of secrets in log lines, in addition to those in profiles. */
const further: readonly RegExp[] = [
  /(?<=--(?:certificate-key|token|password)[= ])\S+/g,
  /(?<=\bBearer )\S+/gi,
  /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g,
  /\$(?:1|2[abxy]?|5|6|7|y|gy)\$[^\s"']*/g,
]

const mostRounds = 8

/** Masks what looks like a secret in a log line. */
export function maskLine(line: string): string {
  let masked = further.reduce((text, pattern) => text.replaceAll(pattern, hidden), line)
  // Each round masks one match of each pattern.
  for (let round = 0; round < mostRounds; round++) {
    const next = maskSecrets(masked, 1, 1).line
    if (next === masked) break
    masked = next
  }
  return masked
}

/**
 * Masks secrets in the lines of one sender, in order: a private key has many lines, of which only the first and the last are
 * recognizable.
 *
 * @returns a function that takes a line and returns what may be shown
 */
export function createMask(): (line: string) => string {
  /** Lines of a key that may follow: a key without an end must not hide everything after it. */
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
