/** What a machine's certificate is for; each has a fixed place on the machine. */
export const certificateKinds = ['etcd-server', 'etcd-peer', 'etcd-client', 'apiserver-etcd-client'] as const
export type CertificateKind = (typeof certificateKinds)[number]

/**
 * A certificate that a machine needs, as the profile has it now. Everything that stands in the certificate and can go out of
 * date is here, so that sync can compare.
 */
export type CertificateNeed = {
  /** Name of the machine that gets it. */
  machine: string
  kind: CertificateKind
  commonName: string
  organization?: string
  dnsNames: string[]
  addresses: string[]
  usages: ('server' | 'client')[]
}

/** What hakube's own server is reached by: the host of the profile's `server`. */
export type ServerNeed = Pick<CertificateNeed, 'commonName' | 'dnsNames' | 'addresses' | 'usages'>
