import type { CodeSection } from './section.ts'

export const severalProfilesCodes = {
  title: 'Several profiles together',
  codes: {
    'profiles/same-virtual-router-id': {
      severity: 'error',
      what: 'The same virtual router ID twice in a subnet, set or derived',
      remedy: 'Set `loadBalancing.virtualRouterId`',
      source: 'RFC 5798, 5.2.3',
    },
    'profiles/copy': {
      severity: 'error',
      what: 'A profile shares most of its MAC and IP addresses with another',
      remedy: 'Give it its own name, MAC addresses and IP addresses',
    },
    'profiles/same-mac': {
      severity: 'error',
      what: 'The same MAC address in two profiles',
      remedy: 'Keep it in one cluster',
    },
    'profiles/same-address': {
      severity: 'error',
      what: 'The same IP address in two profiles',
      remedy: 'Give each its own',
    },
    'profiles/same-name': {
      severity: 'warning',
      what: 'Two clusters with the same name',
      remedy: 'Rename one',
    },
  },
} as const satisfies CodeSection
