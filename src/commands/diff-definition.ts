import { ageKeyFile, type CommandDefinition, fault, profile, throwAwaySecrets } from './definition.ts'

export const diffCommand: CommandDefinition = {
  name: 'diff',
  parameters: [
    profile,
    { name: 'REV1', completes: 'none', optional: true },
    { name: 'REV2', completes: 'none', optional: true },
  ],
  summary: 'Say for each machine what a commit changes, and what it takes.',
  description: [
    'Compares what two commits make of a profile: REV1 with REV2, where worktree stands for the files as they are now. ' +
      'Without REV2 that is the work tree, without REV1 it is HEAD. No work tree is touched.',
    'First comes a table: the machine, the files that change on it, and what it takes to bring them onto a machine that runs: ' +
      'nothing, files and restart of units, reboot, or reinstall. Secrets are never shown, only that they change.',
    'Each commit is read with the secrets bundle that it holds. With --throw-away-secrets both are read with the same secrets ' +
      'for this run, so that only the profile can make a difference.',
  ],
  options: [
    { name: 'full', description: 'Show the unified diff of each file too.' },
    {
      name: 'format',
      value: 'FORMAT',
      choices: ['text', 'json', 'markdown'],
      default: 'text',
      description: 'For people, for programs, or for a comment of a pull request.',
    },
    ageKeyFile,
    throwAwaySecrets,
  ],
  examples: [
    {
      command: 'hakube diff profile.yaml',
      explanation: 'What the changes that are not committed yet would do.',
    },
    {
      command: 'hakube diff profile.yaml origin/main HEAD --format markdown --full --throw-away-secrets',
      explanation: 'For a pull request, in continuous integration.',
    },
  ],
  exitCodes: [
    [0, 'no difference'],
    [1, 'differences'],
    [2, 'wrong usage, mistakes in one of the two, or no secrets'],
    fault,
  ],
  load: async () => (await import('./diff.ts')).diff,
}
