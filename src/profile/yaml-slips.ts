import { type Document, isPair, isScalar, type Pair, Scalar, visit } from 'yaml'
import { type Diagnostic, error, type Position } from '../diagnostics/diagnostic.ts'

/*
 * Text that YAML silently reads differently from what its author meant: characters that only look like quotes and spaces, from word
 * processors and web pages, and a colon without the following space.
 */

const wideSpace = /[\u00A0\u2000-\u200A\u202F\u3000]/
const typographicQuote = /^[\u2018-\u201F\u00AB\u00BB]/

/** Most profiles contain none of these, and need not be searched. */
const suspicious = /[\u00A0\u2000-\u200A\u2018-\u201F\u202F\u3000\u00AB\u00BB]|[{,]\s*[\w-]+:[^\s,}\]]/

const specification = 'https://yaml.org/spec/1.2.2/'

type At = (start: number, end: number) => Position

/** Finds such mistakes in plain scalars; quoted ones and blocks are taken literally. */
export function findSlips(document: Document.Parsed, text: string, at: At): Diagnostic[] {
  if (!suspicious.test(text)) return []
  const found: Diagnostic[] = []
  visit(document, {
    Pair(_, pair) {
      const slip = missingSpace(pair, at)
      if (slip) found.push(slip)
    },
    Scalar(key, node, path) {
      const parent = path.at(-1)
      const slip = inPlainText(node, key === 'key' && isPair(parent), at)
      if (slip) found.push(slip)
    },
  })
  return found
}

/** `{role:worker}` is a key `role:worker` without a value. URLs and addresses as keys do not begin with such a name. */
function missingSpace({ key, value }: Pair, at: At): Diagnostic | null {
  if (!isScalar(key) || key.type !== Scalar.PLAIN || !key.range || typeof key.value !== 'string') return null
  const hasValue = isScalar(value) ? value.value !== null : value !== null
  const [, name = '', rest = ''] = /^([A-Za-z][\w-]*):(\S.*)$/s.exec(key.value) ?? []
  if (hasValue || name === '' || rest.startsWith('//')) return null
  return error('yaml/colon-without-space', `there is no space after the colon of ${name}`, {
    hint: `write ${name}: and a space before the value`,
    position: at(key.range[0], key.range[1]),
    source: `${specification}#733-plain-style`,
  })
}

function inPlainText(node: Scalar, isKey: boolean, at: At): Diagnostic | null {
  if (node.type !== Scalar.PLAIN || !node.range || typeof node.value !== 'string') return null
  const { value, range } = node
  if (typographicQuote.test(value))
    return error(
      'yaml/typographic-quote',
      `${value.slice(0, 1)} is not a quote in YAML, but part of the text`,
      {
        hint: `write " or '; if it belongs to the text, put quotes around all of it`,
        position: at(range[0], range[0] + 1),
      },
    )
  const misplaced = isKey
    ? wideSpace
    : /^[\s\u00A0]*[\u00A0\u2000-\u200A\u202F\u3000]|[\u00A0\u2000-\u200A\u202F\u3000]$|:[\u00A0\u2000-\u200A\u202F\u3000]/
  if (!misplaced.test(value)) return null
  const offset = range[0] + Math.max(0, value.search(wideSpace))
  return error(
    'yaml/no-break-space',
    'this is a no-break space or another typographic space, which YAML treats as a letter',
    { hint: 'write a space; your editor can show such characters', position: at(offset, offset + 1) },
  )
}
