import type { CodeSection } from './section.ts'

export const dualStackCodes = {
  title: 'Address families',
  codes: {
    'dual-stack/families': {
      severity: 'error',
      what: 'The networks of pods and services are not of the same address families, in the same order, with one network of each',
      remedy: 'Write one IPv4 and one IPv6 network for both, or one network for both',
      source: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/',
    },
    'dual-stack/node-address': {
      severity: 'error',
      what: 'A node without an IPv6 address whose pods have one',
      remedy: 'Set `subnet6` and write the address in `addresses` of the machine',
      source: 'https://kubernetes.io/docs/concepts/services-networking/dual-stack/',
    },
    'dual-stack/no-gateway': {
      severity: 'warning',
      what: 'Nodes with pods that use IPv6 without `gateway6`: nodes forward packets, so they ignore router advertisements',
      remedy: 'Set `gateway6`',
    },
    'dual-stack/gate': {
      severity: 'error',
      what: 'The feature gate `IPv6DualStack` is off, but there are networks of two families',
      remedy: 'Remove the gate: hakube sets it where a release needs it',
    },
    'dual-stack/network-plugin': {
      severity: 'error',
      what: 'A network plugin that connects pods by IPv4 only',
      remedy: 'Use flannel by manifest, Calico or Cilium',
    },
    'dual-stack/ipv6-off': {
      severity: 'error',
      what: 'A setting of nodes disables IPv6, but pods have IPv6 addresses',
      remedy: 'Remove one of the two',
    },
  },
} as const satisfies CodeSection
