import { ageKeyFile, type CommandDefinition, fault, profile, usage } from './definition.ts'

export const kubeconfigCommand: CommandDefinition = {
  name: 'kubeconfig',
  parameters: [profile],
  summary: 'Make a kubeconfig for an administrator, from the secrets bundle.',
  description: [
    'Signs a client certificate with the Kubernetes authority of the bundle and writes a kubeconfig with it, for the API address of ' +
      'the profile: the cluster can be used without a login on any of its machines. Each run makes another key and certificate; ' +
      'the bundle is not changed.',
    'Kubernetes cannot call a certificate back: it is good until its days are over, so they are few. By default its group is ' +
      'kubeadm:cluster-admins, which kubeadm init binds to the role cluster-admin since Kubernetes 1.29 (that binding can be taken ' +
      'away), and before that system:masters, which no rule can keep out.',
    'A file that is there is replaced only if it is an earlier one of the same cluster. It has mode 0600.',
  ],
  options: [
    {
      name: 'out',
      value: 'FILE',
      completes: 'file',
      description: 'File to write to. Without it the kubeconfig, with its key, goes to stdout.',
    },
    {
      name: 'server',
      value: 'ADDRESS',
      description:
        'Where the API is reached, if not at the address of the profile: HOST, HOST:PORT or https://HOST:PORT, e.g. the end of a tunnel.',
    },
    {
      name: 'days',
      value: 'N',
      default: '7',
      description: 'How long the certificate is valid, 1 to 365 days.',
    },
    {
      name: 'user',
      value: 'NAME',
      default: 'kubernetes-admin',
      description: 'Name that the cluster sees, and writes into its audit log.',
    },
    {
      name: 'group',
      value: 'NAME',
      description:
        'Group that the cluster sees. system:masters gets in also where the bindings of roles are lost.',
    },
    ageKeyFile,
  ],
  examples: [
    {
      command: 'hakube kubeconfig profile.yaml --out kubeconfig',
      explanation: 'Then: kubectl --kubeconfig kubeconfig get nodes',
    },
    {
      command: 'hakube kubeconfig profile.yaml --user jane --group developers --days 1',
      explanation: 'For a group that the cluster has bindings for.',
    },
  ],
  exitCodes: [
    [0, 'written'],
    [1, 'no bundle, no key that opens it, another file in its place, or mistakes in the profile'],
    usage,
    fault,
  ],
  load: async () => (await import('./kubeconfig.ts')).kubeconfig,
}
