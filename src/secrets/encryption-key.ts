import { createHash } from 'node:crypto'
import type { SecretSources } from './sources.ts'

/** A key for XSalsa20 or AES-256: 32 bytes in base64. */
export const makeEncryptionKey = (sources: SecretSources): string => sources.random(32).toString('base64')

/**
 * The name precedes each object in etcd and identifies its key. It is derived from the key alone, so that it does not depend on the key's
 * position among others.
 */
export const encryptionKeyName = (key: string): string =>
  `key-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`
