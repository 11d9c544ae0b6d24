import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { badBundle } from '../group.ts'

export const secretsSetCommand: CommandDefinition = {
  name: 'secrets set',
  parameters: [profile, { name: 'NAME', completes: 'none' }],
  summary: 'Put a secret of your own into the bundle.',
  description: [
    'The text comes from standard input, or from the file of --from. The line break at the end of a single line is left out. A profile refers to it by its name, e.g. in files[].fromSecret; no message, diff or log shows it.',
  ],
  options: [
    ageKeyFile,
    {
      name: 'from',
      value: 'FILE',
      description: 'File with the secret. Default: standard input.',
    },
  ],
  examples: [
    {
      command: 'hakube secrets set profile.yaml registry-token </run/token',
      explanation: 'Read the secret from a file, which no process list shows.',
    },
    {
      command: "systemd-ask-password 'Token: ' | hakube secrets set profile.yaml registry-token",
      explanation: 'Type it.',
    },
  ],
  exitCodes: [[0, 'written'], badBundle, usage, fault],
  load: () => import('./action.ts'),
}
