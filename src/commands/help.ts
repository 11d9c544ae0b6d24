import { exit } from './context.ts'
import type { CommandDefinition, GroupDefinition, OptionDefinition } from './definition.ts'

/** Wider lines are hard to read, so wider windows are not used. */
export const widestText = 100

/** Wraps a text at spaces; every line but the first is indented by `indent` spaces. */
export function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`)
}

/** Rows of two columns; the second is wrapped to the width. */
function table(rows: readonly (readonly [string, string])[], width: number): string {
  const first = Math.max(...rows.map(([left]) => left.length)) + 4
  return rows.map(([left, right]) => `  ${left.padEnd(first - 2)}${wrap(right, width, first)}\n`).join('')
}

const usageOf = (command: CommandDefinition): string =>
  [
    'hakube',
    command.name,
    ...command.parameters.map(({ name, many, optional }) =>
      optional ? `[${name}${many ? '…' : ''}]` : name + (many ? '…' : ''),
    ),
    ...command.options
      .filter((option) => option.required)
      .map((option) => `--${option.name} ${option.value}`),
    ...(command.options.some((option) => !option.required) ? ['[options]'] : []),
  ].join(' ')

function describeOption(option: OptionDefinition): readonly [string, string] {
  const parts = [option.description]
  if (option.many) parts.push('May be repeated.')
  if (option.choices) parts.push(`One of ${option.choices.join(', ')}.`)
  if (option.required) parts.push('Required.')
  else if (option.default) parts.push(`Default: ${option.default}.`)
  return [`--${option.name}${option.value ? ` ${option.value}` : ''}`, parts.join(' ')]
}

/** `hakube --help`. */
export function generalHelp(
  commands: readonly CommandDefinition[],
  groups: readonly GroupDefinition[],
  version: string,
  width: number,
): string {
  const purpose =
    'One profile in git describes a cluster; hakube generates everything the machines fetch between power-on and a ' +
    'highly available Kubernetes cluster, and serves it.'
  return [
    `hakube ${version}\n`,
    `${wrap(purpose, width, 0)}\n`,
    'Usage\n  hakube COMMAND [options]\n',
    `Commands\n${table(commandRows(commands, groups), width)}`,
    `Options\n${table(
      [
        ['-h, --help', 'Show this help, or the help of a command.'],
        ['-V, --version', 'Print the version.'],
      ],
      width,
    )}`,
    `Exit codes\n${table(
      [
        [String(exit.success), 'success'],
        [String(exit.invalidInput), 'invalid input: the message says what to change'],
        [String(exit.usage), 'usage error'],
        [String(exit.internalError), 'internal error: a bug in hakube'],
        [String(exit.interrupted), 'interrupted'],
      ],
      width,
    )}`,
    `Environment\n${table(
      [
        [
          'HAKUBE_AGE_KEY_FILE',
          'File with the age key that opens the secrets bundle; else SOPS_AGE_KEY_FILE.',
        ],
        ['NO_COLOR', 'If set, nothing is coloured.'],
        ['FORCE_COLOR', 'If set and not 0, everything is coloured, on a terminal or not.'],
      ],
      width,
    )}`,
    `First steps\n${table(
      [
        ['hakube init rack', 'Create a first profile to edit.'],
        ['hakube check rack/profile.yaml --ephemeral-secrets', 'Check it.'],
        ['hakube COMMAND --help', 'Show help for a command.'],
      ],
      width,
    )}`,
  ].join('\n')
}

/** A group is one row, in the place of its first command. */
function commandRows(
  commands: readonly CommandDefinition[],
  groups: readonly GroupDefinition[],
): (readonly [string, string])[] {
  const rows = new Map<string, string>()
  for (const { name, summary } of commands) {
    const group = groups.find((each) => name.startsWith(`${each.name} `))
    if (group) rows.set(`${group.name} …`, group.summary)
    else rows.set(name, summary)
  }
  return [...rows]
}

/** `hakube GROUP --help`. */
export function groupHelp(
  group: GroupDefinition,
  commands: readonly CommandDefinition[],
  width: number,
): string {
  const members = commands.filter(({ name }) => name.startsWith(`${group.name} `))
  return [
    `${wrap(`hakube ${group.name}: ${group.summary}`, width, 0)}\n`,
    `Usage\n  hakube ${group.name} COMMAND [options]\n`,
    `${group.description.map((text) => wrap(text, width, 0)).join('\n\n')}\n`,
    `Commands\n${table(
      members.map(({ name, summary }) => [name, summary]),
      width,
    )}`,
    `More about one of them\n  hakube ${members[0]?.name ?? group.name} --help\n`,
  ].join('\n')
}

/** `hakube COMMAND --help`. */
export function commandHelp(command: CommandDefinition, width: number): string {
  const sections = [
    `${wrap(`hakube ${command.name}: ${command.summary}`, width, 0)}\n`,
    `Usage\n  ${usageOf(command)}\n`,
    `${command.description.map((text) => wrap(text, width, 0)).join('\n\n')}\n`,
  ]
  const options = [...command.options.map(describeOption), ['-h, --help', 'Show this help.'] as const]
  sections.push(`Options\n${table(options, width)}`)
  sections.push(
    `Examples\n${command.examples
      .map(({ command: line, explanation }) => `  # ${explanation}\n  ${line}\n`)
      .join('\n')}`,
  )
  const codes = command.exitCodes.map(([code, meaning]) => [String(code), meaning] as const)
  sections.push(`Exit codes\n${table(codes, width)}`)
  return sections.join('\n')
}
