import { expect, it } from 'vitest'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster } from '../components/host.ts'

/* What the rules of the profile refuse gives an error here, not a cluster that is wrong. */

it.each<[string, (profile: Profile) => void, string]>([
  [
    'a port that is none',
    (profile) => (profile.firewall = { ports: ['x/tcp'] }),
    'not a port: x: a rule of the profile should have rejected it',
  ],
  [
    'an audit policy without its file',
    ({ kubernetes }) => (kubernetes.audit = { source: 'audit.yaml' }),
    'no text for the audit policy audit.yaml',
  ],
  [
    'a pod network that is none',
    ({ kubernetes }) => (kubernetes.podNetwork = '10.0.0.0'),
    'not a network: 10.0.0.0',
  ],
  [
    'a service network that is none',
    ({ kubernetes }) => (kubernetes.serviceNetwork = 'x'),
    'not a network: x',
  ],
  [
    'a certificate without its file',
    (profile) => (profile.trust = [{ source: 'ca.pem' }]),
    'a certificate has no text: a rule of the profile should have rejected it',
  ],
  [
    'a certificate without anything',
    (profile) => (profile.trust = [{}]),
    'a certificate has no text: a rule of the profile should have rejected it',
  ],
  [
    'a certificate that is none',
    (profile) =>
      (profile.trust = [{ content: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }]),
    'not a certificate: a rule of the profile should have rejected it',
  ],
  [
    'a size that is none',
    (profile) => (profile.hardware = { disk: '/dev/sda', rootSize: 'large' }),
    'not a size: large: a rule of the profile should have rejected it',
  ],
  [
    'a machine without a MAC address',
    ({ machines }) => (machines[0]!.mac = []),
    'sample-haproxy-001: no MAC address',
  ],
  ['a machine in no subnet', ({ machines }) => (machines[0]!.address = 'x'), 'not an address: x'],
])('%s is an error', (_, change, message) => {
  expect(() => changedCluster(change)).toThrow(new Error(message))
})
