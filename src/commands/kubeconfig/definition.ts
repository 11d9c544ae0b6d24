import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../definition.ts'

export const kubeconfigCommand: CommandDefinition = {
  name: 'kubeconfig',
  parameters: [profile],
  summary: 'Create a kubeconfig for an administrator from the secrets bundle.',
  description: [
    "Signs a client certificate with the bundle's Kubernetes CA and writes a kubeconfig with it, for the API address of " +
      'the profile, so that nobody needs to log in to a machine to use the cluster. Each run creates a new key and certificate; ' +
      'the bundle is not changed.',
    'Kubernetes cannot revoke a certificate, so its validity is short. By default its group is ' +
      'kubeadm:cluster-admins, which kubeadm init binds to the role cluster-admin since Kubernetes 1.29 (the binding can be ' +
      'removed), and before that system:masters, whose access cannot be removed.',
    'An existing file is replaced only if this command wrote it for the same cluster. Its mode is 0600.',
  ],
  options: [
    {
      name: 'out',
      value: 'FILE',
      completes: 'file',
      description: 'File to write to. By default the kubeconfig, including its key, goes to stdout.',
    },
    {
      name: 'server',
      value: 'ADDRESS',
      description:
        'Address of the API, if not the one in the profile: HOST, HOST:PORT or https://HOST:PORT, e.g. the end of a tunnel.',
    },
    {
      name: 'days',
      value: 'N',
      default: '7',
      description: 'Validity of the certificate, 1 to 365 days.',
    },
    {
      name: 'user',
      value: 'NAME',
      default: 'kubernetes-admin',
      description: 'User name, as in the audit log of the cluster.',
    },
    {
      name: 'group',
      value: 'NAME',
      description: 'Group of the user. system:masters has access even if role bindings are lost.',
    },
    ageKeyFile,
  ],
  examples: [
    {
      command: 'hakube kubeconfig profile.yaml --out kubeconfig',
      explanation: 'Write a file for: kubectl --kubeconfig kubeconfig get nodes',
    },
    {
      command: 'hakube kubeconfig profile.yaml --user jane --group developers --days 1',
      explanation: 'Use a group with role bindings in the cluster.',
    },
  ],
  exitCodes: [
    [0, 'written'],
    [1, 'no bundle, no key that opens it, an existing file, or errors in the profile'],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}
