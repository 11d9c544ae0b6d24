import type { Command } from './context.ts'

/** What a shell may complete in a place. */
export type Completion = 'profile' | 'folder' | 'file' | 'none'

export type ParameterDefinition = {
  name: string
  completes: Completion
  /** Any number, but at least one where it is not optional. */
  many?: boolean
  /** Can be left out, and so can those behind it. */
  optional?: boolean
}

export type OptionDefinition = {
  /** Without the dashes. */
  name: string
  /** Name of its value in the help; absent for a flag. */
  value?: string
  completes?: Completion
  choices?: readonly string[]
  default?: string
  required?: boolean
  /** Can be given several times. */
  many?: boolean
  description: string
}

export type CommandDefinition = {
  /** One word, or two where the first is the name of a group. */
  name: string
  parameters: readonly ParameterDefinition[]
  options: readonly OptionDefinition[]
  /** One line for the list of commands. */
  summary: string
  /** Paragraphs of the command's own help. */
  description: readonly string[]
  examples: readonly { command: string; explanation: string }[]
  exitCodes: readonly (readonly [code: number, meaning: string])[]
  /** Loaded only when it runs, so that `--help` is quick. */
  load(): Promise<Command>
}

/** Commands that share their first word. */
export type GroupDefinition = { name: string; summary: string; description: readonly string[] }

export const profile: ParameterDefinition = { name: 'PROFILE', completes: 'profile' }

export const throwAwaySecrets: OptionDefinition = {
  name: 'throw-away-secrets',
  description:
    'Make authorities, tokens and passwords for this run only, in memory. For trials: machines that got them ' +
    'can never be joined by others from a later run.',
}

export const revision: OptionDefinition = {
  name: 'rev',
  value: 'REV',
  description:
    'Read the profile, and all that belongs to it, from this commit of its git repository. The work tree is not touched.',
}

export const ageKeyFile: OptionDefinition = {
  name: 'age-key-file',
  value: 'FILE',
  completes: 'file',
  description:
    'File with the age key that opens the secrets bundle. Without it HAKUBE_AGE_KEY_FILE, then SOPS_AGE_KEY_FILE say which.',
}

export const textOrJson: OptionDefinition = {
  name: 'format',
  value: 'FORMAT',
  choices: ['text', 'json'],
  default: 'text',
  description: 'For people or for programs.',
}

export const usage = [2, 'wrong usage'] as const
export const fault = [70, 'a fault of hakube'] as const
