import {
  criSocket,
  etcdConfiguration,
  type InitModel,
  type JoinModel,
  type KubeadmEmitter,
  type NodeModel,
} from './model.ts'

/*
 * For Kubernetes 1.22 to 1.30: https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta3/
 *
 * What v1beta3 added to v1beta2 (skipPhases, patches, imagePullPolicy) or took from it (dns.type, useHyperKubeImage,
 * ClusterStatus) is nothing that hakube writes, so both are emitted here.
 */

const registration = ({ name, address }: NodeModel) => ({
  name,
  criSocket,
  // With several cards, or a virtual address on the same one, the kubelet may choose the wrong address.
  kubeletExtraArgs: { 'node-ip': address },
})

function init(apiVersion: string, model: InitModel) {
  return [
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
      apiServer: {
        certSANs: model.certificateNames,
        timeoutForControlPlane: model.controlPlaneTimeout,
      },
      etcd: etcdConfiguration(model),
    },
  ]
}

function join(apiVersion: string, model: JoinModel) {
  return [
    {
      apiVersion,
      kind: 'JoinConfiguration',
      discovery: {
        bootstrapToken: {
          token: model.bootstrapToken,
          apiServerEndpoint: model.endpoint,
          caCertHashes: [model.authorityHash],
        },
        timeout: model.discoveryTimeout,
      },
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
}

export const emitterWithMaps = (apiVersion: string): KubeadmEmitter => ({
  init: (model) => init(apiVersion, model),
  join: (model) => join(apiVersion, model),
})

export const v1beta3 = emitterWithMaps('kubeadm.k8s.io/v1beta3')
