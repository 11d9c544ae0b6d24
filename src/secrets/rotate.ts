import { makeEncryptionKey } from './encryption-key.ts'
import {
  authorityNames,
  type AuthorityName,
  makeAuthority,
  makeBootstrapToken,
  makeKey,
  makePassword,
  type MakePolicy,
} from './make.ts'
import { machineRecord, type Secrets } from './secrets.ts'
import type { SecretSources } from './sources.ts'

/** How the command line names them. */
export const authorityWords: Record<AuthorityName, string> = {
  kubernetes: 'authority/kubernetes',
  frontProxy: 'authority/front-proxy',
  etcd: 'authority/etcd',
}

/** What `rotate` takes beside `machine/NAME`. */
export const rotatable = [
  'bootstrap-token',
  'certificate-key',
  'service-account',
  'keepalived-password',
  'conntrackd-key',
  'encryption-key',
  'old-encryption-keys',
  'server',
  'enrolment',
  ...Object.values(authorityWords),
]

/**
 * Replaces one secret. What was signed by a replaced CA, or is taken out here, has to be made by sync afterwards.
 *
 * @param what one of {@link rotatable}, or `machine/NAME`
 * @returns null when there is no such thing
 */
export async function rotate(
  secrets: Secrets,
  what: string,
  sources: SecretSources,
  policy: Pick<MakePolicy, 'keyBits'>,
): Promise<Secrets | null> {
  const name = authorityNames.find((each) => authorityWords[each] === what)
  if (name) {
    const authority = await makeAuthority(name, sources, policy)
    return { ...secrets, authorities: { ...secrets.authorities, [name]: authority } }
  }
  switch (what) {
    case 'bootstrap-token':
      return { ...secrets, bootstrapToken: makeBootstrapToken(sources) }
    case 'certificate-key':
      return { ...secrets, certificateKey: makeKey(sources) }
    case 'service-account':
      return { ...secrets, serviceAccount: await sources.rsaKeyPair(policy.keyBits) }
    case 'keepalived-password':
      return { ...secrets, keepalivedPassword: makePassword(sources) }
    case 'conntrackd-key':
      return { ...secrets, conntrackdKey: makeKey(sources) }
    case 'encryption-key':
      // Whatever is in etcd was written with the old ones: they go on to decrypt.
      return { ...secrets, encryptionKeys: [makeEncryptionKey(sources), ...secrets.encryptionKeys] }
    case 'old-encryption-keys':
      return { ...secrets, encryptionKeys: secrets.encryptionKeys.slice(0, 1) }
    case 'server':
      return { ...secrets, server: null }
    case 'enrolment':
      // sync makes others, and with them the certificate of the server.
      return secrets.enrolment && { ...secrets, enrolment: null }
    default:
      return withoutMachine(secrets, what)
  }
}

function withoutMachine(secrets: Secrets, what: string): Secrets | null {
  const machine = /^machine\/(.+)$/.exec(what)?.[1]
  if (machine === undefined || secrets.machines[machine] === undefined) return null
  const others = Object.entries(secrets.machines).filter(([name]) => name !== machine)
  return { ...secrets, machines: machineRecord(others) }
}
