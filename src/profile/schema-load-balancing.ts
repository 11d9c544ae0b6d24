import { z } from 'zod'
import { byDefault, defaults } from './defaults.ts'
import { address, addresses, Asset, port, text } from './schema-parts.ts'

const loadBalancingPlacements = ['dedicated', 'control-plane', 'static-pod', 'external'] as const
export type LoadBalancingPlacement = (typeof loadBalancingPlacements)[number]

export const LoadBalancing = z
  .strictObject({
    placement: z
      .enum(loadBalancingPlacements)
      .meta({
        description: `Where haproxy and keepalived run. dedicated: on machines of role load-balancer; control-plane: as services on the control planes; static-pod: as static pods on the control planes; external: nowhere, the address belongs to a load balancer that hakube does not manage. ${byDefault('balancing')}`,
      })
      .optional(),
    api: z
      .strictObject({
        address: addresses(
          'Virtual address of the Kubernetes API, or a list of them; machines use the first. With placement: external it can be a DNS name.',
          '10.10.10.19',
        ),
        name: text(
          `DNS name of the API. Machines and clients use it instead of the address, and it is in the certificates; the machines have it in /etc/hosts. ${byDefault('apiName')}`,
          'api.example.com',
        ).optional(),
        port: port(
          `Port of the API on the virtual address. On control planes it can also be 6443: haproxy and the API servers then share the port. ${byDefault('apiPort')}`,
        ).optional(),
      })
      .meta({ description: 'The Kubernetes API endpoint.' }),
    ingress: z
      .strictObject({
        address: addresses('Virtual address of the ingress, or a list of them.', '10.10.10.20'),
        httpPort: port(byDefault('httpPort')).optional(),
        httpsPort: port(byDefault('httpsPort')).optional(),
        workerHttpPort: port(
          `Port of the ingress controller's HTTP on the workers. ${byDefault('workerHttpPort')}`,
        ).optional(),
        workerHttpsPort: port(
          `Port of the ingress controller's HTTPS on the workers. ${byDefault('workerHttpsPort')}`,
        ).optional(),
        proxyProtocol: z
          .union([z.boolean(), z.enum(['v1', 'v2'])])
          .meta({
            description: `Send the client's address to the ingress controller with the PROXY protocol, which the controller must expect. true: v2. ${byDefault('proxyProtocol')}`,
          })
          .optional(),
      })
      .meta({ description: 'HTTP and HTTPS traffic to the ingress controller on the workers.' })
      .optional(),
    network: text(
      'Name of the additional network that the load balancers use between themselves, for VRRP and connection synchronization. Default: the network of the machines.',
      'public',
    ).optional(),
    virtualRouterId: z
      .int()
      .meta({
        description: `VRRP virtual router ID, 1 to 255, unique in the subnet. ${byDefault('virtualRouterId')}`,
      })
      .optional(),
    sourceAddress: address(
      'Virtual source address of traffic that leaves the subnet (source NAT on the load balancers).',
      '10.10.10.251',
    ).optional(),
    connectionSync: z
      .boolean()
      .meta({
        description: `Synchronize connection tracking between the load balancers with conntrackd. It helps only forwarded and translated connections. ${byDefault('connectionSync')}`,
      })
      .optional(),
    images: z
      .strictObject({
        haproxy: text(`haproxy image. ${byDefault('haproxyImage')}`, defaults.haproxyImage).optional(),
        keepalived: text(
          'keepalived image. Required, because the keepalived project publishes none.',
        ).optional(),
      })
      .meta({ description: 'Images of the static pods, for placement: static-pod.' })
      .optional(),
    haproxyPackage: Asset.extend({
      version: text('Version of haproxy in the package, quoted.', '2.8.16'),
    })
      .meta({
        description:
          "A haproxy package file to install instead of the distribution's package, if that is too old.",
      })
      .optional(),
  })
  .meta({ description: 'Load balancing: virtual addresses, and the machines that hold them.' })
