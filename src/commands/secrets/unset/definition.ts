import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { badBundle } from '../group.ts'

export const secretsUnsetCommand: CommandDefinition = {
  name: 'secrets unset',
  parameters: [profile, { name: 'NAME', completes: 'none' }],
  summary: 'Remove a secret of your own from the bundle.',
  description: ['Earlier commits of the bundle still have it: change the password or key itself, too.'],
  options: [ageKeyFile],
  examples: [
    {
      command: 'hakube secrets unset profile.yaml registry-token',
      explanation: 'Remove it when the profile no longer names it.',
    },
  ],
  exitCodes: [[0, 'written'], badBundle, usage, fault],
  load: () => import('./action.ts'),
}
