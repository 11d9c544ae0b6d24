import type { CodeSection } from './section.ts'

export const namesCodes = {
  title: 'Names',
  codes: {
    'name/not-a-label': {
      severity: 'error',
      what: 'A host or cluster name that is no RFC 1123 label',
      remedy: 'Lower case letters, digits, dashes; at most 63',
      source: 'RFC 1123, 2.1',
    },
    'name/not-a-domain': {
      severity: 'error',
      what: '`searchDomain` or `domain` is no domain name',
      remedy: 'Lower case labels with dots between them',
      source: 'RFC 1123, 2.1',
    },
    'name/too-long': {
      severity: 'error',
      what: 'A name that has more than 253 characters with its domain',
      remedy: 'Shorten it',
      source: 'RFC 1123, 2.1',
    },
    'name/duplicate': {
      severity: 'error',
      what: 'Two machines with one name',
      remedy: 'Each its own',
      source: 'kubernetes/kubeadm#1711',
    },
  },
} as const satisfies CodeSection
