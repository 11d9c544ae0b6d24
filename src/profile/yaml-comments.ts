import type { Position } from '../diagnostics/diagnostic.ts'
import type { TextPart } from '../diagnostics/locate.ts'

/** Consecutive comment lines, with their `#`, or a comment after a value. */
export type Comment = { text: string; locate: (part: TextPart) => Position }

export type CommentFinder = {
  /** Receives the lexemes of the YAML package in order, with their offsets. */
  next(lexeme: string, offset: number): void
  found: readonly { start: number; end: number }[]
}

/** The lexeme before a scalar, in which `#` is an ordinary character (SCALAR of the package's cst.ts). */
const scalarFollows = '\u001F'

/** Finds the comments of a text while it is parsed. */
export function findComments(): CommentFinder {
  const found: { start: number; end: number }[] = []
  let isScalar = false
  /** Only line breaks and spaces have followed the last comment. */
  let goesOn = false
  return {
    found,
    next(lexeme, offset) {
      const last = found.at(-1)
      if (!isScalar && lexeme.startsWith('#')) {
        const end = offset + lexeme.length
        if (last && goesOn) last.end = end
        else found.push({ start: offset, end })
        goesOn = true
      } else if (isScalar || /\S/.test(lexeme)) goesOn = false
      isScalar = lexeme === scalarFollows
    },
  }
}
