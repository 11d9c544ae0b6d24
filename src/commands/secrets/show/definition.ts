import { ageKeyFile, type CommandDefinition, fault, profile, textOrJson, usage } from '../../definition.ts'
import { badBundle } from '../group.ts'

export const secretsShowCommand: CommandDefinition = {
  name: 'secrets show',
  parameters: [profile],
  summary: 'Show names, dates and fingerprints of the bundle.',
  description: [
    'Keys and tokens are shown only with --reveal, which prints the whole content to stdout as JSON.',
  ],
  options: [
    textOrJson,
    { name: 'reveal', description: 'Print everything, including keys and tokens, in plain text.' },
    ageKeyFile,
  ],
  examples: [{ command: 'hakube secrets show profile.yaml', explanation: 'Show the content.' }],
  exitCodes: [[0, 'shown'], badBundle, usage, fault],
  load: () => import('./action.ts'),
}
