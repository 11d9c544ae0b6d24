import type { Cluster } from '../../cluster/cluster.ts'
import { toYaml } from '../../templates/yaml.ts'
import type { File } from '../../assembly/component.ts'
import { manual, manualBefore } from '../../assembly/on-change.ts'

export const auditDirectory = '/etc/kubernetes/audit'
export const auditPolicyPath = `${auditDirectory}/policy.yaml`
export const auditLogDirectory = '/var/log/kubernetes/audit'

/*
 * Records who changed what, and who read a secret or opened a shell in a container. It records no contents, which may be secret, except
 * of changes to permissions. Frequent requests of machines are left out. The first rule that matches decides.
 */
const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  // Each request once, when it is answered.
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'None',
      nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi*', '/metrics'],
    },
    // Leader elections and heartbeats of nodes: several a second.
    { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
    {
      level: 'None',
      userGroups: ['system:nodes'],
      resources: [{ group: '', resources: ['nodes/status', 'pods/status'] }],
    },
    {
      level: 'None',
      resources: [
        { group: '', resources: ['events'] },
        { group: 'events.k8s.io', resources: ['events'] },
      ],
    },
    {
      level: 'None',
      users: ['system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver'],
      verbs: ['get', 'list', 'watch'],
    },
    {
      level: 'Request',
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      resources: [{ group: 'rbac.authorization.k8s.io' }],
    },
    // Including those who only read them.
    {
      level: 'Metadata',
      resources: [
        { group: '', resources: ['secrets', 'serviceaccounts/token'] },
        {
          group: '',
          resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'nodes/proxy'],
        },
      ],
    },
    { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'None' },
  ],
}

const ownPolicy = toYaml(policy)

/** The audit policy of the API servers, if the profile enables the audit log. */
export const auditFiles = ({ kubernetes: { audit } }: Cluster): File[] =>
  audit
    ? [
        {
          path: auditPolicyPath,
          mode: '0644',
          content: audit.policy ?? ownPolicy,
          onChange: {
            changed: manual('restart the API server, which reads its audit policy when it starts'),
            removed: manualBefore(
              'before the audit policy is removed, its API server arguments must be removed: see docs/profile.md',
            ),
            otherwise: manual(
              'the audit log of a member also needs API server arguments: see docs/profile.md',
            ),
          },
          from: audit.policy === null ? ['kubernetes', 'audit'] : ['kubernetes', 'audit', 'source'],
        },
      ]
    : []
