import type { CertificateKind } from './certificate-need.ts'

export type { CertificateKind } from './certificate-need.ts'

/** A certificate and its private key, both PEM. */
export type KeyPair = { certificate: string; key: string }

/** The certificates of one machine, each with a key that no other machine has. */
export type MachineCertificates = Readonly<Partial<Record<CertificateKind, KeyPair>>>

/**
 * The CAs by which hakube's server and a machine know each other. They have nothing to do with those of the cluster: whoever trusts one
 * need not trust the other.
 */
export type Enrolment = {
  /** Signed the certificate of hakube's server; its own certificate is in each seed. */
  serverAuthority: KeyPair
  /** Signs the keys that machines make themselves. */
  machineAuthority: KeyPair
}

/** All that is secret in a cluster. The encrypted bundle holds it; machines get only the parts that they need. */
export type Secrets = {
  /** True when made for one run by `--ephemeral-secrets`: whatever is rendered from it must not reach a real rack. */
  ephemeral: boolean
  authorities: { kubernetes: KeyPair; frontProxy: KeyPair; etcd: KeyPair }
  /** PEM; signs service-account tokens on all control planes. */
  serviceAccount: { publicKey: string; privateKey: string }
  /** `abcdef.0123456789abcdef`, kubeadm's bootstrap token. */
  bootstrapToken: string
  /** 64 hexadecimal digits: encrypts the certificates that `kubeadm init --upload-certs` uploads. */
  certificateKey: string
  /** Eight characters, which is all that VRRP's `auth_pass` takes (keepalived.conf(5)). */
  keepalivedPassword: string
  /** 64 hexadecimal digits, for a protected channel between the load balancers. */
  conntrackdKey: string
  /**
   * 32 bytes each, base64. The first encrypts objects in etcd, all decrypt: what was written before a rotation has to be read.
   * Empty in a bundle that is older than the first of them.
   */
  encryptionKeys: readonly string[]
  /**
   * By name of the machine; only machines that need a certificate are in it. Made by {@link machineRecord}, so that a machine
   * named `constructor` finds nothing but what is its own.
   */
  machines: Readonly<Record<string, MachineCertificates>>
  /** hakube's server's own certificate: it signs itself where there is no `enrolment`. */
  server: KeyPair | null
  /** Texts of the user's own by name (text/own-name.ts); absent in a bundle that has none. */
  own?: Readonly<Record<string, string>>
  /** Null where the profile does not need it: `secrets.delivery: inline`. */
  enrolment: Enrolment | null
}

/** An empty record by machine name that inherits nothing. */
export const machineRecord = <Value>(
  entries: Iterable<readonly [string, Value]> = [],
): Record<string, Value> => {
  // Object.create is typed `any`.
  const record: Record<string, Value> = Object.create(null)
  for (const [name, value] of entries) record[name] = value
  return record
}

/**
 * A secret of the user's own. Ephemeral secrets have a text for every name, so that a profile can be tried without its bundle.
 *
 * @returns null where the bundle has none of that name
 */
export function ownSecret({ ephemeral, own = {} }: Secrets, name: string): string | null {
  if (Object.hasOwn(own, name)) return own[name] ?? null
  return ephemeral ? `ephemeral-${name}` : null
}
