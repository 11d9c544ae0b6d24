import {
  ageKeyFile,
  type CommandDefinition,
  fault,
  type OptionDefinition,
  profile,
  revision,
  throwAwaySecrets,
  usage,
} from './definition.ts'

export const changedSince: OptionDefinition = {
  name: 'changed-since',
  value: 'REV',
  description:
    'Only what has changed since this commit, with what `hakube diff` says of each change. The machine has to be as that commit ' +
    'wanted it; hakube-apply refuses otherwise.',
}

export const filesCommand: CommandDefinition = {
  name: 'files',
  parameters: [profile, { name: 'MACHINE', completes: 'none' }],
  summary: 'Write the files of one machine, for hakube-apply or for inspection.',
  description: [
    'Writes everything that hakube puts on a machine that runs: as a tar archive with modes and owners, which hakube-apply reads on ' +
      'that machine, or as a tree in a directory. MACHINE is its name or a MAC address.',
    'The files hold keys and tokens. An archive is never written to a terminal, and files get mode 0600 where they hold a secret. The ' +
      'same profile and the same secrets give the same bytes.',
  ],
  options: [
    {
      name: 'tar',
      value: 'FILE',
      completes: 'file',
      description: 'Write a tar archive; - is stdout.',
    },
    {
      name: 'out',
      value: 'DIR',
      completes: 'folder',
      description: 'Write a tree into a directory, which has to be empty or not there yet.',
    },
    changedSince,
    revision,
    ageKeyFile,
    throwAwaySecrets,
  ],
  examples: [
    {
      command: 'hakube files profile.yaml worker-1 --tar - | ssh worker-1 sudo hakube-apply --dry-run',
      explanation: 'What would be done on the machine?',
    },
    {
      command: 'hakube files profile.yaml worker-1 --tar - | ssh worker-1 sudo hakube-apply',
      explanation: 'Do it.',
    },
    { command: 'hakube files profile.yaml worker-1 --out worker-1', explanation: 'Look at the files.' },
  ],
  exitCodes: [[0, 'written'], [1, 'mistakes in the profile, no secrets, or no such machine'], usage, fault],
  load: async () => (await import('./files.ts')).files,
}
