import { parse } from 'yaml'
import type { Cluster } from '../src/cluster/cluster.ts'
import { resolve } from '../src/cluster/resolve.ts'
import { parseProfile } from '../src/profile/load.ts'
import { Profile } from '../src/profile/schema.ts'
import { testSecrets } from './example.ts'

/** A profile of three control planes with three cards each. @param network lines below `network`, @param rest of the profile */
export const networkProfile = (
  distribution: string,
  network: string,
  { rest = '', address = '' }: { rest?: string; address?: string } = {},
): string => `hakube: 1
name: sample
server: http://10.1.0.5:8080
distribution: ${distribution}
network:
  subnet: 10.1.0.0/24
  gateway: 10.1.0.1
  nameServers: [10.1.0.1]
  searchDomain: example.com
${network
  .split('\n')
  .map((line) => (line === '' ? '' : `  ${line}`))
  .join('\n')}
hardware: {disk: /dev/sda}
machines:
${[1, 2, 3]
  .map(
    (number) => `  - name: control-${number}
    role: control-plane
    mac: [52:54:00:00:01:1${number}, 52:54:00:00:02:1${number}, 52:54:00:00:03:1${number}]
    address: 10.1.0.1${number}${address.replaceAll('#', String(number))}
`,
  )
  .join('')}  - name: worker-1
    role: worker
    mac: [52:54:00:00:01:14, 52:54:00:00:02:14, 52:54:00:00:03:14]
    address: 10.1.0.14${address.replaceAll('#', '4')}
loadBalancing: {api: {address: 10.1.0.10}}
kubernetes: {version: "1.36.4"}
networkPlugin: {name: other}
users: [{name: ops, sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com"]}]
${rest}`

/** @throws when `check` has something against it */
export function networkCluster(text: string): Cluster {
  const { diagnostics } = parseProfile(text, 'profile.yaml')
  if (diagnostics.some(({ severity }) => severity === 'error'))
    throw new Error(JSON.stringify(diagnostics, null, 1))
  return resolve(Profile.parse(parse(text)), new Map(), testSecrets)
}

export const rocky9 = '{name: rocky, version: "9"}'
export const debian12 = '{name: debian, version: "12"}'
export const ubuntu2404 = '{name: ubuntu, version: "24.04"}'

/** A rack with a bond of two cards, two VLANs on it, and a card to the outside. */
export const bondedRack = `interface: bond0
mtu: 9000
bonds:
  bond0: {interfaces: [card0, card1], mode: 802.3ad, lacpRate: fast, transmitHashPolicy: layer3+4}
vlans:
  bond0.20: {id: 20, link: bond0}
  backup: {id: 30, link: bond0, mtu: 1500}
bridges:
  br0: {interfaces: [backup]}
additional:
  storage: {subnet: 10.2.0.0/24, subnet6: 'fd00:2::/64', interface: bond0.20, mtu: 9000, nameServers: [10.2.0.1], searchDomains: [storage.example.com]}
  public: {subnet: 10.3.0.0/24, interface: card2, gateway: 10.3.0.1, table: 103}
`
export const bondedAddresses = "\n    addresses: [10.2.0.1#/24, 'fd00:2::1#', 10.3.0.1#]"
