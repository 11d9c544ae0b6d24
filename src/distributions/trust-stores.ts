import type { Distribution } from './distribution.ts'

export type TrustStore = {
  /** Where a machine's own certificates are put, with a slash at its end. */
  directory: string
  /** Of the names of files there. */
  ending: string
  /** What programs read, made from the directory and the distribution's certificates. */
  bundle: string
  /** Package that makes it. */
  package: string
}

/**
 * By family: update-ca-certificates(8) of Debian, which takes files that end in .crt with one certificate each; update-ca-trust(8) of
 * Red Hat. Both bundles are among those that Go programs look for (crypto/x509/root_linux.go), so container runtimes and the kubelet too.
 */
export const trustStores: Readonly<Record<Distribution['family'], TrustStore>> = {
  debian: {
    directory: '/usr/local/share/ca-certificates/',
    ending: '.crt',
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    package: 'ca-certificates',
  },
  rhel: {
    directory: '/etc/pki/ca-trust/source/anchors/',
    ending: '.pem',
    bundle: '/etc/pki/tls/certs/ca-bundle.crt',
    package: 'ca-certificates',
  },
}
