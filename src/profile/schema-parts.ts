import { z } from 'zod'

/* What several parts of the schema are made of. */

export const roles = ['load-balancer', 'control-plane', 'worker', 'etcd'] as const
export type Role = (typeof roles)[number]

export const text = (description: string, ...examples: string[]) =>
  z
    .string()
    .min(1)
    .meta(examples.length ? { description, examples } : { description })
