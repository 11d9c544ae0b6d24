import {
  changedSince,
  ageKeyFile,
  type CommandDefinition,
  fault,
  profile,
  revision,
  ephemeralSecrets,
  usage,
} from '../definition.ts'

export const filesCommand: CommandDefinition = {
  name: 'files',
  parameters: [profile, { name: 'MACHINE', completes: 'none' }],
  summary: 'Write the files of one machine, for hakube-apply or for inspection.',
  description: [
    'Writes everything that hakube installs on a running machine: as a tar archive with modes and owners, which hakube-apply reads on ' +
      'that machine, or as a tree in a directory. MACHINE is its name or a MAC address.',
    'The files contain keys and tokens. An archive is never written to a terminal, and files with secrets get mode 0600. The ' +
      'same profile and the same secrets produce the same bytes.',
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
      completes: 'directory',
      description: 'Write a tree to a directory, which must be empty or not exist yet.',
    },
    changedSince,
    revision,
    ageKeyFile,
    ephemeralSecrets,
  ],
  examples: [
    {
      command: 'hakube files profile.yaml worker-1 --tar - | ssh worker-1 sudo hakube-apply --dry-run',
      explanation: 'Show what would be done on the machine.',
    },
    {
      command: 'hakube files profile.yaml worker-1 --tar - | ssh worker-1 sudo hakube-apply',
      explanation: 'Apply it.',
    },
    { command: 'hakube files profile.yaml worker-1 --out worker-1', explanation: 'Inspect the files.' },
  ],
  exitCodes: [[0, 'written'], [1, 'errors in the profile, no secrets, or no such machine'], usage, fault],
  load: () => import('./action.ts'),
}
