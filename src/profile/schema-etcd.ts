import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { componentArguments } from './schema-arguments.ts'
import { roles, text } from './schema-parts.ts'
import { hostVolumes } from './schema-volumes.ts'

export const etcdPlacements = ['stacked', 'control-plane', 'dedicated'] as const
export type EtcdPlacement = (typeof etcdPlacements)[number]

export const Etcd = z
  .strictObject({
    placement: z
      .enum(etcdPlacements)
      .meta({
        description: `Where etcd runs. stacked: kubeadm runs it on the control planes; control-plane: as a systemd service on the control planes; dedicated: on machines of role etcd. ${byDefault('etcdPlacement')}`,
      })
      .optional(),
    clients: z
      .array(z.enum(roles))
      .meta({
        description:
          'Roles whose machines each receive an etcd client certificate, e.g. for a network plugin that stores its data in etcd.',
      })
      .optional(),
    version: text(`Version of etcd, quoted. ${byDefault('etcdVersion')}`, '3.5.24').optional(),
    archive: z
      .strictObject({
        path: text(
          "Path of the release's archive below assets/ on the server.",
          'etcd-v3.5.24-linux-amd64.tar.gz',
        ),
        sha256: text('SHA-256 of the archive: 64 hexadecimal digits.'),
      })
      .meta({
        description:
          "A release of etcd (https://github.com/etcd-io/etcd/releases) to install instead of the distribution's package.",
      })
      .optional(),
    arguments: componentArguments(
      'Arguments for etcd, without leading dashes, e.g. heartbeat-interval: 250. etcd as a service gets them as variables.',
    ),
    volumes: hostVolumes('etcd, where kubeadm runs it'),
  })
  .meta({ description: 'Where etcd runs, and which machines may access it.' })
