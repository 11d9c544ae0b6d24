import type { Position } from '../diagnostics/diagnostic.ts'
import type { TextPart } from '../diagnostics/locate.ts'

/** Lines of comment that follow each other, with their signs, or one behind a value. */
export type Comment = { text: string; locate: (part: TextPart) => Position }

export type CommentFinder = {
  /** Takes the lexemes of the YAML package in their order, with the place at which each begins. */
  next(lexeme: string, offset: number): void
  found: readonly { start: number; end: number }[]
}

/** The lexeme before a scalar, in which a number sign is a character like others (SCALAR of the package's cst.ts). */
const scalarFollows = '\u001F'

/** Finds the comments of a text while it is parsed. */
export function findComments(): CommentFinder {
  const found: { start: number; end: number }[] = []
  let isScalar = false
  /** Nothing but line ends and blanks came since the last comment. */
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
