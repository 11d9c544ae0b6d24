import { cac } from 'cac'
import { didYouMean, orList } from '../diagnostics/suggest.ts'
import type { Options } from './context.ts'
import type { CommandDefinition, GroupDefinition, OptionDefinition } from './definition.ts'

/** The meaning of a command line. */
export type Request =
  | { kind: 'help'; command: CommandDefinition | null; group?: GroupDefinition }
  | { kind: 'version' }
  | { kind: 'run'; command: CommandDefinition; parameters: string[]; options: Options }
  | { kind: 'mistake'; message: string; about: { name: string } | null }

/** @param about the command or group whose help has more information */
const mistake = (message: string, about: { name: string } | null = null): Request => ({
  kind: 'mistake',
  message,
  about,
})

/*
 * cac 7.1 finds the command and sorts the words. Its peculiarities are handled here, and only here:
 * - it reads `--out 007` as the number 7, so every value gets a prefix that makes it text;
 * - it handles `--strict profile.yaml` correctly, but reads `--dry-run profile.yaml` as an option with a value, so parameters go first;
 *   and `--strict=x` makes x a parameter;
 * - an option that is given twice becomes a list, an unknown command is ignored with status 0, and a value that begins with a dash is not
 *   recognized as one.
 */
const mark = '\u0001'

/**
 * Reads a command line.
 *
 * @param words without the program's own name
 */
export function parseCommandLine(
  given: readonly string[],
  commands: readonly CommandDefinition[],
  groups: readonly GroupDefinition[] = [],
): Request {
  const words = joinGroup(given, groups)
  const end = words.indexOf('--')
  const before = end === -1 ? words : words.slice(0, end)
  const first = before[0] ?? ''
  const named = commands.find((command) => command.name === before.find((word) => !word.startsWith('-')))
  const group = groups.find(({ name }) => name === (first === 'help' ? before[1] : first))
  if (group) return helpOfGroup(group, commands, before)
  if (first === 'help') {
    const topic = before[1]
    const command = commands.find(({ name }) => name === topic) ?? null
    return topic && !command ? unknownCommand(topic, commands) : { kind: 'help', command }
  }
  if (before.some((word) => word === '--help' || word === '-h'))
    return { kind: 'help', command: named ?? null }
  if (before.some((word) => word === '--version' || word === '-V')) return { kind: 'version' }
  if (words.length === 0) return { kind: 'help', command: null }
  if (first.startsWith('-')) {
    return mistake(
      named ? `the command comes first: hakube ${named.name} … ${first}` : `unknown option ${first}`,
    )
  }
  if (!named) return unknownCommand(first, commands)

  const marked = markValues(before.slice(1), named)
  if (typeof marked === 'string') return mistake(marked, named)
  const cli = cac('hakube')
  // Their number is checked below.
  const parameters = named.parameters.map(({ name, many }) => (many ? `[...${name}]` : `[${name}]`))
  // cac accepts only one word.
  const word = named.name.replaceAll(' ', '-')
  const command = cli.command([word, ...parameters].join(' '))
  for (const option of named.options)
    command.option(`--${option.name}${option.value ? ` <${option.value}>` : ''}`, '')
  const parsed = cli.parse(['node', 'hakube', word, ...marked], { run: false })
  // Words after `--` are parameters, even if they begin with a dash.
  const found = [...parsed.args, ...(end === -1 ? [] : words.slice(end + 1))]
  const values = new Map<string, Value>()
  for (const option of named.options) {
    // cac spells options in camel case.
    const value: unknown =
      parsed.options[option.name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())]
    if (value === true) values.set(option.name, true)
    else if (typeof value === 'string') values.set(option.name, value.slice(mark.length))
    else if (Array.isArray(value))
      values.set(
        option.name,
        value.map((each) => String(each).slice(mark.length)),
      )
  }
  const wrong = countMistake(named, found, values)
  if (wrong) return mistake(wrong, named)
  const required = named.options.find((option) => option.required && !values.has(option.name))
  if (required) return mistake(`${spelled(required)} is missing`, named)
  return { kind: 'run', command: named, parameters: found, options: optionsOf(named, values) }
}

/** The value of an option: none, one text, or several. */
type Value = string | true | readonly string[]

/** `secrets init x` as `['secrets init', 'x']`. */
function joinGroup(words: readonly string[], groups: readonly GroupDefinition[]): string[] {
  const start = words[0] === 'help' ? 1 : 0
  const [first = '', second] = words.slice(start)
  const isGroup = groups.some(({ name }) => name === first)
  if (!isGroup || second === undefined || second.startsWith('-')) return [...words]
  return [...words.slice(0, start), `${first} ${second}`, ...words.slice(start + 2)]
}

/** The name of a group without a command: a request for its help if it is asked for, and an error otherwise. */
function helpOfGroup(
  group: GroupDefinition,
  commands: readonly CommandDefinition[],
  words: readonly string[],
): Request {
  if (words[0] === 'help' || words.includes('--help') || words.includes('-h'))
    return { kind: 'help', command: null, group }
  const names = commands.filter(({ name }) => name.startsWith(`${group.name} `)).map(({ name }) => name)
  return mistake(`${group.name} needs a command: ${orList(names)}`, group)
}

const spelled = (option: OptionDefinition): string =>
  `--${option.name}${option.value ? ` ${option.value}` : ''}`

function unknownCommand(word: string, commands: readonly CommandDefinition[]): Request {
  // Groups are represented by their names, except when the mistake is within a group.
  const names = commands.map(({ name }) => (word.includes(' ') ? name : (name.split(' ')[0] ?? name)))
  return mistake(`unknown command ${word}: ${didYouMean(word, [...new Set(names)])}`)
}

/** Returns the parameters, followed by the options, each joined with its marked value; or an error message. */
function markValues(words: readonly string[], command: CommandDefinition): string[] | string {
  const parameters: string[] = []
  const marked: string[] = []
  const seen = new Set<string>()
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '-') return '- does not stand for standard input: write /dev/stdin'
    if (!word.startsWith('-')) {
      parameters.push(word)
      continue
    }
    const [name = '', ...rest] = word.split('=')
    const option = command.options.find((candidate) =>
      [candidate.name, ...(candidate.formerNames ?? [])].some((each) => `--${each}` === name),
    )
    if (!option) {
      const names = command.options.map((candidate) => `--${candidate.name}`)
      return `unknown option ${name}: ${didYouMean(name, names)}`
    }
    if (seen.has(option.name) && !option.many) return `--${option.name} is given twice`
    seen.add(option.name)
    if (!option.value) {
      if (rest.length > 0) return `${name} does not take a value`
      marked.push(`--${option.name}`)
      continue
    }
    if (rest.length === 0) at += 1
    const value = rest.length > 0 ? rest.join('=') : words[at]
    if (value === undefined || value === '' || (rest.length === 0 && value.startsWith('--')))
      return `${name} needs a value: ${spelled(option)}`
    if (option.choices && !option.choices.includes(value))
      return `unknown ${option.value} ${value} for ${name}: ${didYouMean(value, option.choices)}`
    marked.push(`--${option.name}=${mark}${value}`)
  }
  return [...parameters, ...marked]
}

function countMistake(
  command: CommandDefinition,
  given: readonly string[],
  values: ReadonlyMap<string, Value>,
): string | null {
  const alone = command.options.find((option) => option.alone && values.has(option.name))
  if (alone) return given[0] === undefined ? null : `one word too many with ${spelled(alone)}: ${given[0]}`
  const missing = command.parameters[given.length]
  if (missing && !missing.optional) return `${missing.name} is missing`
  const extra = given[command.parameters.length]
  if (extra !== undefined && !command.parameters.some((parameter) => parameter.many))
    return `unexpected argument ${extra}`
  return null
}

/** The options of a command. Names that it does not define are a bug in hakube. */
export function optionsOf(
  command: Pick<CommandDefinition, 'name' | 'options'>,
  values: ReadonlyMap<string, Value>,
): Options {
  const find = (name: string): OptionDefinition => {
    const option = command.options.find((candidate) => candidate.name === name)
    if (!option) throw new Error(`${command.name} has no option --${name}`)
    return option
  }
  return {
    text(name) {
      const value = values.get(find(name).name)
      return typeof value === 'string' ? value : (find(name).default ?? null)
    },
    texts(name) {
      const value = values.get(find(name).name)
      return typeof value === 'string' ? [value] : Array.isArray(value) ? value : []
    },
    flag: (name) => values.get(find(name).name) === true,
  }
}
