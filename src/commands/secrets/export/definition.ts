import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { badBundle } from '../group.ts'

export const secretsExportCommand: CommandDefinition = {
  name: 'secrets export',
  parameters: [profile, { name: 'MACHINE', completes: 'none' }],
  summary: 'Write the secret files of one machine, for manual recovery.',
  description: [
    "Writes the machine's files from the bundle to a new directory, with the same paths as on the " +
      'machine: etc/kubernetes/pki/ca.crt, etc/etcd/pki/peer.key. Keys have mode 0600, the rest 0644. They are not encrypted.',
    'On an etcd member, the keys in /etc/etcd/pki belong to the user etcd: chown them after copying.',
  ],
  options: [
    {
      name: 'out',
      value: 'DIR',
      completes: 'directory',
      required: true,
      description: 'Directory to write to; it must be new or empty.',
    },
    ageKeyFile,
  ],
  examples: [
    {
      command: 'hakube secrets export profile.yaml control-plane-1 --out pki',
      explanation: 'Export, for: rsync -a pki/etc/ root@control-plane-1:/etc',
    },
  ],
  exitCodes: [[0, 'written'], badBundle, usage, fault],
  load: () => import('./action.ts'),
}
