import type { Cluster } from '../../cluster/cluster.ts'
import { auditDirectory, auditLogDirectory, auditPolicyPath } from './audit.ts'
import { componentVolumes } from './component-files.ts'
import { sharesApiPort } from '../load-balancers.ts'
import { encryptionDirectory, encryptionPath } from './encryption.ts'
import type { Argument, ComponentModel, ComponentName, Volume } from './model.ts'

/* Arguments and volumes of the components that kubeadm runs as static pods. */

/**
 * The feature gates of the profile are those of Kubernetes components, not of kubeadm. Control-plane components get them as this
 * argument, kubelet and kube-proxy in their configuration.
 */
const featureGates = ({ kubernetes }: Cluster): Argument[] => {
  const gates = Object.entries(kubernetes.featureGates)
  return gates.length === 0
    ? []
    : [{ name: 'feature-gates', value: gates.map(([name, on]) => `${name}=${on}`).join(',') }]
}

/** https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#log-backend */
const auditArguments: readonly Argument[] = [
  { name: 'audit-policy-file', value: auditPolicyPath },
  { name: 'audit-log-path', value: `${auditLogDirectory}/audit.log` },
  // Days, number of files, and megabytes of each: at most about a gigabyte on each control plane.
  { name: 'audit-log-maxage', value: '30' },
  { name: 'audit-log-maxbackup', value: '10' },
  { name: 'audit-log-maxsize', value: '100' },
]

const mounted = (name: string, path: string, rest: Pick<Volume, 'readOnly' | 'pathType'>): Volume => ({
  name,
  hostPath: path,
  mountPath: path,
  ...rest,
})

const readOnly = { readOnly: true, pathType: 'Directory' } as const

/* Mounts directories instead of files: a running container would keep the old file when a new one replaces it. */
function apiServer(cluster: Cluster): ComponentModel {
  const { audit, encryptionAtRest } = cluster.kubernetes
  return {
    extraArguments: [
      ...(sharesApiPort(cluster) ? [{ name: 'permit-port-sharing', value: 'true' }] : []),
      ...(audit ? auditArguments : []),
      ...(encryptionAtRest ? [{ name: 'encryption-provider-config', value: encryptionPath }] : []),
    ],
    volumes: [
      ...(audit
        ? [
            mounted('audit-policy', auditDirectory, readOnly),
            mounted('audit-log', auditLogDirectory, { pathType: 'DirectoryOrCreate' }),
          ]
        : []),
      ...(encryptionAtRest ? [mounted('encryption', encryptionDirectory, readOnly)] : []),
    ],
  }
}

/** The arguments of the profile take precedence, because some of hakube's are numbers that users may want to change. */
function merge(first: readonly Argument[], second: readonly Argument[]): Argument[] {
  const values = new Map([...first, ...second].map(({ name, value }) => [name, value]))
  return [...values].map(([name, value]) => ({ name, value }))
}

export function componentModels(cluster: Cluster): Readonly<Record<ComponentName, ComponentModel>> {
  const gates = featureGates(cluster)
  const own = cluster.kubernetes.arguments
  const plain = (name: ComponentName): ComponentModel => ({
    extraArguments: merge(gates, own[name]),
    volumes: componentVolumes(cluster, name),
  })
  const server = apiServer(cluster)
  return {
    apiServer: {
      extraArguments: merge([...gates, ...server.extraArguments], own.apiServer),
      volumes: [...server.volumes, ...componentVolumes(cluster, 'apiServer')],
    },
    controllerManager: plain('controllerManager'),
    scheduler: plain('scheduler'),
  }
}
