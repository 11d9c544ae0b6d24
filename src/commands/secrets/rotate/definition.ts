import { ageKeyFile, type CommandDefinition, fault, profile, usage } from '../../definition.ts'

export const secretsRotateCommand: CommandDefinition = {
  name: 'secrets rotate',
  parameters: [profile, { name: 'WHAT', completes: 'none' }],
  summary: 'Replace a secret with a new one.',
  description: [
    'WHAT is one of bootstrap-token, certificate-key, service-account, keepalived-password, conntrackd-key, encryption-key, ' +
      'old-encryption-keys, server, authority/kubernetes, authority/front-proxy, authority/etcd, or machine/NAME for the certificates of a machine. ' +
      'Rotating a CA reissues all certificates that it signed. Rotating encryption-key keeps the old key after the new ' +
      'one, to read what is in etcd; old-encryption-keys removes all but the newest.',
    'This changes only the bundle. A running cluster still has the old secret: docs/secrets.md describes what to do for each.',
  ],
  options: [ageKeyFile],
  examples: [
    {
      command: 'hakube secrets rotate profile.yaml bootstrap-token',
      explanation: 'Others have seen a seed.',
    },
    { command: 'hakube secrets rotate profile.yaml machine/etcd-2', explanation: 'A disk was lost.' },
  ],
  exitCodes: [[0, 'replaced'], [1, 'no such secret, or the bundle cannot be opened'], usage, fault],
  load: () => import('./action.ts'),
}
