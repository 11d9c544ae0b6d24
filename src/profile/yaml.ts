import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, Parser, Scalar, visit } from 'yaml'
import type { Alias, CST, Document, LineCounter, Node, YAMLError } from 'yaml'
import { error } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts'
import { countLines, createLocator, indexPairs, positionAt } from '../diagnostics/locate.ts'
import type { Locate } from '../diagnostics/locate.ts'
import { type Comment, type CommentFinder, findComments } from './yaml-comments.ts'
import { findSlips } from './yaml-slips.ts'
import { explainYamlError, unclosedQuote } from './yaml-errors.ts'
import { toData } from './yaml-data.ts'

/** No profile needs more, and each level takes memory in the parser. */
const deepest = 100
/** Words and punctuation of the text; a profile of 10,000 machines has 600,000. */
const mostLexemes = 3_000_000
/** Later syntax errors are mostly consequences of the first ones. */
const mostSyntaxErrors = 20

export type YamlSource = {
  /** The data; undefined if the text could not be parsed. */
  value: unknown
  diagnostics: Diagnostic[]
  locate: Locate
  /** How the author wrote a scalar: `1.30` for the value 1.3; null if there is none. */
  writtenAs: (path: Path) => string | null
  /** The comments of the text. */
  comments: readonly Comment[]
}

class Refused extends Error {
  readonly diagnostic: Diagnostic
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message)
    this.diagnostic = diagnostic
  }
}

const tooManyLexemes = error(
  'yaml/too-many-values',
  `the profile has more than ${mostLexemes.toLocaleString('en')} tokens`,
  { hint: 'a profile of 10,000 machines has a fifth of that: split the cluster, or look for repetitions' },
)

/*
 * parseDocument() of the package with a limit: for text of a few megabytes that opens a bracket with every character, it would use all
 * memory.
 */
function* limitedTokens(
  text: string,
  lineCounter: LineCounter,
  comments: CommentFinder,
): Generator<CST.Token, void> {
  const parser = new Parser()
  let lexemes = 0
  for (const lexeme of new Lexer().lex(text)) {
    comments.next(lexeme, parser.offset)
    yield* parser.next(lexeme)
    lexemes += 1
    if (parser.stack.length > deepest) {
      throw new Refused(
        error('yaml/too-deep', `lists and mappings are nested more than ${deepest} levels deep`, {
          hint: 'a profile has about six levels: look for a bracket that is not closed',
          position: { file: '', ...lineAndColumn(lineCounter, parser.offset), length: 1 },
        }),
      )
    }
    if (lexemes > mostLexemes) throw new Refused(tooManyLexemes)
  }
  yield* parser.end()
}

const lineAndColumn = (lineCounter: LineCounter, offset: number) => {
  const { line, col } = lineCounter.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/**
 * Parses one YAML 1.2 document and keeps the positions. Resolves aliases and `<<`, in linear time even where the package's own functions
 * are not (duplicate keys, aliases).
 *
 * Never throws because of the text.
 */
export function readYaml(text: string, file: string): YamlSource {
  const lineCounter = countLines(text)
  const aliases = new Map<Alias, Node>()
  const diagnostics: Diagnostic[] = []
  const comments = findComments()
  let document: Document.Parsed | null = null
  const at = (start: number, end: number) => positionAt(file, text, lineCounter, start, end)
  try {
    const composer = new Composer({
      version: '1.2',
      stringKeys: true,
      merge: false,
      uniqueKeys: false,
      resolveKnownTags: false,
      prettyErrors: false,
      logLevel: 'silent',
    })
    for (const each of composer.compose(limitedTokens(text, lineCounter, comments), true, text.length)) {
      if (document) {
        const start = each.range[0]
        diagnostics.push(
          error('yaml/several-documents', 'a second document begins here; a profile is one document', {
            hint: 'remove the line with ---, or put the second cluster into a file of its own',
            position: at(Math.max(0, text.lastIndexOf('---', start)), start),
          }),
        )
        break
      }
      document = each
    }
  } catch (reason) {
    if (!(reason instanceof Refused)) throw reason
    const { diagnostic } = reason
    const position = diagnostic.position ? { ...diagnostic.position, file } : at(0, 1)
    return { ...unread(file), diagnostics: [{ ...diagnostic, position }] }
  }
  const contents: Node | null = document?.contents ?? null
  const locate = createLocator({ file, text, contents, lineCounter, aliases })
  if (document) diagnostics.push(...syntaxErrors(document, text, at), ...findSlips(document, text, at))
  if (diagnostics.some((each) => each.code !== 'yaml/several-documents')) {
    return { ...unread(file), diagnostics, locate }
  }
  const converted = toData(contents, at)
  diagnostics.push(...converted.diagnostics)
  for (const [alias, node] of converted.aliases) aliases.set(alias, node)
  const pairsOf = indexPairs()
  const follow = (node: unknown): unknown => (isAlias(node) ? aliases.get(node) : node)
  const childOf = (node: unknown, part: string | number): unknown => {
    const target = follow(node)
    if (isMap(target)) return pairsOf(target).get(String(part))?.value
    return isSeq(target) && typeof part === 'number' ? target.items[part] : null
  }
  const writtenAs = (path: Path) => {
    let node: unknown = contents
    for (const part of path) node = childOf(node, part)
    const target = follow(node)
    return isScalar(target) ? (target.source ?? null) : null
  }
  return {
    value: converted.value,
    diagnostics,
    locate,
    writtenAs,
    comments: comments.found.map(({ start, end }) => ({
      text: text.slice(start, end),
      locate: (part) => at(start + part.start, start + part.start + part.length),
    })),
  }
}

const unread = (file: string): YamlSource => ({
  value: undefined,
  diagnostics: [],
  locate: () => ({ file, line: 1, column: 1, length: 1 }),
  writtenAs: () => null,
  comments: [],
})

function syntaxErrors(
  document: Document.Parsed,
  text: string,
  at: (start: number, end: number) => NonNullable<Diagnostic['position']>,
): Diagnostic[] {
  const found: Diagnostic[] = []
  const lines = new Set<number>()
  const mistakes: YAMLError[] = [...document.errors, ...document.warnings]
  const open = mistakes.length > 0 ? openQuote(document, text) : null
  for (const mistake of mistakes.toSorted((one, other) => one.pos[0] - other.pos[0])) {
    let [start, end] = mistake.pos
    let explanation = explainYamlError(mistake, text.slice(start, start + 80))
    // The parser notices an unclosed quote only at the next one, or at the end; its beginning is the helpful position.
    if (open && start >= open[0]) {
      explanation = unclosedQuote
      ;[start, end] = open
    }
    const { code, message, ...rest } = explanation
    const position = at(start, end)
    // An invalid mapping causes errors on the following lines as well.
    // And a merge conflict has three markers.
    const echo =
      (code === 'yaml/nested-mapping' && lines.has(position.line - 1)) ||
      (code === 'yaml/merge-conflict' && text[start] !== '<' && found.some((each) => each.code === code))
    if (!echo && !lines.has(position.line)) found.push(error(code, message, { ...rest, position }))
    lines.add(position.line)
    if (explanation === unclosedQuote || found.length === mostSyntaxErrors) break
  }
  const { explicit, version } = document.directives.yaml
  if (explicit === true && version !== '1.2') {
    found.push(
      error('yaml/version', `the profile declares YAML ${version}, but hakube reads YAML 1.2`, {
        hint: 'remove the %YAML line',
        position: at(Math.max(0, text.indexOf('%YAML')), text.indexOf('%YAML') + 9),
      }),
    )
  }
  return found
}

/** A quoted text that continues over lines that look like keys: its closing quote is missing. */
function openQuote(document: Document.Parsed, text: string): [number, number] | null {
  let found: [number, number] | null = null
  visit(document, {
    Scalar(_, node) {
      const quoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE
      if (!quoted || !node.range) return undefined
      const [start, end] = node.range
      const closed = end > start + 1 && text[end - 1] === text[start]
      if (closed && !/\n\s*(?:- )?[\w-]+:(?:\s|$)/.test(text.slice(start, end))) return undefined
      const lineEnd = text.indexOf('\n', start)
      found = [start, lineEnd === -1 ? end : Math.min(lineEnd, end)]
      return visit.BREAK
    },
  })
  return found
}
