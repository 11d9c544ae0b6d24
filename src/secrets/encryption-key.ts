import { createHash } from 'node:crypto'
import type { SecretSources } from './sources.ts'

/** For XSalsa20, and for AES with 256 bits: 32 bytes in base64. */
export const makeEncryptionKey = (sources: SecretSources): string => sources.random(32).toString('base64')

/**
 * Stands before each object in etcd and says which key it needs: so it is made from the key alone, and stays the same wherever
 * the key stands among others.
 */
export const encryptionKeyName = (key: string): string =>
  `key-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`
