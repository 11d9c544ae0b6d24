import type { CodeSection } from './section.ts'

export const firewallCodes = {
  title: 'Firewall',
  codes: {
    'firewall/port': {
      severity: 'error',
      what: 'Not a port, a port range, or a port with its protocol',
      remedy: 'Write `7946/udp`, or a mapping with `protocol` and `ports`',
    },
    'firewall/name': {
      severity: 'error',
      what: 'Not a valid port name',
      remedy: 'Use lowercase letters, digits and dashes',
    },
    'firewall/source': {
      severity: 'error',
      what: 'A source that is neither an address nor a network',
      remedy: 'Write an address, or a network with its prefix length',
    },
    'firewall/machine': {
      severity: 'error',
      what: 'A port for a machine that is not in the profile',
      remedy: 'Use the name of a machine',
    },
    'firewall/off': {
      severity: 'warning',
      what: 'Ports to open while the firewall is off',
      remedy: 'Remove one of the two',
    },
  },
} as const satisfies CodeSection
