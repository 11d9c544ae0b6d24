import type { Cluster } from '../../src/cluster/cluster.ts'
import { changedCluster } from '../components/host.ts'

/** A cluster with both architectures and firmwares, several cards, IPv6 name servers, and values that a file could take for its own. */
export function hostileCluster(): Cluster {
  const cluster = changedCluster(() => {})
  const [first, second, ...others] = cluster.machines
  if (!first || !second) throw new Error('the example has too few machines')
  return {
    ...cluster,
    name: 'a "quoted" # \\ cluster',
    network: {
      ...cluster.network,
      nameServers: ['10.10.10.2', 'fd00::2', '10.10.10.3'],
      searchDomain: 'a"b\\c,d#e.example',
    },
    machines: [
      { ...first, architecture: 'arm64', firmware: 'uefi', macs: [first.macs[0], '52-54-00-ff-ff-01'] },
      { ...second, firmware: 'uefi' },
      ...others,
    ],
  }
}
