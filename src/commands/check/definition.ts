import {
  ageKeyFile,
  type CommandDefinition,
  ephemeralSecrets,
  fault,
  profile,
  revision,
  usage,
} from '../definition.ts'

export const checkCommand: CommandDefinition = {
  name: 'check',
  parameters: [{ ...profile, many: true }],
  summary: 'Validate profiles, and the output with the programs that will consume it.',
  description: [
    'Reports all errors of all profiles in one run, each with its line and what to write instead. If there are ' +
      'none, it renders everything in memory and validates it with the programs that will read it on the machines: ' +
      'cloud-init, haproxy, keepalived, nft, bash and shellcheck, if they are installed.',
    'It reports what is missing, stale or about to expire in the secrets bundle next to the profile. Without a bundle, or a key ' +
      'to open it, it checks only the profile itself, unless --ephemeral-secrets is given. Nothing is written.',
    'Diagnostics go to stdout in every format, the summary to stderr.',
  ],
  options: [
    {
      name: 'format',
      value: 'FORMAT',
      choices: ['text', 'json', 'github'],
      default: 'text',
      description: 'Output format of diagnostics; github prints annotations.',
    },
    { name: 'strict', description: 'Treat warnings as errors.' },
    {
      name: 'programs',
      value: 'WHICH',
      choices: ['auto', 'all', 'none'],
      default: 'auto',
      description:
        'Programs to validate with. auto: those that are installed; all: a missing one is an error; none.',
    },
    {
      name: 'assets',
      value: 'DIR',
      completes: 'directory',
      description:
        'Also verify that this directory (for serve --assets) has all files that machines fetch, with the right SHA-256.',
    },
    {
      name: 'explain',
      value: 'CODE',
      completes: 'code',
      alone: true,
      description: 'Explain the code of a message, as in error[network/overlap], and check nothing.',
    },
    revision,
    ageKeyFile,
    ephemeralSecrets,
  ],
  examples: [
    {
      command: 'hakube check profiles/rack.yaml --ephemeral-secrets',
      explanation: 'Check everything, with ephemeral secrets.',
    },
    {
      command: 'hakube check --strict --programs all --format github profiles/*.yaml --ephemeral-secrets',
      explanation: 'Check in continuous integration.',
    },
    {
      command: 'hakube check profile.yaml --assets assets',
      explanation: 'Also check the files that machines fetch.',
    },
    { command: 'hakube check --explain network/overlap', explanation: 'What does this code mean?' },
  ],
  exitCodes: [[0, 'no errors'], [1, 'errors; with --strict also warnings'], usage, fault],
  load: () => import('./action.ts'),
}
