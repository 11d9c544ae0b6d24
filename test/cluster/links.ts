import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import type { Link } from '../../src/cluster/link-types.ts'
import { bondedAddresses, bondedRack, networkCluster, networkProfile, rocky9 } from '../network-profile.ts'

/** Machines with three cards each and this below `network` of the profile. */
export const clusterOf = (network: string, { distribution = rocky9, address = '' } = {}): Cluster =>
  networkCluster(networkProfile(distribution, network, { address }))

export const machineOf = (cluster: Cluster, name = 'control-1'): Machine =>
  cluster.machines.find((each) => each.name === name)!

/** A link without what is empty. */
export const shown = ({ name, kind, ...rest }: Link): string =>
  `${kind} ${name}: ${JSON.stringify(
    Object.fromEntries(
      Object.entries(rest).filter(
        ([, value]) => value !== null && value !== false && (!Array.isArray(value) || value.length > 0),
      ),
    ),
  )}`

/** Bonds, VLANs, a bridge and two additional networks. */
export const bonded = clusterOf(bondedRack, { address: bondedAddresses })
