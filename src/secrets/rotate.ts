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

/** The names of CAs on the command line. */
export const authorityWords: Record<AuthorityName, string> = {
  kubernetes: 'authority/kubernetes',
  frontProxy: 'authority/front-proxy',
  etcd: 'authority/etcd',
}

/** The values that `rotate` accepts besides `machine/NAME`. */
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
 * Replaces one secret. sync has to remake afterwards what a replaced CA had signed, and what is removed here.
 *
 * @param what one of {@link rotatable}, or `machine/NAME`
 * @returns null when there is no such secret
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
      // Objects in etcd were encrypted with the old keys, which still have to decrypt them.
      return { ...secrets, encryptionKeys: [makeEncryptionKey(sources), ...secrets.encryptionKeys] }
    case 'old-encryption-keys':
      return { ...secrets, encryptionKeys: secrets.encryptionKeys.slice(0, 1) }
    case 'server':
      return { ...secrets, server: null }
    case 'enrolment':
      // sync makes new ones, and with them the certificate of the server.
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
