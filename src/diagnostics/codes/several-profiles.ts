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
    'profiles/served-name': {
      severity: 'error',
      what: 'One server for two clusters with the same name',
      remedy: 'Rename one: `CLUSTER/NAME` names a machine',
    },
    'profiles/other-server': {
      severity: 'error',
      what: 'One server for profiles with different `server`',
      remedy: 'Write the same, or start a server for each',
    },
    'profiles/same-delivery-port': {
      severity: 'error',
      what: 'Machines of two clusters enrol on the same port, and each cluster has its own CA',
      remedy: 'Set `secrets.deliveryPort` to another port',
    },
    'profiles/other-syslog-port': {
      severity: 'error',
      what: 'One server for profiles with different `syslogPort`',
      remedy: 'Write the same port',
    },
    'profiles/other-asset': {
      severity: 'error',
      what: 'Two profiles need different contents of one file below assets/',
      remedy: 'Give one of the files another name',
    },
  },
} as const satisfies CodeSection
