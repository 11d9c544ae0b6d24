import {
  type CommandDefinition,
  ageKeyFile,
  fault,
  profile,
  revision,
  throwAwaySecrets,
  usage,
} from './definition.ts'

export const renderCommand: CommandDefinition = {
  name: 'render',
  parameters: [profile],
  summary: 'Write the site: all that machines fetch, as files.',
  description: [
    'Writes boot menus, installer answers and seeds of all machines into a folder. The same profile and the same ' +
      'secrets give the same bytes. Only changed files are written, each whole or not at all. Files of an earlier ' +
      'render that are gone from the site are removed.',
    'Files that hakube did not write are never touched; if there are any, it stops, unless --force is given.',
    'Files with keys or tokens in them get mode 0600.',
  ],
  options: [
    {
      name: 'out',
      value: 'DIR',
      completes: 'folder',
      required: true,
      description: 'Folder of the site; it is made if need be.',
    },
    {
      name: 'tar',
      value: 'FILE',
      completes: 'file',
      description: 'Write the site as a tar archive too, the same bytes each time.',
    },
    { name: 'dry-run', description: 'List what would change, and write nothing.' },
    { name: 'force', description: 'Go on although there are files in DIR that hakube did not write.' },
    revision,
    ageKeyFile,
    throwAwaySecrets,
  ],
  examples: [
    {
      command: 'hakube render profile.yaml --out site --throw-away-secrets',
      explanation: 'Write the site for a trial.',
    },
    {
      command: 'hakube render profile.yaml --out site --dry-run --throw-away-secrets',
      explanation: 'See what would change.',
    },
  ],
  exitCodes: [
    [0, 'written'],
    [1, 'mistakes in the profile, no secrets, or files that are not hakube’s'],
    usage,
    fault,
  ],
  load: async () => (await import('./render.ts')).render,
}
