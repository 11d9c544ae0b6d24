import { z } from 'zod'

/* Parts that several schemas share. */

export const roles = ['load-balancer', 'control-plane', 'worker', 'etcd'] as const
export type Role = (typeof roles)[number]

/** Whether machines of a role run a kubelet, and so are Kubernetes nodes. */
export const isNodeRole = (role: Role): boolean => role === 'control-plane' || role === 'worker'

export const text = (description: string, ...examples: string[]) =>
  z
    .string()
    .min(1)
    .meta(examples.length ? { description, examples } : { description })

export const address = (description: string, ...examples: string[]) => text(description, ...examples)

/** One address, or a list of them. */
export const addresses = (description: string, ...examples: string[]) =>
  z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).meta({ description, examples })

export const port = (description: string) => z.int().min(1).max(65_535).meta({ description })

/** An address of a mirror for all machines, or one for each architecture, distribution or release. */
export const MirrorAddress = (description: string) =>
  z
    .union([
      text(description),
      z.record(z.string(), z.union([z.string().min(1), z.record(z.string(), z.string().min(1))])),
    ])
    .meta({
      description: `${description} One address, or one by architecture (amd64, arm64), distribution (debian) or release (debian-12); below a distribution, too, by architecture.`,
      examples: [
        'http://10.10.10.5/rocky',
        { amd64: 'http://10.10.10.5/ubuntu', arm64: 'http://10.10.10.5/ubuntu-ports' },
        { debian: 'http://10.10.10.5/debian', rocky: 'http://10.10.10.5/rocky' },
      ],
    })

/** A file that the operator puts below `assets/` on the server. */
export const Asset = z.strictObject({
  path: text('Path of the file below assets/ on the server.', 'manifests/calico.yaml'),
  sha256: text('SHA-256 of the file: 64 hexadecimal digits.'),
})
