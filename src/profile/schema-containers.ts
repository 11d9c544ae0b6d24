import { z } from 'zod'
import { defaults } from './defaults.ts'
import { Asset, text } from './schema-parts.ts'

const containerRuntimes = ['containerd', 'cri-o', 'docker'] as const
export type ContainerRuntimeName = (typeof containerRuntimes)[number]

export const ContainerRuntime = z
  .strictObject({
    name: z
      .enum(containerRuntimes)
      .meta({
        description: `containerd, cri-o or docker (with cri-dockerd). Default: ${defaults.containerRuntime}.`,
      })
      .optional(),
    packages: z
      .enum(['docker', 'distribution'])
      .meta({
        description:
          "Whose containerd or Docker is installed. docker: from Docker's repository; distribution: the distribution's own. Default: docker, but distribution where the Kubernetes version is too old for Docker's.",
      })
      .optional(),
    criDockerd: Asset.meta({
      description:
        'A release of cri-dockerd (https://github.com/Mirantis/cri-dockerd/releases), for docker with Kubernetes from 1.24.',
    }).optional(),
  })
  .meta({ description: 'What runs the containers.' })

const networkPlugins = ['calico', 'cilium', 'flannel', 'flannel-service', 'other'] as const
export type NetworkPluginName = (typeof networkPlugins)[number]

export const NetworkPlugin = z
  .strictObject({
    name: z.enum(networkPlugins).meta({
      description:
        'calico, cilium and flannel are applied from a manifest; flannel-service is flanneld as a service on each machine with its data in etcd; other: whatever files, commands and manifests of yours bring.',
    }),
    manifest: Asset.meta({ description: 'The manifest of calico, cilium or flannel.' }).optional(),
    archive: Asset.meta({
      description:
        'A release of flannel (https://github.com/flannel-io/flannel/releases), for flannel-service.',
    }).optional(),
    plugins: Asset.meta({
      description:
        'A release of the basic CNI plug-ins (https://github.com/containernetworking/plugins/releases) for /opt/cni/bin. Default: those of the package kubernetes-cni, which comes with the kubelet.',
    }).optional(),
  })
  .meta({ description: 'What connects the pods.' })

export const Manifest = Asset.extend({
  name: text('Short name in lower case and dashes.', 'ingress'),
}).meta({ description: 'A manifest for kubectl apply.' })
