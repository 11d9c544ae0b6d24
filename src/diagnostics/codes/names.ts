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
    'name/taken': {
      severity: 'error',
      what: 'A name that means something else: `localhost`, a number, a name that hakube gives a virtual address',
      remedy: 'Another name',
      source: 'RFC 6761, 6.3; inet_aton(3)',
    },
    'name/kubernetes': {
      severity: 'warning',
      what: 'A machine with the name of the service of the API',
      remedy: 'Another name',
    },
    'name/cluster-domain': {
      severity: 'error',
      what: 'Machines in the domain of services, for which CoreDNS alone answers',
      remedy: 'Another `network.searchDomain` or `kubernetes.domain`',
      source: 'CoreDNS, plugin kubernetes',
    },
  },
} as const satisfies CodeSection
