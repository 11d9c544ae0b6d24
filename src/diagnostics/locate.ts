import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, Scalar } from 'yaml'
import type { Alias, Node, Pair, YAMLMap } from 'yaml'
import type { Path, Position } from './diagnostic.ts'

/** A part of a text value, in characters from its start. */
export type TextPart = { start: number; length: number }

/** Finds the position of a path. If the path does not exist, it returns the position of its deepest existing ancestor. */
export type Locate = (path: Path, onKey?: boolean, part?: TextPart) => Position

/** A file in which positions and excerpts are looked up. */
export type Locatable = {
  file: string
  text: string
  locate: Locate
  /** Other files that positions can refer to, by the name in the position. */
  texts?: ReadonlyMap<string, string>
}

/** A YAML document as the parser left it, and the targets of its aliases. */
export type ParsedSource = {
  file: string
  text: string
  contents: Node | null
  lineCounter: LineCounter
  aliases: ReadonlyMap<Alias, Node>
}

type Found = { node: Node | null; key: Node | null }

/** Finds the beginnings of lines. The YAML parser counts lines too, but misses some within broken flow collections. */
export function countLines(text: string): LineCounter {
  const lineCounter = new LineCounter()
  lineCounter.addNewLine(0)
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) {
    lineCounter.addNewLine(end + 1)
  }
  return lineCounter
}

/** The position of an offset in a text; the length ends with the line and is at least 1. */
export function positionAt(
  file: string,
  text: string,
  lineCounter: LineCounter,
  start: number,
  end: number,
): Position {
  const { line, col } = lineCounter.linePos(Math.min(Math.max(start, 0), text.length))
  let lineEnd = text.indexOf('\n', start)
  if (lineEnd === -1) lineEnd = text.length
  if (text[lineEnd - 1] === '\r') lineEnd -= 1
  const length = Math.max(1, Math.min(end, lineEnd) - start)
  return { file, line: Math.max(1, line), column: Math.max(1, col), length }
}

/** Makes a function that finds positions in a text that is not YAML, e.g. a user's own file. */
export function createTextLocator(file: string, text: string): (part: TextPart) => Position {
  const lineCounter = countLines(text)
  return ({ start, length }) => positionAt(file, text, lineCounter, start, start + length)
}

/** Finds pairs of mappings by key. Searching a long mapping for every path would take quadratic time. */
export function indexPairs(): (map: YAMLMap) => ReadonlyMap<string, Pair> {
  const indexes = new WeakMap<YAMLMap, Map<string, Pair>>()
  return (map) => {
    let index = indexes.get(map)
    if (!index) {
      index = new Map()
      for (const pair of map.items) {
        const name = keyText(pair)
        if (name !== null && !index.has(name)) index.set(name, pair)
      }
      indexes.set(map, index)
    }
    return index
  }
}

/** Finds the beginnings of lines once for each text, because one text may have many mistakes. */
function rememberedLines(): (owner: object, text: string) => LineCounter {
  const counters = new WeakMap<object, LineCounter>()
  return (owner, text) => {
    let counter = counters.get(owner)
    if (!counter) counters.set(owner, (counter = countLines(text)))
    return counter
  }
}

function lineFrom(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, end === -1 ? undefined : end)
}

/** Makes a function that finds positions of paths in a parsed document. */
export function createLocator(source: ParsedSource): Locate {
  const { file, text, lineCounter } = source
  const indexOf = indexPairs()

  const resolved = (node: unknown): Node | null => {
    if (isAlias(node)) return source.aliases.get(node) ?? null
    return isNode(node) ? node : null
  }

  const inMap = (map: YAMLMap, name: string): Found | null => {
    const pair = indexOf(map).get(name)
    if (pair) return { node: nodeOrNull(pair.value), key: nodeOrNull(pair.key) }
    // Values that were merged with `<<: *anchor` are not below this node.
    const merge = indexOf(map).get('<<')
    if (!merge) return null
    const value = resolved(merge.value)
    for (const each of isSeq(value) ? value.items : [value]) {
      const target = resolved(each)
      const found = isMap(target) ? inMap(target, name) : null
      if (found) return found
    }
    return null
  }

  const step = (node: Node | null, part: string | number): Found | null => {
    const target = resolved(node)
    if (isMap(target)) return inMap(target, String(part))
    if (isSeq(target) && typeof part === 'number') {
      const item = target.items[part]
      return isNode(item) ? { node: item, key: item } : null
    }
    return null
  }

  const linesOf = rememberedLines()

  const inBlock = (node: Node, part: TextPart): Position | null => {
    if (!isScalar(node) || node.type !== Scalar.BLOCK_LITERAL || typeof node.value !== 'string') return null
    const { line: row, col } = linesOf(node, node.value).linePos(part.start)
    const lineInText = lineFrom(node.value, part.start - col + 1)
    const line = lineCounter.linePos(rangeOf(node)[0]).line + row
    const start = lineCounter.lineStarts[line - 1] ?? 0
    const indent = lineFrom(text, start).indexOf(lineInText)
    const offset = start + Math.max(indent, 0) + col - 1
    return positionAt(file, text, lineCounter, offset, offset + part.length)
  }

  return (path, onKey = false, part) => {
    let found: Found = { node: source.contents, key: null }
    let complete = true
    for (const name of path) {
      const next = step(found.node, name)
      if (!next) {
        complete = false
        break
      }
      found = next
    }
    if (complete && part && found.node) {
      const position = inBlock(found.node, part)
      if (position) return position
    }
    // A key without a value has an empty node after the colon; the key is a better position.
    const empty = isScalar(found.node) && rangeOf(found.node)[0] === rangeOf(found.node)[1]
    const node = (complete && onKey) || empty || !found.node ? (found.key ?? found.node) : found.node
    if (!node) return positionAt(file, text, lineCounter, 0, 0)
    return positionAt(file, text, lineCounter, ...rangeOf(node))
  }
}

const nodeOrNull = (value: unknown): Node | null => (isNode(value) ? value : null)

function rangeOf(node: Node): [number, number] {
  const [start = 0, end = start] = node.range ?? []
  return [start, end]
}

/** The text of a pair's key, or null if it is not a scalar. */
export const keyText = (pair: Pair): string | null => (isScalar(pair.key) ? String(pair.key.value) : null)
