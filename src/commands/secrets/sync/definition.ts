import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { badBundle } from '../group.ts'

export const secretsSyncCommand: CommandDefinition = {
  name: 'secrets sync',
  parameters: [profile],
  summary: 'Issue missing certificates and reissue stale ones.',
  description: [
    'Issues certificates that are missing, whose machine has a new name or address, whose CA was replaced, ' +
      'that expire soon (secrets.warningDays), or whose key is smaller than the profile requires. Encrypts to the recipients ' +
      'in the profile. Everything else stays unchanged, byte for byte; if there is nothing to do, nothing is written.',
    'Where machines enrol (secrets.delivery), they make the keys themselves that only they use: sync issues only certificates that the ' +
      'bundle already holds.',
    'sync never replaces CAs: see hakube secrets rotate.',
  ],
  options: [
    { name: 'dry-run', description: 'List what would be issued and why, without writing anything.' },
    { name: 'prune', description: 'Remove certificates that no machine of the profile needs.' },
    ageKeyFile,
  ],
  examples: [
    { command: 'hakube secrets sync profile.yaml --dry-run', explanation: 'Show what is stale, and why.' },
    { command: 'hakube secrets sync profile.yaml', explanation: 'Issue certificates for new machines.' },
  ],
  exitCodes: [[0, 'the bundle is up to date'], badBundle, usage, fault],
  load: () => import('./action.ts'),
}
