import type { CodeSection } from './section.ts'

export const trustCodes = {
  title: 'CAs',
  codes: {
    'trust/text': {
      severity: 'error',
      what: 'A certificate with both `content` and `source`, or neither',
      remedy: 'Write exactly one',
    },
    'trust/certificate': {
      severity: 'error',
      what: 'Not a complete certificate in PEM',
      remedy: 'Write it from `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`',
    },
    'trust/authority': {
      severity: 'error',
      what: 'A server certificate, not that of a CA',
      remedy: 'Use the certificate of the CA that issued it',
      source: 'RFC 5280',
    },
    'trust/expired': {
      severity: 'error or warning',
      what: 'The certificate of a CA that is not valid now, or will expire within `secrets.warningDays`',
      remedy: 'Add the new certificate of the CA',
    },
    'trust/duplicate': { severity: 'error', what: 'The same certificate twice', remedy: 'Keep one' },
    'trust/file': {
      severity: 'warning',
      what: 'A file in a directory for CA certificates that no program adds to the bundle of trusted CAs',
      remedy: 'Use `trust`',
    },
    'trust/installer': {
      severity: 'warning',
      what: 'Anaconda fetches its image over TLS before it knows `trust`',
      remedy: 'Use a mirror over HTTP, or a certificate of a public CA',
    },
  },
} as const satisfies CodeSection
