import { Document, Scalar } from 'yaml'
import { codeSections } from '../diagnostics/codes/index.ts'
import { type Diagnostic, error, type Path } from '../diagnostics/diagnostic.ts'
import { readYaml, type YamlSource } from '../profile/yaml.ts'
import { isOwnName } from '../text/own-name.ts'
import { machineRecord } from './secrets.ts'

/** User-defined secrets by name. */
export type Own = Readonly<Record<string, string>>

/** A limit that keeps seeds small. */
export const mostOwnBytes = 65_536

/**
 * The YAML text in which a person edits the secrets.
 *
 * @param notes comment lines at the top
 */
export function writeOwnDocument(own: Own, notes: readonly string[]): string {
  const names = Object.keys(own).toSorted()
  const comment = notes.map((line) => `# ${line}`.trimEnd() + '\n').join('')
  const document = new Document(new Map(names.map((name) => [name, scalarOf(own[name] ?? '')])))
  // Without wrapping at 80 columns: a folded text would look different.
  return names.length === 0 ? comment : comment + document.toString({ lineWidth: 0 })
}

/** Text that a block or plain scalar would lose, or that is invisible: control characters, and spaces at the end of a line. */
const unseen = /[^\n\x20-\x7e\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe]|^\s|\s\n|[ \n]$(?<!\S\n)/

function scalarOf(text: string): Scalar {
  const scalar = new Scalar(text)
  if (unseen.test(text)) scalar.type = Scalar.QUOTE_DOUBLE
  return scalar
}

/** Removes the line break at the end of a single line: echo and editors add it, and it is not part of a password. */
export const withoutFinalBreak = (text: string): string =>
  /^[^\n]*\n$/.test(text) ? text.replace(/\r?\n$/, '') : text

/**
 * Parses the document of {@link writeOwnDocument} after a person has edited it. Diagnostics quote nothing of the text, because anything
 * in the wrong place may be a secret.
 *
 * @param before texts that are accepted as they are
 */
export function readOwnDocument(
  text: string,
  file: string,
  before: Own,
): { own: Own; diagnostics: readonly Diagnostic[] } {
  const source = readYaml(text, file)
  const none = machineRecord<string>([])
  if (source.diagnostics.length > 0) return { own: none, diagnostics: source.diagnostics.map(withoutQuotes) }
  const { value } = source
  if (value === null || value === undefined) return { own: none, diagnostics: [] }
  if (typeof value !== 'object' || Array.isArray(value)) {
    const hint = 'write one "name: text" per secret'
    return { own: none, diagnostics: [at(source, [], 'secrets/own-text', 'this is not a mapping', hint)] }
  }
  const diagnostics: Diagnostic[] = []
  const entries: [string, string][] = []
  for (const [name, each] of Object.entries(value)) {
    const isBefore = Object.hasOwn(before, name) && before[name] === each
    const content = typeof each === 'string' && !isBefore ? withoutFinalBreak(each) : each
    diagnostics.push(...mistakesOf(source, name, content))
    if (typeof content === 'string') entries.push([name, content])
  }
  return { own: machineRecord(entries), diagnostics }
}

function mistakesOf(source: YamlSource, name: string, content: unknown): Diagnostic[] {
  if (!isOwnName(name))
    return [
      {
        ...at(
          source,
          [name],
          'secrets/own-name',
          'this is not the name of a secret',
          'use at most 63 lowercase letters, digits and dashes, e.g. registry-token',
        ),
        position: source.locate([name], true),
      },
    ]
  const wrong = (message: string, hint: string) => [at(source, [name], 'secrets/own-text', message, hint)]
  if (typeof content === 'number' || typeof content === 'boolean')
    return wrong(`YAML reads this as a ${typeof content}`, "quote it: '…'")
  if (content === null || content === '')
    return wrong('the text is missing', 'write it after the name, or remove the line')
  if (typeof content !== 'string')
    return wrong('this is not a text', 'quote it if it begins with [ or {; for several lines write "name: |"')
  if (content.includes('\0'))
    return wrong('the text has a null character', 'encode it as base64, and decode it where it is used')
  if (Buffer.byteLength(content) > mostOwnBytes)
    return wrong(
      `the text has more than ${mostOwnBytes} bytes`,
      'a secret is a password, a token, a key or a small file',
    )
  return []
}

const at = (
  source: YamlSource,
  path: Path,
  code: 'secrets/own-text' | 'secrets/own-name',
  message: string,
  hint: string,
): Diagnostic => error(code, message, { hint, position: source.locate(path), hidden: true })

/** Messages about YAML may quote a word of the text; what docs/errors.md says of the code does not. */
function withoutQuotes({ code, position }: Diagnostic): Diagnostic {
  const entry = codeSections
    .flatMap(({ codes }) => Object.entries(codes))
    .find(([name]) => name === code)?.[1]
  const { what = 'this is not YAML', remedy } = entry ?? {}
  return error(code, what, {
    ...(remedy === undefined ? {} : { hint: remedy }),
    ...(position ? { position } : {}),
    hidden: true,
  })
}
