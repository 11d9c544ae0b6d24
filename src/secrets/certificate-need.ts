/** The purposes of machines' certificates; each has a fixed path on the machine. */
export const certificateKinds = ['etcd-server', 'etcd-peer', 'etcd-client', 'apiserver-etcd-client'] as const
export type CertificateKind = (typeof certificateKinds)[number]

/**
 * A certificate that a machine needs according to the current profile, with all fields that can become outdated, so that sync can compare
 * them.
 */
export type CertificateNeed = {
  /** Name of the machine. */
  machine: string
  kind: CertificateKind
  commonName: string
  organization?: string
  dnsNames: string[]
  addresses: string[]
  usages: ('server' | 'client')[]
  /** Of a new key. Default: RSA, like the keys that kubeadm makes. */
  keyType?: 'p256'
}

/** The names and addresses of hakube's server: the host of the profile's `server`. */
export type ServerNeed = Pick<CertificateNeed, 'commonName' | 'dnsNames' | 'addresses' | 'usages'>
