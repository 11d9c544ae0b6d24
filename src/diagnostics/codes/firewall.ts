import type { CodeSection } from './section.ts'

export const firewallCodes = {
  title: 'Firewall',
  codes: {
    'firewall/port': {
      severity: 'error',
      what: 'Not a port, a range of ports, or a port with its protocol',
      remedy: '`7946/udp`, or a mapping with `protocol` and `ports`',
    },
    'firewall/name': {
      severity: 'error',
      what: 'Not a name for a port',
      remedy: 'Lower case letters, digits and dashes',
    },
    'firewall/source': {
      severity: 'error',
      what: 'A source that is neither an address nor a network',
      remedy: 'An address, or a network with its prefix length',
    },
    'firewall/machine': {
      severity: 'error',
      what: 'A port for a machine that is not in the profile',
      remedy: 'The name of a machine',
    },
    'firewall/off': {
      severity: 'warning',
      what: 'Ports to open in a firewall that is off',
      remedy: 'Remove one of the two',
    },
  },
} as const satisfies CodeSection
