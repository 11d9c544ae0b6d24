import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { certifyAuthority } from './authority.ts'
import type { KeyPair, Secrets } from './secrets.ts'

/** Everything that secrets are made from, so that a test can make the same ones each time. */
export type SecretSources = {
  random: (bytes: number) => Buffer
  /** PEM: the public key as SubjectPublicKeyInfo, the private one as PKCS #1, which is what kubeadm writes. */
  rsaKeyPair: (bits: number) => Promise<{ publicKey: string; privateKey: string }>
  now: () => Date
}

const generate = promisify(generateKeyPair)

/** The random source and the clock of this machine. */
export const systemSources: SecretSources = {
  random: randomBytes,
  rsaKeyPair: (bits) =>
    generate('rsa', {
      modulusLength: bits,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }),
  now: () => new Date(),
}

/** kubeadm's default (`encryptionAlgorithm: RSA-2048`). */
const keyBits = 2048

/**
 * Makes all secrets of a cluster in memory, for one run. Nothing keeps them: the next run has others, so whatever is rendered
 * from them is for looking at and for tests. `Secrets.throwAway` says so to everything that writes output.
 */
export async function throwAwaySecrets(sources: SecretSources): Promise<Secrets> {
  const now = sources.now()
  const authority = async (commonName: string): Promise<KeyPair> => {
    const serialNumber = sources.random(16)
    const { publicKey, privateKey } = await sources.rsaKeyPair(keyBits)
    return {
      certificate: certifyAuthority({ commonName, serialNumber, publicKey, privateKey, now }),
      key: privateKey,
    }
  }
  // Names as kubeadm gives them: cmd/kubeadm/app/phases/certs/certlist.go in kubernetes/kubernetes.
  const [kubernetes, frontProxy, etcd, serviceAccount] = await Promise.all([
    authority('kubernetes'),
    authority('front-proxy-ca'),
    authority('etcd-ca'),
    sources.rsaKeyPair(keyBits),
  ])
  return {
    throwAway: true,
    authorities: { kubernetes, frontProxy, etcd },
    serviceAccount,
    bootstrapToken: `${randomText(sources, 6)}.${randomText(sources, 16)}`,
    certificateKey: sources.random(32).toString('hex'),
  }
}

const tokenCharacters = '0123456789abcdefghijklmnopqrstuvwxyz'

/** Bytes from here on are thrown away: with them some characters would come more often than others. */
const fairBytes = 256 - (256 % tokenCharacters.length)

/** Characters of kubeadm's bootstrap tokens, each as likely as any other. */
function randomText({ random }: SecretSources, length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random(length - text.length))
      if (byte < fairBytes) text += tokenCharacters[byte % tokenCharacters.length]
  }
  return text
}
