/** Replaces a secret. */
const hidden = '********'

/*
 * Excerpts of a profile are shown on terminals and in CI logs, so text that looks like a secret is masked in them: values after telling
 * keys, crypt(3) hashes, bootstrap tokens, private keys, and lines of bare base64, of which key files consist.
 *
 * A lookbehind over white space comes after a lookahead at the next character; otherwise a line with a megabyte of spaces would take
 * minutes.
 */
const patterns: readonly RegExp[] = [
  /(?=[^\s#])(?<=\b(?:[\w-]*[_-])?(?:passwordHash|password|passwd|passphrase|auth_pass|authPass|token|secret|certificateKey|(?:private|secret|access|api)[_-]?key)["']?\s*[:=]\s*|\bauth_pass\s+)(?!true\b|false\b).*$/i,
  // Where the name of a secret belongs, text that cannot be a name may be the secret itself.
  /(?=[^\s#])(?<=\b(?:fromSecret|passwordSecret)["']?\s*:\s*)(?!["']?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?["']?\s*(?:[,}#]|$)).*$/,
  /(?<=:\/\/[^\s/:@]{0,64}:)[^\s/@]+(?=@)/,
  /\$(?:1|2[abxy]?|5|6|7|y|gy|md5|sha1)\$[^\s"']*/,
  /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/,
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY.*$/,
  /\bAGE-SECRET-KEY-\S+/i,
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|eyJ[\w-]{10,}\.)[\w.-]{10,}/,
  /(?<=\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/i,
  /(?=[A-Za-z0-9+/]{40})(?<=^\s*(?:- )?)(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9+/]+={0,2}$/,
]

export type Masked = { line: string; column: number; length: number }

/** Masks secrets of one line; the marked range (column from 1) is adjusted. */
export function maskSecrets(line: string, column: number, length: number): Masked {
  let masked: Masked = { line, column, length }
  for (const pattern of patterns) {
    const found = pattern.exec(masked.line)
    if (found) masked = maskRange(masked, found.index, found.index + found[0].length)
  }
  return masked
}

function maskRange({ line, column, length }: Masked, start: number, end: number): Masked {
  const shift = hidden.length - (end - start)
  const move = (offset: number, inside: number) => {
    if (offset <= start) return offset
    return offset >= end ? offset + shift : inside
  }
  const from = move(column - 1, start)
  const to = move(column - 1 + length, start + hidden.length)
  return {
    line: line.slice(0, start) + hidden + line.slice(end),
    column: from + 1,
    length: Math.max(1, to - from),
  }
}
