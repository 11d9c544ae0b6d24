import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { exit } from '../../context.ts'
import { badBundle } from '../group.ts'

export const secretsEditCommand: CommandDefinition = {
  name: 'secrets edit',
  parameters: [profile],
  summary: 'Edit the secrets of your own in an editor.',
  description: [
    'Opens them as YAML, one "name: text" each, in the editor of VISUAL, then EDITOR, then vi. What you save is checked, and encrypted when the editor ends; after a mistake you can edit again. If nothing has changed, nothing is written.',
    'The file has mode 0600, is in memory where the system has a tmpfs (XDG_RUNTIME_DIR, /dev/shm), and is removed at the end, also after a signal. Keep your editor from copying it elsewhere: docs/secrets.md shows how for vim.',
    'The bundle is not locked meanwhile. What others have changed in it is kept; if they changed the same secret, you are asked which text is right.',
  ],
  options: [ageKeyFile],
  examples: [
    { command: 'hakube secrets edit profile.yaml', explanation: 'Edit them in your editor.' },
    {
      command: 'EDITOR="code --wait" hakube secrets edit profile.yaml',
      explanation: 'An editor with a window of its own needs an option that makes it wait.',
    },
  ],
  exitCodes: [
    [0, 'written, or nothing had changed'],
    badBundle,
    usage,
    fault,
    [exit.interrupted, 'ended by a signal; nothing was written'],
  ],
  load: () => import('./action.ts'),
}
