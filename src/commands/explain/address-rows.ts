import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { memberAddresses } from '../../cluster/families.ts'
import type { LineOf, Row } from './row.ts'

/** Rows for machines that also have IPv6 addresses in the cluster. */
export function address6Rows(cluster: Cluster, machine: Machine, lineOf: LineOf): Row[] {
  const place = lineOf(['machines', machine.index, 'addresses'])
  return memberAddresses(cluster, machine)
    .slice(1)
    .map((value) => ({
      name: 'IPv6 address',
      value,
      origin: place
        ? { kind: 'profile', ...place }
        : { kind: 'default', reason: 'derived from its IPv4 address' },
    }))
}
