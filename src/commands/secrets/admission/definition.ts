import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'
import { badBundle } from '../group.ts'

export const secretsAdmissionCommand: CommandDefinition = {
  name: 'secrets admission',
  parameters: [profile],
  summary: 'Print the credentials that let machines join again.',
  description: [
    'Machines of a profile can join without intervention for some time after kubeadm init (kubernetes.joinDeadlineHours), until all ' +
      'have joined. Later, a control plane must admit new or reinstalled machines. hakube-admit, which ' +
      'is on every control plane, reads this output.',
    'It contains the bootstrap token and, if control planes fetch their certificates from the cluster, their key. In a ' +
      'pipe, neither appears in a process list or a file.',
  ],
  options: [ageKeyFile],
  examples: [
    {
      command: 'hakube secrets admission profile.yaml | ssh control-plane-1 sudo hakube-admit',
      explanation: 'Admit machines for a day, control planes for two hours.',
    },
    {
      command: 'hakube secrets rotate profile.yaml bootstrap-token',
      explanation: 'First, if others may have seen earlier seeds; then render again.',
    },
  ],
  exitCodes: [[0, 'printed'], badBundle, usage, fault],
  load: () => import('./action.ts'),
}
