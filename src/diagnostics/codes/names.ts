import type { CodeSection } from './section.ts'

export const namesCodes = {
  title: 'Names',
  codes: {
    'name/not-a-label': {
      severity: 'error',
      what: 'A host or cluster name that is not an RFC 1123 label',
      remedy: 'Use at most 63 lowercase letters, digits and dashes',
      source: 'RFC 1123, 2.1',
    },
    'name/not-a-domain': {
      severity: 'error',
      what: '`searchDomain` or `domain` is not a domain name',
      remedy: 'Use lowercase labels separated by dots',
      source: 'RFC 1123, 2.1',
    },
    'name/too-long': {
      severity: 'error',
      what: 'A name longer than 253 characters, including its domain, or than 63 for `kubernetes.nodeNames: full`',
      remedy: 'Shorten it',
      source: 'RFC 1123, 2.1',
    },
    'name/no-domain': {
      severity: 'error',
      what: '`kubernetes.nodeNames: full` without `network.searchDomain`',
      remedy: 'Set `network.searchDomain`',
    },
    'name/duplicate': {
      severity: 'error',
      what: 'Two machines with the same name',
      remedy: 'Give each machine a unique name',
      source: 'kubernetes/kubeadm#1711',
    },
    'name/taken': {
      severity: 'error',
      what: 'A name with another meaning: `localhost`, a number, a name that hakube gives a virtual address',
      remedy: 'Use another name',
      source: 'RFC 6761, 6.3; inet_aton(3)',
    },
    'regional/timezone': {
      severity: 'error',
      what: 'Not a time zone, or a name that new distributions do not install',
      remedy: 'Write a name such as `Europe/Berlin`, or `UTC`',
      source: 'IANA, Time Zone Database',
    },
    'regional/locale': {
      severity: 'error',
      what: 'Not a language with the character set UTF-8',
      remedy: 'Write e.g. `de_DE.UTF-8`',
      source: 'locale(7)',
    },
    'regional/keyboard': {
      severity: 'error or warning',
      what: 'Not a keyboard layout of X11; a warning for one that hakube does not know',
      remedy: 'Write e.g. `us`, `gb`, `de` or `de(nodeadkeys)`',
      source: 'xkeyboard-config(7)',
    },
    'hosts/address': {
      severity: 'error',
      what: 'Not an address in `extraHosts`',
      remedy: 'Write an IPv4 or IPv6 address',
    },
    'hosts/name': {
      severity: 'error',
      what: 'Not a host name in `extraHosts`',
      remedy: 'Write letters, digits and dashes, with dots between the parts; no wildcards',
      source: 'hosts(5)',
    },
    'hosts/name-taken': {
      severity: 'error',
      what: 'A name in `extraHosts` that /etc/hosts has with another address',
      remedy: 'Use another name, or remove one of the two lines',
      source: 'hosts(5)',
    },
    'name/kubernetes': {
      severity: 'warning',
      what: "A machine with the name of the API's service",
      remedy: 'Use another name',
    },
    'name/cluster-domain': {
      severity: 'error',
      what: 'Machines in the domain of services, which only CoreDNS resolves',
      remedy: 'Change `network.searchDomain` or `kubernetes.domain`',
      source: 'CoreDNS, plugin kubernetes',
    },
  },
} as const satisfies CodeSection
