import { z } from 'zod'

/*
 * Files that API servers read at their start: https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/ and
 * https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ (since 1.13 and 1.12; nothing that came later).
 */

const Keys = z.strictObject({
  keys: z
    .array(z.strictObject({ name: z.string().min(1), secret: z.string().regex(/^[A-Za-z0-9+/]{43}=$/) }))
    .min(1),
})

/** Each entry is one provider. */
const Provider = z.union([
  z.strictObject({ secretbox: Keys }),
  z.strictObject({ aescbc: Keys }),
  z.strictObject({ identity: z.strictObject({}) }),
])

export const EncryptionConfiguration = z.strictObject({
  apiVersion: z.literal('apiserver.config.k8s.io/v1'),
  kind: z.literal('EncryptionConfiguration'),
  resources: z
    .array(z.strictObject({ resources: z.array(z.string()).min(1), providers: z.array(Provider).min(1) }))
    .min(1),
})

const Rule = z.strictObject({
  level: z.enum(['None', 'Metadata', 'Request', 'RequestResponse']),
  users: z.array(z.string()).optional(),
  userGroups: z.array(z.string()).optional(),
  verbs: z.array(z.string()).optional(),
  resources: z
    .array(
      z.strictObject({
        group: z.string().optional(),
        resources: z.array(z.string()).optional(),
        resourceNames: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  namespaces: z.array(z.string()).optional(),
  nonResourceURLs: z.array(z.string()).optional(),
  omitStages: z.array(z.string()).optional(),
})

export const AuditPolicy = z.strictObject({
  apiVersion: z.literal('audit.k8s.io/v1'),
  kind: z.literal('Policy'),
  omitStages: z.array(z.enum(['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'])).optional(),
  rules: z.array(Rule).min(1),
})
