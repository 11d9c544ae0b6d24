import { Document, type ScalarTag, type Tags, visit } from 'yaml'
import { stringifyString } from 'yaml/util'

/*
 * cloud-init reads YAML 1.1 with PyYAML, where `no`, `52:54:00:12:34:56` and `1_000` are not strings: every string value
 * is double-quoted. Text of several lines is a literal block, so that people can read a seed and its diff.
 */
const settings = {
  lineWidth: 0,
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'PLAIN',
  // One line for each quoted string; what JSON escapes, YAML 1.1 reads.
  doubleQuotedAsJSON: true,
} as const

/*
 * What PyYAML takes unescaped (reader.py, NON_PRINTABLE) less its own line breaks besides \n (YAML 1.1, 5.4: a reader
 * turns \r and U+0085 into \n) and less the byte order mark. With the u flag a lone surrogate matches \p{Cs}.
 */
const notInBlocks = /[^\t\n\u0020-\u007e\u00a0-\u{10ffff}]|[\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u

/** Nearly all text; the other expressions are several times slower. */
const plain = /^[\t\n\u0020-\u007e]*$/

/** Whether a literal block can hold the text. The serialiser itself detects other obstacles, such as trailing white space. */
export const fitsBlock = (text: string): boolean => plain.test(text) || !notInBlocks.test(text)

const notText = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\u{10ffff}]|[\ufffe\uffff]|\p{Cs}/u

/** Whether it is text: it contains no control characters and can be encoded as UTF-8. */
export const isText = (text: string): boolean => plain.test(text) || !notText.test(text)

/** Escapes characters that PyYAML rejects or changes when they are not escaped: `\x7f`, `\u2028`. */
function escapeBare(yaml: string): string {
  return yaml.replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    const code = character.charCodeAt(0).toString(16)
    return code.length === 2 ? `\\x${code}` : `\\u${code.padStart(4, '0')}`
  })
}

/**
 * Blocks whose text begins with a tab get an explicit indentation indicator, as those that begin with a space do. Otherwise libyaml takes
 * the tab as indentation and rejects it ("found a tab character where an indentation space is expected").
 */
const strings: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: (value) => typeof value === 'string',
  resolve: (text: string) => text,
  stringify(item, context, onComment, onChompKeep) {
    // The serialiser also calls this for texts of its own.
    const text = stringifyString(item, { ...context, actualString: true }, onComment, onChompKeep)
    const beginsWithTab = typeof item.value === 'string' && /^\n*\t/.test(item.value)
    return beginsWithTab ? text.replace(/^\|(?=[+-]?\n)/, context.indent === '' ? '|1' : '|2') : text
  },
}
const withOwnStrings = (tags: Tags): Tags =>
  tags.map((tag) => (typeof tag === 'object' && tag.tag === strings.tag ? strings : tag))

/**
 * YAML text of a value, for readers of YAML 1.1 and 1.2.
 *
 * @param value objects, lists, strings, numbers, booleans and null; keys of objects are plain words
 */
export function toYaml(value: unknown): string {
  const document = new Document(value, {
    version: '1.1',
    aliasDuplicateObjects: false,
    customTags: withOwnStrings,
  })
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return
      // The serialiser loses spaces when it writes a block that consists of white space only.
      if (node.value.includes('\n') && /\S/.test(node.value) && fitsBlock(node.value))
        node.type = 'BLOCK_LITERAL'
    },
  })
  // Such characters occur only in double-quoted strings: keys are plain words, and blocks contain none.
  return escapeBare(document.toString(settings))
}

/** A one-line string as `toYaml` writes it. */
export const quoteYaml = (text: string): string => escapeBare(JSON.stringify(text))

/** Indents YAML text as part of a deeper mapping. Empty lines stay empty, as in the serialiser's literal blocks. */
export const indentYaml = (yaml: string, spaces: number): string =>
  spaces === 0 ? yaml : yaml.replaceAll(/^(?=.)/gm, ' '.repeat(spaces))

const isVisible = (code: number): boolean => code > 0x20 && code < 0x7f

/**
 * The literal block of an ordinary text file (it begins with a visible character and ends with one line break), as `toYaml` writes it;
 * null for any other text. This exists for speed: the seeds of a rack consist mostly of such blocks.
 */
export function plainBlock(text: string, spaces: number): string | null {
  if (!text.endsWith('\n') || !isVisible(text.charCodeAt(0)) || !isVisible(text.charCodeAt(text.length - 2)))
    return null
  if (!fitsBlock(text)) return null
  const indent = `\n${' '.repeat(spaces)}`
  const lines = text.slice(0, -1)
  const indented = lines.includes('\n\n')
    ? lines.replaceAll(/\n(?!\n)/g, indent)
    : lines.replaceAll('\n', indent)
  return `|${indent}${indented}\n`
}

const kept = new Map<string, string>()

const isLine = (value: unknown): value is string => typeof value === 'string' && !value.includes('\n')
const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
const isListOf = <T>(value: unknown, is: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.length > 0 && value.every(is)

/**
 * One key of a mapping and its value, as `toYaml` writes them. Simple values are written here, which is much faster; the serialiser's
 * output for other values is cached, because most are the same for every machine.
 */
export function yamlEntry(key: string, value: unknown): string {
  if (isLine(value)) return `${key}: ${quoteYaml(value)}\n`
  if (typeof value === 'boolean' || typeof value === 'number') return `${key}: ${value}\n`
  if (isMapping(value)) return `${key}:\n${indentYaml(yamlEntries(value), 2)}`
  if (isListOf(value, isLine)) return `${key}:\n${value.map((line) => `  - ${quoteYaml(line)}\n`).join('')}`
  if (isListOf(value, isMapping)) {
    const items = value.map((item) => `  - ${indentYaml(yamlEntries(item), 4).slice(4)}`)
    return `${key}:\n${items.join('')}`
  }
  const json = JSON.stringify(value)
  // A text of several lines can be a key or a file. Secrets must not stay in a cache for the lifetime of the process.
  if (json.includes(String.raw`\n`)) return toYaml({ [key]: value })
  const name = `${key}\n${json}`
  let text = kept.get(name)
  if (text === undefined) {
    text = toYaml({ [key]: value })
    if (kept.size >= 1000) kept.clear()
    kept.set(name, text)
  }
  return text
}

/** A mapping as `toYaml` writes it. */
export const yamlEntries = (mapping: object): string =>
  Object.entries(mapping)
    .map(([key, value]) => yamlEntry(key, value))
    .join('')
