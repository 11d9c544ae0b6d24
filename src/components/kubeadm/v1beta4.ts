import {
  criSocket,
  etcdConfiguration,
  type InitModel,
  type JoinModel,
  type KubeadmEmitter,
  type NodeModel,
} from './model.ts'

/*
 * For Kubernetes from 1.31: https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 * Unlike v1beta3 it has extra arguments as lists, and all time-outs in one place.
 */

const apiVersion = 'kubeadm.k8s.io/v1beta4'

const registration = ({ name, address }: NodeModel) => ({
  name,
  criSocket,
  // With several cards, or a virtual address on the same one, the kubelet may choose the wrong address.
  kubeletExtraArgs: [{ name: 'node-ip', value: address }],
})

const init = (model: InitModel) => [
  {
    apiVersion,
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
    certificateKey: model.certificateKey,
    nodeRegistration: registration(model.node),
    // Without it kubeadm takes the address of the default route (kubernetes/kubeadm#2275).
    localAPIEndpoint: { advertiseAddress: model.node.address, bindPort: model.apiServerPort },
    timeouts: { controlPlaneComponentHealthCheck: model.controlPlaneTimeout },
  },
  {
    apiVersion,
    kind: 'ClusterConfiguration',
    clusterName: model.clusterName,
    kubernetesVersion: model.kubernetesVersion,
    controlPlaneEndpoint: model.controlPlaneEndpoint,
    networking: {
      podSubnet: model.podNetwork,
      serviceSubnet: model.serviceNetwork,
      dnsDomain: model.domain,
    },
    apiServer: { certSANs: model.certificateNames },
    etcd: etcdConfiguration(model),
  },
]

const join = (model: JoinModel) => [
  {
    apiVersion,
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: {
        token: model.bootstrapToken,
        apiServerEndpoint: model.endpoint,
        caCertHashes: [model.authorityHash],
      },
    },
    timeouts: { discovery: model.discoveryTimeout },
    nodeRegistration: registration(model.node),
    ...(model.controlPlane
      ? {
          controlPlane: {
            certificateKey: model.controlPlane.certificateKey,
            localAPIEndpoint: {
              advertiseAddress: model.node.address,
              bindPort: model.controlPlane.apiServerPort,
            },
          },
        }
      : {}),
  },
]

export const v1beta4: KubeadmEmitter = { init, join }
