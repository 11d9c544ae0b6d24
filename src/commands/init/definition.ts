import { type CommandDefinition, fault, usage } from '../definition.ts'

export const initCommand: CommandDefinition = {
  name: 'init',
  parameters: [{ name: 'DIR', completes: 'directory' }],
  summary: 'Create a repository with a first profile to edit.',
  description: [
    'Writes profile.yaml, a small but complete profile with comments; schema.json, with which editors complete and ' +
      'validate it; and .gitignore. Existing files are never overwritten.',
    'The first user gets the public key of --ssh-key, or the first in ~/.ssh of id_ed25519.pub, id_ed25519_sk.pub, ' +
      'id_ecdsa.pub, id_ecdsa_sk.pub and id_rsa.pub. Without any, it gets a placeholder, about which check warns.',
  ],
  options: [
    {
      name: 'ssh-key',
      value: 'FILE',
      completes: 'file',
      description: 'File with the public SSH key of the first user.',
    },
  ],
  examples: [{ command: 'hakube init rack', explanation: 'Then edit rack/profile.yaml.' }],
  exitCodes: [[0, 'written'], [1, 'a profile already exists, or the SSH key is invalid'], usage, fault],
  load: () => import('./action.ts'),
}
