import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { Asset, text } from './schema-parts.ts'

const containerRuntimes = ['containerd', 'cri-o', 'docker'] as const
export type ContainerRuntimeName = (typeof containerRuntimes)[number]

export const ContainerRuntime = z
  .strictObject({
    name: z
      .enum(containerRuntimes)
      .meta({
        description: `containerd, cri-o or docker (with cri-dockerd). ${byDefault('containerRuntime')}`,
      })
      .optional(),
    packages: z
      .enum(['docker', 'distribution'])
      .meta({
        description: `Where containerd or Docker comes from. docker: Docker's repository; distribution: the distribution's own packages. ${byDefault('runtimePackages')}`,
      })
      .optional(),
    criDockerd: Asset.meta({
      description:
        'A release of cri-dockerd (https://github.com/Mirantis/cri-dockerd/releases), which docker needs with Kubernetes 1.24 or later.',
    }).optional(),
  })
  .meta({ description: 'Container runtime.' })

const networkPlugins = ['calico', 'cilium', 'flannel', 'flannel-service', 'other'] as const
export type NetworkPluginName = (typeof networkPlugins)[number]

export const NetworkPlugin = z
  .strictObject({
    name: z.enum(networkPlugins).meta({
      description:
        'calico, cilium and flannel are applied from a manifest. flannel-service runs flanneld as a service on each machine, with its data in etcd. other: you install a plugin with your own files, commands and manifests.',
    }),
    manifest: Asset.meta({ description: 'The manifest of calico, cilium or flannel.' }).optional(),
    archive: Asset.meta({
      description:
        'A release of flannel (https://github.com/flannel-io/flannel/releases), for flannel-service.',
    }).optional(),
    plugins: Asset.meta({
      description: `A release of the basic CNI plugins (https://github.com/containernetworking/plugins/releases) for /opt/cni/bin. ${byDefault('cniPlugins')}`,
    }).optional(),
  })
  .meta({ description: 'Network plugin (CNI).' })

export const Manifest = Asset.extend({
  name: text('Short name: lowercase letters, digits and dashes.', 'ingress'),
}).meta({ description: 'A manifest for kubectl apply.' })
