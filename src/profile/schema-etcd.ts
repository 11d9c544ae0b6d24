import { z } from 'zod'
import { roles, text } from './schema-parts.ts'

export const etcdPlacements = ['stacked', 'control-plane', 'dedicated'] as const
export type EtcdPlacement = (typeof etcdPlacements)[number]

export const Etcd = z
  .strictObject({
    placement: z
      .enum(etcdPlacements)
      .meta({
        description:
          'Where etcd runs. stacked: kubeadm runs it on the control planes; control-plane: as a service of its own on the control planes; dedicated: on machines of role etcd. Default: dedicated if there are etcd machines, otherwise stacked.',
      })
      .optional(),
    clients: z
      .array(z.enum(roles))
      .meta({
        description:
          'Roles whose machines get a client certificate of etcd each, e.g. for a network plug-in that keeps its data there.',
      })
      .optional(),
    version: text(
      'Version of etcd, quoted. Default: what the distribution has, or what is in the archive.',
      '3.5.24',
    ).optional(),
    archive: z
      .strictObject({
        path: text(
          "Path of the release's tar file below assets/ of the server.",
          'etcd-v3.5.24-linux-amd64.tar.gz',
        ),
        sha256: text('SHA-256 of the tar file: 64 hexadecimal digits.'),
      })
      .meta({
        description:
          'A release of etcd (https://github.com/etcd-io/etcd/releases) to take instead of the package of the distribution.',
      })
      .optional(),
  })
  .meta({ description: 'Where etcd runs, and who may use it.' })
