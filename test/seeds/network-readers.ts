import * as fc from 'fast-check'
import { linksOf } from '../../src/cluster/links.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { networkConfig } from '../../src/seeds/network-config.ts'
import { networkManagerFiles } from '../../src/seeds/network-manager.ts'
import { toYaml } from '../../src/templates/yaml.ts'
import { networkCluster, networkProfile, rocky9, ubuntu2404 } from '../network-profile.ts'
import { convert, netplan, nmcli } from '../support/network-readers.ts'
import { anyNetwork } from './random-networks.ts'

const profileOf = (distribution: string, network: Record<string, unknown>): string => {
  const further = network['additional'] === undefined ? '' : '\n    addresses: [10.2.1.1#, 10.2.2.1#]'
  return networkProfile(distribution, toYaml(network), { address: further })
    .replace('address: 10.1.0.11', 'address: 10.1.0.11')
    .replaceAll(/(52:54:00:00):03:(1\d)\]/g, '$1:03:$2, $1:04:$2]')
}

/** Networks that `check` has nothing against, with a seed that repeats them. */
export const rightNetworks = (number: number, seed: number): Record<string, unknown>[] =>
  fc
    .sample(anyNetwork, { numRuns: number, seed })
    .filter((network) =>
      parseProfile(profileOf(rocky9, network), 'profile.yaml').diagnostics.every(
        ({ severity }) => severity !== 'error',
      ),
    )

/** Throws where a program refuses what hakube writes for this network, or leaves something out. */
export function readByAll(directory: string, network: Record<string, unknown>): void {
  const cluster = networkCluster(profileOf(ubuntu2404, network))
  const machine = cluster.machines[0]!
  const config = networkConfig(cluster, machine)
  const units = netplan(directory, toYaml({ network: config }))
  const all = Object.values(units).join('\n')
  for (const { addresses } of linksOf(cluster, machine))
    for (const address of addresses)
      if (!all.includes(`Address=${address}\n`)) throw new Error(`netplan left out ${address}`)
  for (const kind of ['netplan', 'networkd', 'sysconfig', 'network-manager', 'eni'] as const) {
    const { text } = convert(directory, config, kind)
    if (!text.includes('10.1.0.11')) throw new Error(`${kind} left out 10.1.0.11`)
  }
  const rocky = networkCluster(profileOf(rocky9, network))
  for (const { path, text } of networkManagerFiles(rocky, rocky.machines[0]!)) {
    const { missing } = nmcli(directory, text)
    if (missing.length > 0) throw new Error(`${path}: NetworkManager left out ${missing.join(', ')}`)
  }
}
