import {
  type CommandDefinition,
  ageKeyFile,
  fault,
  profile,
  revision,
  ephemeralSecrets,
  usage,
} from '../definition.ts'

export const renderCommand: CommandDefinition = {
  name: 'render',
  parameters: [profile],
  summary: 'Write the site: everything that machines fetch, as files.',
  description: [
    'Writes boot menus, installer answers and seeds of all machines to a directory. The same profile and the same ' +
      'secrets produce the same bytes. Only changed files are written, atomically. Files of an earlier ' +
      'render that are no longer part of the site are removed.',
    'If the directory contains files that hakube did not write, it stops, unless --force is given.',
    'Files with keys or tokens get mode 0600.',
  ],
  options: [
    {
      name: 'out',
      value: 'DIR',
      completes: 'directory',
      required: true,
      description: 'Directory of the site; created if necessary.',
    },
    {
      name: 'tar',
      value: 'FILE',
      completes: 'file',
      description: 'Also write the site as a reproducible tar archive.',
    },
    { name: 'dry-run', description: 'List what would change, without writing anything.' },
    { name: 'force', description: 'Continue even if DIR contains files that hakube did not write.' },
    revision,
    ageKeyFile,
    ephemeralSecrets,
  ],
  examples: [
    {
      command: 'hakube render profile.yaml --out site --ephemeral-secrets',
      explanation: 'Render a site for a trial.',
    },
    {
      command: 'hakube render profile.yaml --out site --dry-run --ephemeral-secrets',
      explanation: 'Show what would change.',
    },
  ],
  exitCodes: [
    [0, 'written'],
    [1, 'errors in the profile, no secrets, or files that hakube did not write'],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}
