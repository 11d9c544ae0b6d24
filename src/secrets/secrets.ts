import type { CertificateKind } from './certificate-need.ts'

export type { CertificateKind } from './certificate-need.ts'

/** A certificate and its private key, both PEM. */
export type KeyPair = { certificate: string; key: string }

/** The certificates of one machine, whose keys no other machine has. */
export type MachineCertificates = Readonly<Partial<Record<CertificateKind, KeyPair>>>

/**
 * The CAs by which hakube's server and machines authenticate each other. They are independent of those of the cluster, so that trusting
 * one does not mean trusting the other.
 */
export type Enrolment = {
  /** Issued the certificate of hakube's server; this CA's certificate is in each seed. */
  serverAuthority: KeyPair
  /** Issues certificates for the keys that machines make themselves. */
  machineAuthority: KeyPair
}

/** All secrets of a cluster. The encrypted bundle contains them; machines get only the parts that they need. */
export type Secrets = {
  /** True if `--ephemeral-secrets` made them for one run: what is rendered from them must not reach a real rack. */
  ephemeral: boolean
  authorities: { kubernetes: KeyPair; frontProxy: KeyPair; etcd: KeyPair }
  /** PEM; signs service-account tokens on all control planes. */
  serviceAccount: { publicKey: string; privateKey: string }
  /** `abcdef.0123456789abcdef`, kubeadm's bootstrap token. */
  bootstrapToken: string
  /** 64 hexadecimal digits: encrypts the certificates that `kubeadm init --upload-certs` uploads. */
  certificateKey: string
  /** Eight characters, the maximum of VRRP's `auth_pass` (keepalived.conf(5)). */
  keepalivedPassword: string
  /** 64 hexadecimal digits, which encrypt the channel between the load balancers. */
  conntrackdKey: string
  /**
   * 32 bytes each, base64. The first one encrypts objects in etcd; all of them decrypt, because objects written before a rotation must
   * remain readable. Empty in a bundle that is older than this field.
   */
  encryptionKeys: readonly string[]
  /**
   * By machine name; only machines that need a certificate have an entry. Made by {@link machineRecord}, so that a machine named
   * `constructor` finds nothing inherited.
   */
  machines: Readonly<Record<string, MachineCertificates>>
  /** The certificate of hakube's server: self-signed without `enrolment`. */
  server: KeyPair | null
  /** User-defined secrets by name (text/own-name.ts); absent if there are none. */
  own?: Readonly<Record<string, string>>
  /** Null if the profile does not need it: `secrets.delivery: inline`. */
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
 * A user-defined secret. Ephemeral secrets have a text for every name, so that a profile can be tried without its bundle.
 *
 * @returns null if the bundle has no secret of that name
 */
export function ownSecret({ ephemeral, own = {} }: Secrets, name: string): string | null {
  if (Object.hasOwn(own, name)) return own[name] ?? null
  return ephemeral ? `ephemeral-${name}` : null
}
