import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'
import { isSystemError } from '../files/system-error.ts'

/** The bundles of CAs that the system trusts, in Debian's and Red Hat's families, for curl and other programs. */
const systemBundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt']

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * The CAs that a download trusts: Node's, the system's, those of NODE_EXTRA_CA_CERTS, and the profile's own.
 *
 * @param own as PEM
 */
export async function trustedCertificates(
  environment: Readonly<Record<string, string | undefined>>,
  own: readonly string[],
): Promise<string[]> {
  const extra = environment['NODE_EXTRA_CA_CERTS']
  const certificates = new Set([...rootCertificates, ...own])
  for (const file of [...systemBundles, ...(extra ? [extra] : [])]) {
    try {
      for (const [certificate] of (await readFile(file, 'utf8')).matchAll(pem)) certificates.add(certificate)
    } catch (fault) {
      if (!isSystemError(fault)) throw fault
    }
  }
  return [...certificates]
}
