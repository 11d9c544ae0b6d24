import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { PublicAndPrivate } from './keys.ts'

/** Everything that secrets are made from, so that tests can make the same ones each time. */
export type SecretSources = {
  random: (bytes: number) => Buffer
  rsaKeyPair: (bits: number) => Promise<PublicAndPrivate>
  p256KeyPair: () => Promise<PublicAndPrivate>
  now: () => Date
}

const generate = promisify(generateKeyPair)

/** The random source and the clock of this machine. For many keys, use the `rsaKeyPair` of a key maker instead. */
export const systemSources: SecretSources = {
  random: randomBytes,
  rsaKeyPair: (bits) =>
    generate('rsa', {
      modulusLength: bits,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }),
  p256KeyPair: () =>
    generate('ec', {
      namedCurve: 'prime256v1',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'sec1', format: 'pem' },
    }),
  now: () => new Date(),
}
