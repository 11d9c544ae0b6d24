import { createHash, X509Certificate } from 'node:crypto'

/**
 * What `kubeadm join` knows the cluster's CA by (`discovery.bootstrapToken.caCertHashes`): SHA-256 of the certificate's
 * SubjectPublicKeyInfo. Not the `openssl rsa` line of older guides: for a key that is not RSA that gives the hash of nothing.
 * Source: cmd/kubeadm/app/util/pubkeypin/pubkeypin.go in kubernetes/kubernetes.
 *
 * @param certificate PEM
 * @returns e.g. `sha256:3f5a…`
 */
export function authorityHash(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}
