import { type Command, exit } from './context.ts'

/** How a shell completes a value. */
export type Completion = 'profile' | 'directory' | 'file' | 'code' | 'none'

export type ParameterDefinition = {
  name: string
  completes: Completion
  /** Any number; at least one unless it is optional. */
  many?: boolean
  /** It and the parameters after it can be left out. */
  optional?: boolean
}

export type OptionDefinition = {
  /** Without the dashes. */
  name: string
  /** Former names: they still work, but help and completion omit them. */
  formerNames?: readonly string[]
  /** Name of its value in the help; absent for a flag. */
  value?: string
  completes?: Completion
  choices?: readonly string[]
  default?: string
  required?: boolean
  /** Can be given several times. */
  many?: boolean
  /** Replaces the command's usual work: with it, the command takes no parameters. */
  alone?: boolean
  description: string
}

export type CommandDefinition = {
  /** One word, or two if the first is the name of a group. */
  name: string
  parameters: readonly ParameterDefinition[]
  options: readonly OptionDefinition[]
  /** One line for the list of commands. */
  summary: string
  /** Paragraphs of the command's help. */
  description: readonly string[]
  examples: readonly { command: string; explanation: string }[]
  exitCodes: readonly (readonly [code: number, meaning: string])[]
  /** Imported only when the command runs, so that `--help` is fast. */
  load(): Promise<{ action: Command }>
}

/** Commands that share their first word. */
export type GroupDefinition = { name: string; summary: string; description: readonly string[] }

/** All commands and groups, in the order of the help. */
export type Registry = { commands: readonly CommandDefinition[]; groups: readonly GroupDefinition[] }

export const profile: ParameterDefinition = { name: 'PROFILE', completes: 'profile' }

export const ephemeralSecrets: OptionDefinition = {
  name: 'ephemeral-secrets',
  formerNames: ['throw-away-secrets'],
  description:
    'Generate CAs, tokens and passwords in memory, for this run only. For trials: machines from a later run ' +
    'cannot join a cluster that was created with them.',
}

export const revision: OptionDefinition = {
  name: 'rev',
  value: 'REV',
  description:
    'Read the profile and its files from this commit of its git repository. The working tree is not touched.',
}

export const ageKeyFile: OptionDefinition = {
  name: 'age-key-file',
  value: 'FILE',
  completes: 'file',
  description:
    'File with the age key that opens the secrets bundle. Default: HAKUBE_AGE_KEY_FILE, then SOPS_AGE_KEY_FILE.',
}

export const changedSince: OptionDefinition = {
  name: 'changed-since',
  value: 'REV',
  description:
    'Write only what has changed since this commit, with the required action of each change. The machine must be in the state of that ' +
    'commit; otherwise hakube-apply refuses.',
}

export const textOrJson: OptionDefinition = {
  name: 'format',
  value: 'FORMAT',
  choices: ['text', 'json'],
  default: 'text',
  description: 'Output format.',
}

export const usage = [exit.usage, 'usage error'] as const
export const fault = [exit.internalError, 'internal error'] as const
