import { assemble } from '../assembly/assemble.ts'
import { machineFiles } from '../assembly/first-boot.ts'
import { ownCertificates } from '../cluster/certificate-needs.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { components } from '../components/index.ts'
import { type About, delivered } from '../delivery/manifest.ts'
import { bytesOf, machineTar } from '../delivery/tar.ts'
import type { Enrolling } from '../server/served-site.ts'

/**
 * What a server needs to enrol the machines of a cluster; null if seeds contain the secrets. A machine's secrets are assembled on
 * request: a machine asks once or twice, and those of a large rack would fill the memory.
 *
 * @param profile its file
 */
export function enrollingOf(profile: string, cluster: Cluster, about: About): Enrolling | null {
  const { enrolment, server } = cluster.secrets
  if (cluster.enrolment === null) return null
  if (enrolment === null || server === null) throw new Error('the secrets contain no CAs for enrolment')
  const machines = new Map(cluster.machines.map((machine) => [machine.macs[0], machine]))
  const { url, port, ...policy } = cluster.enrolment
  return {
    profile,
    url,
    port,
    server,
    machineAuthority: enrolment.machineAuthority,
    addresses: new Map(cluster.machines.map(({ macs, address }) => [macs[0], address])),
    ownCertificates(mac) {
      const machine = machines.get(mac)
      return machine
        ? { needs: ownCertificates(cluster, machine), authority: cluster.secrets.authorities.etcd, policy }
        : null
    },
    secrets(mac) {
      const machine = machines.get(mac)
      return machine ? whole(bytesOf(machineTar(secretDelivery(cluster, machine), about))) : null
    },
  }
}

function secretDelivery(cluster: Cluster, machine: Cluster['machines'][number]) {
  const files = machineFiles(cluster, assemble(components, cluster, machine))
    .filter(({ secret }) => secret === true)
    .map((file) => delivered(file))
  return { cluster, machine, units: [], files, since: null }
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const list: Uint8Array[] = []
  for await (const piece of pieces) list.push(piece)
  return Buffer.concat(list)
}
