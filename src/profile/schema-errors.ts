import type { z } from 'zod'
import { error } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts'
import { didYouMean, orList, suggest } from '../diagnostics/suggest.ts'
import { isMapping, valueAt } from '../text/data.ts'
import { ownExample } from './own-examples.ts'
import {
  aboutAt,
  choicesAt,
  expectedAt,
  homesOf,
  keysAt,
  onlyValueAt,
  requiredKeysAt,
} from './schema-tree.ts'

type Issue = z.core.$ZodIssue
/** A scalar as the author wrote it: `1.30` for the value 1.3. */
type WrittenAs = (path: Path) => string | null

export type Explained = {
  diagnostics: Diagnostic[]
  /** The probably intended positions of unknown keys; both as JSON. */
  meant: ReadonlyMap<string, string>
}

/**
 * Explains in hakube's words what the schema rejected.
 *
 * @param value the whole rejected data
 */
export function explainSchemaIssues(
  issues: readonly Issue[],
  value: unknown,
  writtenAs: WrittenAs,
): Explained {
  const flat = issues.flatMap((issue) => flatten(issue, [], value))
  const meant = new Map<string, string>()
  const unknown: Diagnostic[] = []
  for (const { issue, path } of flat) {
    if (issue.code !== 'unrecognized_keys') continue
    for (const key of issue.keys) unknown.push(unknownKey(path, key, valueAt(value, path), meant))
  }
  const meantPlaces = new Set(meant.values())
  const others = flat
    .filter(({ issue }) => issue.code !== 'unrecognized_keys')
    // A mistyped key is one mistake, not an unknown key and a missing one.
    .filter(({ path }) => valueAt(value, path) !== undefined || !meantPlaces.has(JSON.stringify(path)))
    .map(({ issue, path }) => explain(issue, path, value, writtenAs))
    // For a list in place of a text, zod reports both that it is a list and that it is empty.
    .filter(firstOfPlace())
  return { diagnostics: [...unknown, ...others], meant }
}

function firstOfPlace(): (diagnostic: Diagnostic) => boolean {
  const places = new Set<string>()
  return ({ path }) => places.size < places.add(JSON.stringify(path)).size
}

type Placed = { issue: Issue; path: Path }

/** Issues of a union are nested: those of the alternative that fits the kind of the value are useful. */
function flatten(issue: Issue, prefix: Path, root: unknown): Placed[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  if (issue.code !== 'invalid_union') return [{ issue, path }]
  const value = valueAt(root, path)
  // The alternative that accepts values of this kind.
  const deeper = issue.errors.find((branch) =>
    branch.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'),
  )
  if (typeof value === 'object' && value !== null && deeper)
    return deeper.flatMap((each) => flatten(each, path, root))
  const size = issue.errors.flat().find((each) => each.code === 'too_small')
  return [{ issue: size ?? issue, path }]
}

function unknownKey(path: Path, key: string, parent: unknown, meant: Map<string, string>): Diagnostic {
  const keys = keysAt(path)
  const free = keys.filter((each) => !(isMapping(parent) && Object.hasOwn(parent, each)))
  const near = suggest(key, free) ?? suggest(key, keys)
  let hint = `allowed here: ${keys.join(', ')}`
  if (near !== null) hint = `did you mean ${near}?`
  else {
    const homes = homesOf(key)
    if (homes.length > 0) hint = `${key} belongs in ${orList(homes.slice(0, 4))}`
  }
  if (near !== null) meant.set(JSON.stringify([...path, key]), JSON.stringify([...path, near]))
  return error('schema/unknown-key', `unknown key ${quoted(key)}`, {
    hint,
    path: [...path, key],
    onKey: true,
  })
}

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}

/** Values that messages must not contain. */
const isSecret = (path: Path): boolean =>
  path.some((part) => part === 'passwordHash' || part === 'content' || part === 'run' || part === 'sshKeys')

/** Numbers as in YAML: JSON has no .inf. */
const plain = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `${value}` : JSON.stringify(value)

function kindOf(value: unknown, path: Path): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string') return isSecret(path) ? 'a string' : `the string ${quoted(value)}`
  return isSecret(path) ? `a ${typeof value}` : `the ${typeof value} ${plain(value)}`
}

function example(path: Path, root: unknown): string | undefined {
  const { description, examples } = aboutAt(path)
  const key = String(path.at(-1))
  const choices = choicesAt(path)
  const items = aboutAt([...path, 0]).examples?.slice(0, 1)
  const value =
    ownExample(path, root) ??
    examples?.[0] ??
    onlyValueAt(path) ??
    (choices.length > 0 ? choices.join(' | ') : items)
  if (value === undefined) {
    const { list, keys } = requiredKeysAt(path)
    if (keys.length === 0) return description && `${key}: ${description}`
    return `write ${key}: and below it ${list ? 'a list of mappings with' : ''} ${keys.join(', ')}`.replace(
      '  ',
      ' ',
    )
  }
  const text = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? `"${value}"` : plain(value)
  return `write ${key}: ${text}${description ? ` (${description.replace(/\.$/, '')})` : ''}`
}

const optionalHint = (hint: string | undefined) => (hint === undefined ? {} : { hint })

function explain(issue: Issue, path: Path, root: unknown, writtenAs: WrittenAs): Diagnostic {
  const value = valueAt(root, path)
  const last = path.at(-1)
  const name = typeof last === 'string' ? last : 'this item'
  if (value === undefined) {
    return error('schema/missing-key', `the key ${name} is missing`, {
      path,
      ...optionalHint(example(path, root)),
    })
  }
  if (value === null) {
    const hint =
      typeof last === 'string' ? example(path, root) : 'write the value after the dash, or remove the line'
    return error('schema/no-value', `${name} has no value`, { path, ...optionalHint(hint) })
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') return outOfRange(issue, path, name, value)
  const choices = choicesAt(path)
  if (choices.length > 0 && typeof value === 'string') {
    const near = suggest(value, choices)
    const list = `allowed: ${choices.join(', ')}`
    return error('schema/unknown-value', `${quoted(value)} is not a valid value of ${name}`, {
      hint: near === null ? list : `did you mean ${near}? ${list}`,
      path,
    })
  }
  return wrongType(path, value, writtenAs(path))
}

function outOfRange(
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  path: Path,
  name: string,
  value: unknown,
): Diagnostic {
  if (Array.isArray(value)) {
    const hint = 'write at least one item, or remove the key if it is optional'
    return error('schema/empty', `the list ${name} is empty`, { hint, path })
  }
  if (typeof value === 'string') {
    const hint = 'write a value, or remove the key if it is optional'
    return error('schema/empty', `${name} is empty`, { hint, path })
  }
  const limit = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`
  return error('schema/out-of-range', `${plain(value)} is out of range for ${name}`, {
    hint: `write a number of ${limit}`,
    path,
  })
}

const booleans: Record<string, string> = {
  yes: 'true',
  on: 'true',
  y: 'true',
  no: 'false',
  off: 'false',
  n: 'false',
}

function wrongType(path: Path, value: unknown, source: string | null): Diagnostic {
  const expected = expectedAt(path)
  const wantsText = /\ba string\b/.test(expected)
  const fail = (message: string, hint?: string) =>
    error('schema/wrong-type', message, hint === undefined ? { path } : { path, hint })
  const written = source ?? plain(value)
  const message = `expected ${expected} but found ${kindOf(value, path)}`
  if (wantsText && (typeof value === 'number' || typeof value === 'boolean')) {
    const secret = isSecret(path)
    return fail(
      `expected ${expected} but YAML read ${kindOf(value, path)}`,
      secret ? 'put it in quotes' : `quote it: "${written}"`,
    )
  }
  if (/^true or false\b/.test(expected) && typeof value === 'string') {
    const boolean = Object.hasOwn(booleans, value.toLowerCase()) ? booleans[value.toLowerCase()] : undefined
    if (boolean === undefined && expected !== 'true or false') return fail(message)
    return fail(
      boolean ? `expected true or false, but in YAML 1.2 ${value} is a string` : message,
      boolean ? `write ${boolean}` : didYouMean(value, ['true', 'false']),
    )
  }
  if (/whole number/.test(expected)) {
    if (typeof value === 'number') return fail(`expected a whole number but found ${written}`)
    if (typeof value === 'string' && /^\d+$/.test(value))
      return fail(message, `write it without quotes: ${value}`)
  }
  if (/a list/.test(expected) && !wantsText) {
    return fail(message, 'write each item on its own line, beginning with "- "')
  }
  if (expected === 'a mapping') {
    const keys = keysAt(path)
    const possible = keys.length > 0 ? `; allowed here: ${keys.join(', ')}` : ''
    return fail(message, `write "key: value" lines, indented below the key${possible}`)
  }
  if (wantsText && typeof value === 'object') {
    return fail(
      message,
      'write the text after the colon; if it contains ": " or begins with {, [ or -, quote it',
    )
  }
  return fail(message)
}
