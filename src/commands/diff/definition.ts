import { ageKeyFile, type CommandDefinition, fault, profile, ephemeralSecrets } from '../definition.ts'

export const diffCommand: CommandDefinition = {
  name: 'diff',
  parameters: [
    profile,
    { name: 'REV1', completes: 'none', optional: true },
    { name: 'REV2', completes: 'none', optional: true },
  ],
  summary: 'Show, per machine, what a commit changes and what applying it requires.',
  description: [
    'Compares the output of a profile at two commits: REV1 with REV2, where worktree means the current files. ' +
      'REV1 defaults to HEAD, REV2 to the working tree, which is not touched.',
    'Prints a table: the machine, the files that change on it, and the action that applying them to a running machine requires: ' +
      'nothing, files and a restart of units, a reboot, or a reinstallation. Secrets are never shown, only that they change.',
    'Each commit is rendered with its own secrets bundle. With --ephemeral-secrets, both are rendered with the same secrets ' +
      'for this run, so that only changes of the profile show.',
  ],
  options: [
    { name: 'full', description: 'Also show the unified diff of each file.' },
    {
      name: 'format',
      value: 'FORMAT',
      choices: ['text', 'json', 'markdown'],
      default: 'text',
      description: 'Output format; markdown suits pull request comments.',
    },
    ageKeyFile,
    ephemeralSecrets,
  ],
  examples: [
    {
      command: 'hakube diff profile.yaml',
      explanation: 'Show what uncommitted changes would do.',
    },
    {
      command: 'hakube diff profile.yaml origin/main HEAD --format markdown --full --ephemeral-secrets',
      explanation: 'Comment on a pull request in continuous integration.',
    },
  ],
  exitCodes: [
    [0, 'no difference'],
    [1, 'differences'],
    [2, 'usage error, invalid input at one of the commits, or no secrets'],
    fault,
  ],
  load: () => import('./action.ts'),
}
