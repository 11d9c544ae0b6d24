import { type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { recipient } from '../group.ts'

export const secretsInitCommand: CommandDefinition = {
  name: 'secrets init',
  parameters: [profile],
  summary: 'Create the bundle with all keys, tokens and certificates.',
  description: [
    'Creates the CAs of Kubernetes, its front proxy and etcd, the service-account key, the bootstrap token, the ' +
      'certificate key, and the certificates of machines and of the server, and writes them, encrypted, next to the profile. ' +
      'An existing bundle is never overwritten.',
    'To read it later you need a key: age-keygen -o FILE creates one and prints its public key. Keep a copy of FILE outside ' +
      'git and the cluster: without it the bundle is lost.',
  ],
  options: [recipient],
  examples: [
    {
      command: 'hakube secrets init profile.yaml --recipient age1… --recipient age1…',
      explanation: 'Encrypt to two recipients.',
    },
    { command: 'hakube secrets init profile.yaml', explanation: 'Encrypt to the recipients in the profile.' },
  ],
  exitCodes: [
    [0, 'written'],
    [1, 'the bundle already exists, no recipient, or errors in the profile'],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}
