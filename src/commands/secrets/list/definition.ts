import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { badBundle } from '../group.ts'

export const secretsListCommand: CommandDefinition = {
  name: 'secrets list',
  parameters: [profile],
  summary: 'Print the names of your own secrets.',
  description: ['Only the names. To see a text, open the bundle with the program age.'],
  options: [ageKeyFile],
  examples: [{ command: 'hakube secrets list profile.yaml', explanation: 'Print one name per line.' }],
  exitCodes: [[0, 'printed'], badBundle, usage, fault],
  load: () => import('./action.ts'),
}
