import type { Cluster } from '../../cluster/cluster.ts'
import { toYaml } from '../../templates/yaml.ts'
import type { File } from '../../assembly/component.ts'
import { manual, manualBefore } from '../../assembly/on-change.ts'

export const auditDirectory = '/etc/kubernetes/audit'
export const auditPolicyPath = `${auditDirectory}/policy.yaml`
export const auditLogDirectory = '/var/log/kubernetes/audit'

/*
 * Who changed what, and who saw a secret or went into a container; no contents, which may be secret, but for changes of who may do
 * what. What machines ask all the time is left out. The first rule that fits decides.
 *
 * https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
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
    // Leaders, and machines that say that they live: several a second.
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
    // Also who only reads them.
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

/** What the API servers log, where the profile wants a log. */
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
