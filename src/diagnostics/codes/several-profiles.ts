import type { CodeSection } from './section.ts'

export const severalProfilesCodes = {
  title: 'Several profiles together',
  codes: {
    'profiles/same-virtual-router-id': {
      severity: 'error',
      what: 'One virtual router id twice in a subnet, also when derived',
      remedy: '`loadBalancing.virtualRouterId`',
      source: 'RFC 5798, 5.2.3',
    },
    'profiles/copy': {
      severity: 'error',
      what: 'A profile has most of its MAC addresses and addresses from another',
      remedy: 'Its own name, MAC addresses and addresses',
    },
    'profiles/same-mac': { severity: 'error', what: 'A card in two profiles', remedy: 'One cluster' },
    'profiles/same-address': {
      severity: 'error',
      what: 'An address in two profiles',
      remedy: 'Each its own',
    },
    'profiles/same-name': { severity: 'warning', what: 'Two clusters with one name', remedy: 'Another name' },
  },
} as const satisfies CodeSection
