import { quote } from '../../text/quote.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { codePages } from '../check/code-page.ts'
import { type Command, exit } from '../context.ts'
import type { CommandDefinition, Completion, OptionDefinition, Registry } from '../definition.ts'

const shells = { bash, zsh, fish }

const codes = codePages()
  .map(({ code }) => code)
  .join(' ')

/** `hakube completion SHELL` */
export const completion =
  (registry: Registry): Command =>
  async ({ parameters, stdout, stderr }) => {
    const [name = ''] = parameters
    const script = Object.entries(shells).find(([shell]) => shell === name)?.[1]
    if (!script) {
      stderr.write(
        `hakube: unknown shell ${name}: ${didYouMean(name, Object.keys(shells))}\nSee hakube completion --help.\n`,
      )
      return exit.usage
    }
    stdout.write(script(registry))
    return exit.success
  }

const optionWords = (command: CommandDefinition): string[] => [
  ...command.options.map((option) => `--${option.name}`),
  '--help',
]

/** How bash's compgen completes each kind of value. */
const bashFinds: Readonly<Record<Completion, string>> = {
  // Profiles are YAML files; directories may contain more.
  profile: `compgen -f -X '!*.y*ml' -- "$word"; compgen -d -- "$word"`,
  directory: 'compgen -d -- "$word"',
  file: 'compgen -f -- "$word"',
  code: `compgen -W '${codes}' -- "$word"`,
  none: ':',
}

/** The possible first words. */
const firstWords = (definitions: readonly CommandDefinition[]): string[] => [
  ...new Set(definitions.map(({ name }) => name.split(' ')[0] ?? name)),
]

/** The possible second words, after the name of a group. */
const secondWords = (definitions: readonly CommandDefinition[], group: string): string[] =>
  definitions.flatMap(({ name }) => (name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : []))

/** Works without bash-completion. */
function bash(registry: Registry): string {
  const { commands: definitions, groups } = registry
  const names = firstWords(definitions).join(' ')
  const lines = [
    '# Completion of hakube for bash: source <(hakube completion bash)',
    '_hakube() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}',
    '  COMPREPLY=()',
    '  compopt -o filenames 2>/dev/null',
    '  if (( COMP_CWORD == 1 )); then',
    `    mapfile -t COMPREPLY < <(compgen -W '${names} --help --version' -- "$word")`,
    ...groups.flatMap(({ name }) => [
      `  elif (( COMP_CWORD == 2 )) && [[ \${COMP_WORDS[1]} == ${name} ]]; then`,
      `    mapfile -t COMPREPLY < <(compgen -W '${secondWords(definitions, name).join(' ')} --help' -- "$word")`,
    ]),
    '  else',
    '    local command=${COMP_WORDS[1]}',
    `    case $command in ${groups.map(({ name }) => name).join('|')}) command+=" \${COMP_WORDS[2]}" ;; esac`,
    '    case $command in',
  ]
  for (const command of definitions) {
    lines.push(`      ${quote(command.name)})`, '        case $before in')
    for (const option of command.options) {
      if (!option.value) continue
      const finds = option.choices
        ? `compgen -W '${option.choices.join(' ')}' -- "$word"`
        : bashFinds[option.completes ?? 'none']
      lines.push(`          --${option.name}) mapfile -t COMPREPLY < <(${finds}) ;;`)
    }
    const words = `compgen -W '${optionWords(command).join(' ')}' -- "$word"`
    const parameter = bashFinds[command.parameters[0]?.completes ?? 'none']
    const shellNames = `compgen -W '${Object.keys(shells).join(' ')}' -- "$word"`
    const other = command.name === 'completion' ? shellNames : parameter
    lines.push(
      '          *)',
      `            if [[ $word == -* ]]; then mapfile -t COMPREPLY < <(${words})`,
      `            else mapfile -t COMPREPLY < <(${other}); fi ;;`,
      '        esac ;;',
    )
  }
  lines.push('    esac', '  fi', '}', 'complete -F _hakube hakube', '')
  return lines.join('\n')
}

const summaryOf = ({ commands, groups }: Registry, name: string): string =>
  [...commands, ...groups].find((each) => each.name === name)?.summary ?? ''

/** Escapes text for the brackets of `_arguments`, which a bracket or colon would end. */
const zshText = (text: string): string => text.replaceAll(/([[\]:\\])/g, String.raw`\$1`)

function zshValue(option: OptionDefinition): string {
  if (!option.value) return ''
  const action = option.choices ? `(${option.choices.join(' ')})` : zshFinds[option.completes ?? 'none']
  return `:${zshText(option.value)}:${action}`
}

const zshFinds: Readonly<Record<Completion, string>> = {
  profile: '_files -g "*.(yaml|yml)"',
  directory: '_files -/',
  file: '_files',
  code: `(${codes})`,
  none: ' ',
}

function zsh(registry: Registry): string {
  const { commands: definitions, groups } = registry
  const described = firstWords(definitions).map((word) => quote(`${word}:${summaryOf(registry, word)}`))
  const lines = [
    '#compdef hakube',
    '# Completion of hakube for zsh: hakube completion zsh > "${fpath[1]}/_hakube"',
    '_hakube() {',
    '  local -a commands=(',
    ...described.map((words) => `    ${words}`),
    '  )',
    '  if (( CURRENT == 2 )); then',
    "    _describe -t commands 'hakube command' commands",
    '    return',
    '  fi',
    '  local command=$words[2]',
    '  shift words',
    '  (( CURRENT -= 1 ))',
    ...groups.flatMap(({ name }) => [
      `  if [[ $command == ${name} ]]; then`,
      '    if (( CURRENT == 2 )); then',
      `      _values 'hakube command' ${secondWords(definitions, name)
        .map((word) => quote(`${word}[${zshText(summaryOf(registry, `${name} ${word}`))}]`))
        .join(' ')}`,
      '      return',
      '    fi',
      '    command+=" $words[2]"',
      '    shift words',
      '    (( CURRENT -= 1 ))',
      '  fi',
    ]),
    '  case $command in',
  ]
  for (const command of definitions) {
    const specifications = command.options.map((option) =>
      quote(`--${option.name}[${zshText(option.description)}]${zshValue(option)}`),
    )
    for (const [index, parameter] of command.parameters.entries()) {
      const finds =
        command.name === 'completion' ? `(${Object.keys(shells).join(' ')})` : zshFinds[parameter.completes]
      const position = parameter.many ? '*' : `${index + 1}${parameter.optional ? ':' : ''}`
      specifications.push(quote(`${position}:${zshText(parameter.name)}:${finds}`))
    }
    lines.push(
      `    ${quote(command.name)}) _arguments ${["'--help[Show help.]'", ...specifications].join(' ')} ;;`,
    )
  }
  lines.push(
    '  esac',
    '}',
    'if [[ $funcstack[1] == _hakube ]]; then _hakube "$@"; else compdef _hakube hakube; fi',
    '',
  )
  return lines.join('\n')
}

const fishFinds: Readonly<Record<Completion, string>> = {
  profile: '(__fish_complete_suffix .yaml)',
  directory: '(__fish_complete_directories)',
  file: '(__fish_complete_path)',
  code: codes,
  none: '',
}

function fish(registry: Registry): string {
  const { commands: definitions, groups } = registry
  const lines = ['# Completion of hakube for fish', 'complete -c hakube -f']
  for (const word of firstWords(definitions))
    lines.push(
      `complete -c hakube -n __fish_use_subcommand -a ${word} -d ${quoteForFish(summaryOf(registry, word))}`,
    )
  for (const { name } of groups) {
    const words = secondWords(definitions, name)
    const open = `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${words.join(' ')}`
    for (const word of words)
      lines.push(
        `complete -c hakube -n '${open}' -a ${word} -d ${quoteForFish(summaryOf(registry, `${name} ${word}`))}`,
      )
  }
  for (const command of definitions) {
    const seen = command.name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`)
    const here = `complete -c hakube -n '${seen.join('; and ')}'`
    for (const option of command.options) {
      const values = option.choices?.join(' ') ?? fishFinds[option.completes ?? 'none']
      const value = option.value ? ` -r -a ${quoteForFish(values)}` : ''
      lines.push(`${here} -l ${option.name} -d ${quoteForFish(option.description)}${value}`)
    }
    const parameter = command.parameters[0]
    const finds =
      command.name === 'completion'
        ? Object.keys(shells).join(' ')
        : fishFinds[parameter?.completes ?? 'none']
    if (finds) lines.push(`${here} -a ${quoteForFish(finds)}`)
  }
  return `${lines.join('\n')}\n`
}

/** Inside single quotes, fish interprets `\\` and `\'`, which bash does not. */
const quoteForFish = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`
