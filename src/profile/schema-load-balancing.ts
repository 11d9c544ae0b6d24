import { z } from 'zod'
import { defaults } from './defaults.ts'
import { address, addresses, Asset, port, text } from './schema-parts.ts'

const loadBalancingPlacements = ['dedicated', 'control-plane', 'static-pod', 'external'] as const
export type LoadBalancingPlacement = (typeof loadBalancingPlacements)[number]

export const LoadBalancing = z
  .strictObject({
    placement: z
      .enum(loadBalancingPlacements)
      .meta({
        description:
          'Where haproxy and keepalived run. dedicated: on machines of role load-balancer; control-plane: as services on the control planes; static-pod: as static pods on the control planes; external: nowhere, the address is that of a load balancer which hakube does not set up. Default: dedicated if there are load-balancer machines, otherwise control-plane.',
      })
      .optional(),
    api: z
      .strictObject({
        address: addresses(
          'Virtual address of the Kubernetes API, or several: the first is what machines use.',
          '10.10.10.19',
        ),
        port: port(
          'Port of the API on the virtual address. Default: 6443 on dedicated and external load balancers, 8443 on control planes, where 6443 is taken by the API server.',
        ).optional(),
      })
      .meta({ description: 'The Kubernetes API for clients and machines.' }),
    ingress: z
      .strictObject({
        address: addresses('Virtual address of the ingress, or several.', '10.10.10.20'),
        httpPort: port(`Default: ${defaults.httpPort}.`).optional(),
        httpsPort: port(`Default: ${defaults.httpsPort}.`).optional(),
        workerHttpPort: port(
          'Port of the ingress controller on the workers. Default: as httpPort.',
        ).optional(),
        workerHttpsPort: port(
          'Port of the ingress controller on the workers. Default: as httpsPort.',
        ).optional(),
      })
      .meta({ description: 'Web traffic to the ingress controller on the workers.' })
      .optional(),
    virtualRouterId: z
      .int()
      .meta({
        description:
          'VRRP virtual router id, 1 to 255; no other router pair in the subnet may have it. Default: derived from the cluster name.',
      })
      .optional(),
    sourceAddress: address(
      'Virtual address that the traffic of the subnet leaves with (source NAT on the load balancers).',
      '10.10.10.251',
    ).optional(),
    connectionSync: z
      .boolean()
      .meta({
        description:
          'Keep connection tracking in step between load balancers with conntrackd. Default: true if sourceAddress is set. It helps forwarded and translated connections only.',
      })
      .optional(),
    images: z
      .strictObject({
        haproxy: text(
          'Image of haproxy. Default: docker.io/library/haproxy:3.2.6.',
          'docker.io/library/haproxy:3.2.6',
        ).optional(),
        keepalived: text(
          'Image of keepalived, which must be given: its project has none of its own.',
        ).optional(),
      })
      .meta({ description: 'Images of the static pods, for placement static-pod.' })
      .optional(),
    haproxyPackage: Asset.extend({
      version: text('Version of haproxy in it, quoted.', '2.8.16'),
    })
      .meta({
        description:
          "A package file with haproxy to install instead of the distribution's, where that one is too old.",
      })
      .optional(),
  })
  .meta({ description: 'Virtual addresses and the machines that hold them.' })
