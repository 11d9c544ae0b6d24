import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { recipient } from '../group.ts'

export const secretsImportCommand: CommandDefinition = {
  name: 'secrets import',
  parameters: [profile, { name: 'DIR', completes: 'directory' }],
  summary: 'Import the CAs and keys of a running cluster.',
  description: [
    'DIR is a copy of /etc/kubernetes/pki of a control plane: ca, front-proxy-ca and etcd/ca with their keys, sa.key and ' +
      'sa.pub. hakube checks that they match. If there is a bundle, they replace its own, and certificates are ' +
      'reissued; otherwise a new bundle is created with them.',
  ],
  options: [recipient, ageKeyFile],
  examples: [
    {
      command: 'hakube secrets import profile.yaml pki --recipient age1…',
      explanation: 'Import from a copied directory.',
    },
  ],
  exitCodes: [
    [0, 'written'],
    [1, 'files are missing or do not match, or the bundle cannot be opened'],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}
