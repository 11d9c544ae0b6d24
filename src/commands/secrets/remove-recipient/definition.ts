import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { badBundle } from '../group.ts'

export const secretsRemoveRecipientCommand: CommandDefinition = {
  name: 'secrets remove-recipient',
  parameters: [profile, { name: 'RECIPIENT', completes: 'none' }],
  summary: 'Remove a recipient from the bundle.',
  description: ['The removed recipient can still read what was committed before. Rotate those secrets.'],
  options: [ageKeyFile],
  examples: [
    {
      command: 'hakube secrets remove-recipient profile.yaml age1…',
      explanation: 'Remove the key of someone who left.',
    },
  ],
  exitCodes: [[0, 'encrypted again'], badBundle, usage, fault],
  load: () => import('./action.ts'),
}
