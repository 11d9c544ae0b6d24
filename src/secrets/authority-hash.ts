import { createHash, X509Certificate } from 'node:crypto'

/**
 * The hash by which `kubeadm join` verifies the cluster's CA (`discovery.bootstrapToken.caCertHashes`): SHA-256 of the certificate's
 * SubjectPublicKeyInfo. The `openssl rsa` command of older guides does not work here: for other key types it returns the hash of empty
 * input. Source: cmd/kubeadm/app/util/pubkeypin/pubkeypin.go in kubernetes/kubernetes.
 *
 * @param certificate PEM
 * @returns e.g. `sha256:3f5a…`
 */
export function authorityHash(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}
