import type { Distribution } from './distribution.ts'

export type TrustStore = {
  /** The directory for the machine's own certificates, with a trailing slash. */
  directory: string
  /** File extension in that directory. */
  ending: string
  /** The file that programs read; it is generated from the directory and the distribution's certificates. */
  bundle: string
  /** Package with the program that generates it. */
  package: string
}

/**
 * By family: update-ca-certificates(8) of Debian, which reads files that end in .crt with one certificate each; update-ca-trust(8) of Red
 * Hat. Go programs, and thus container runtimes and the kubelet, look for both bundles (crypto/x509/root_linux.go).
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
