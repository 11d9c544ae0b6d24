import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { badBundle } from '../group.ts'

export const secretsAddRecipientCommand: CommandDefinition = {
  name: 'secrets add-recipient',
  parameters: [profile, { name: 'RECIPIENT', completes: 'none' }],
  summary: 'Add a recipient to the bundle.',
  description: ['RECIPIENT is an age public key (age1…). If the profile lists recipients, add it there too.'],
  options: [ageKeyFile],
  examples: [
    {
      command: 'hakube secrets add-recipient profile.yaml age1…',
      explanation: 'Add the key of a colleague.',
    },
  ],
  exitCodes: [[0, 'encrypted again'], badBundle, usage, fault],
  load: () => import('./action.ts'),
}
