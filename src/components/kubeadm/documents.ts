import type { Dialect } from './dialects.ts'
import type { Argument, ComponentModel, InitModel, JoinModel, NodeModel } from './model.ts'

/* Writes the models as documents of one version of kubeadm's configuration format. */

/** A document of kubeadm's configuration, or of a component that kubeadm configures. */
export type KubeadmDocument = Readonly<Record<string, unknown>>

/** Values are always strings: v1beta4 rejects bare numbers and booleans (kubernetes.io, kubeadm-config.v1beta4, Arg). */
const extraArguments = (dialect: Dialect, list: readonly Argument[]) =>
  dialect.arguments === 'map'
    ? Object.fromEntries(list.map(({ name, value }) => [name, value]))
    : list.map(({ name, value }) => ({ name, value }))

const registration = (dialect: Dialect, { ignoredPreflightErrors, ...node }: NodeModel) => ({
  name: node.name,
  criSocket: node.criSocket,
  // If absent, kubeadm uses its defaults for control planes or workers.
  ...(node.taints === null ? {} : { taints: node.taints }),
  kubeletExtraArgs: extraArguments(dialect, node.kubeletArguments),
  ...(ignoredPreflightErrors.length > 0 ? { ignorePreflightErrors: ignoredPreflightErrors } : {}),
})

const patchesField = (dialect: Dialect, { patches }: NodeModel) =>
  patches !== null && dialect.patches === 'field' ? { patches: { directory: patches } } : {}

const componentSettings = (dialect: Dialect, { extraArguments: list, volumes }: ComponentModel) => ({
  ...(list.length > 0 ? { extraArgs: extraArguments(dialect, list) } : {}),
  ...(volumes.length > 0 ? { extraVolumes: volumes } : {}),
})

/** Only components with settings. */
function otherComponents(dialect: Dialect, { components }: InitModel) {
  const names = ['controllerManager', 'scheduler'] as const
  const settings = names.map((name) => [name, componentSettings(dialect, components[name])] as const)
  return Object.fromEntries(settings.filter(([, each]) => Object.keys(each).length > 0))
}

/** `etcd` of the ClusterConfiguration. */
const etcdConfiguration = (dialect: Dialect, { externalEtcd, etcdArguments }: InitModel) =>
  externalEtcd === null
    ? {
        local: {
          dataDir: '/var/lib/etcd',
          ...(etcdArguments.length > 0 ? { extraArgs: extraArguments(dialect, etcdArguments) } : {}),
        },
      }
    : {
        external: {
          endpoints: externalEtcd,
          caFile: '/etc/kubernetes/pki/etcd/ca.crt',
          certFile: '/etc/kubernetes/pki/apiserver-etcd-client.crt',
          keyFile: '/etc/kubernetes/pki/apiserver-etcd-client.key',
        },
      }

function initConfiguration(dialect: Dialect, model: InitModel): KubeadmDocument {
  return {
    apiVersion: dialect.apiVersion,
    kind: 'InitConfiguration',
    bootstrapTokens: [
      {
        token: model.bootstrapToken,
        description: 'hakube: machines of the profile join with it',
        ttl: model.bootstrapTokenTimeToLive,
        usages: ['signing', 'authentication'],
        groups: ['system:bootstrappers:kubeadm:default-node-token'],
      },
    ],
    ...(model.certificateKey === null ? {} : { certificateKey: model.certificateKey }),
    nodeRegistration: registration(dialect, model.node),
    // Without it kubeadm uses the address of the default route (kubernetes/kubeadm#2275).
    localAPIEndpoint: { advertiseAddress: model.node.address, bindPort: model.apiServerPort },
    ...patchesField(dialect, model.node),
    ...(dialect.timeouts === 'together'
      ? { timeouts: { controlPlaneComponentHealthCheck: model.controlPlaneTimeout } }
      : {}),
  }
}

function clusterConfiguration(dialect: Dialect, model: InitModel): KubeadmDocument {
  return {
    apiVersion: dialect.apiVersion,
    kind: 'ClusterConfiguration',
    clusterName: model.clusterName,
    ...(Object.keys(model.featureGates).length > 0 ? { featureGates: model.featureGates } : {}),
    kubernetesVersion: model.kubernetesVersion,
    ...(model.imageRepository === null ? {} : { imageRepository: model.imageRepository }),
    controlPlaneEndpoint: model.controlPlaneEndpoint,
    networking: {
      podSubnet: model.podNetworks.join(','),
      serviceSubnet: model.serviceNetworks.join(','),
      dnsDomain: model.domain,
    },
    apiServer: {
      ...componentSettings(dialect, model.components.apiServer),
      certSANs: model.certificateNames,
      ...(dialect.timeouts === 'apart' ? { timeoutForControlPlane: model.controlPlaneTimeout } : {}),
    },
    ...otherComponents(dialect, model),
    etcd: etcdConfiguration(dialect, model),
  }
}

/** The documents that `kubeadm init` reads, without the configuration of other components. */
export const initConfigurations = (dialect: Dialect, model: InitModel): readonly KubeadmDocument[] => [
  initConfiguration(dialect, model),
  clusterConfiguration(dialect, model),
]

/** The document that `kubeadm join` reads. */
export function joinConfiguration(dialect: Dialect, model: JoinModel): KubeadmDocument {
  const { node, controlPlane } = model
  return {
    apiVersion: dialect.apiVersion,
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: {
        token: model.bootstrapToken,
        apiServerEndpoint: model.endpoint,
        caCertHashes: [model.authorityHash],
      },
      ...(dialect.timeouts === 'apart' ? { timeout: model.discoveryTimeout } : {}),
    },
    ...(dialect.timeouts === 'together' ? { timeouts: { discovery: model.discoveryTimeout } } : {}),
    nodeRegistration: registration(dialect, node),
    ...patchesField(dialect, node),
    ...(controlPlane
      ? {
          controlPlane: {
            ...(controlPlane.certificateKey === null ? {} : { certificateKey: controlPlane.certificateKey }),
            localAPIEndpoint: { advertiseAddress: node.address, bindPort: controlPlane.apiServerPort },
          },
        }
      : {}),
  }
}
