import { parse } from 'yaml'
import type { Cluster } from '../src/cluster/cluster.ts'
import { resolve } from '../src/cluster/resolve.ts'
import { parseProfile } from '../src/profile/load.ts'
import { Profile } from '../src/profile/schema.ts'
import { testSecrets } from './example.ts'

/** Two control planes behind a load balancer of someone else, and a worker; pods and services have both families. */
export const dualStackText = `hakube: 1
name: sample
server: http://10.1.0.5:8080
distribution: {name: rocky, version: "9"}
network:
  subnet: 10.1.0.0/24
  gateway: 10.1.0.1
  subnet6: fd00:10:1::/64
  gateway6: fd00:10:1::1
  nameServers: [10.1.0.1]
hardware: {disk: /dev/sda}
machines:
  - {name: control-1, role: control-plane, mac: "52:54:00:00:01:11", address: 10.1.0.11, addresses: ["fd00:10:1::11"]}
  - {name: control-2, role: control-plane, mac: "52:54:00:00:01:12", address: 10.1.0.12, addresses: ["fd00:10:1::12"]}
  - {name: control-3, role: control-plane, mac: "52:54:00:00:01:13", address: 10.1.0.13, addresses: ["fd00:10:1::13"]}
  - {name: worker-1, role: worker, mac: "52:54:00:00:01:21", address: 10.1.0.21}
loadBalancing: {placement: external, api: {address: 10.1.0.10}}
kubernetes:
  version: "1.36.4"
  podNetwork: [10.244.0.0/16, "fd00:10:244::/56"]
  serviceNetwork: [10.96.0.0/16, "fd00:10:96::/112"]
networkPlugin: {name: other}
users: [{name: ops, sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com"]}]
`

/** With changes of the text; one that changes nothing is a mistake of the test. */
export function dualStackWith(...changes: [from: string, to: string][]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`not in the profile: ${from}`)
    return text.replace(from, () => to)
  }, dualStackText)
}

export const ipv6First: [string, string][] = [
  ['[10.244.0.0/16, "fd00:10:244::/56"]', '["fd00:10:244::/56", 10.244.0.0/16]'],
  ['[10.96.0.0/16, "fd00:10:96::/112"]', '["fd00:10:96::/112", 10.96.0.0/16]'],
]

export const ipv6Only: [string, string][] = [
  ['[10.244.0.0/16, "fd00:10:244::/56"]', '"fd00:10:244::/56"'],
  ['[10.96.0.0/16, "fd00:10:96::/112"]', '"fd00:10:96::/112"'],
]

/** With Kubernetes 1.20.2, on Debian 12. */
export const withOldKubernetes: [string, string][] = [
  ['"1.36.4"', '"1.20.2"'],
  ['networkPlugin:', 'mirrors: {kubernetes: "http://10.1.0.5/kubernetes"}\nnetworkPlugin:'],
  ['{name: rocky, version: "9"}', '{name: debian, version: "12"}'],
]

/** The cluster of a profile without mistakes. */
export function dualStackCluster(...changes: [from: string, to: string][]): Cluster {
  const text = dualStackWith(...changes)
  const errors = parseProfile(text, 'profile.yaml').diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
  return resolve(Profile.parse(parse(text)), new Map(), testSecrets)
}
