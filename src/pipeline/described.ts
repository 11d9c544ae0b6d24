import { assemble } from '../assembly/assemble.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { components } from '../components/index.ts'
import type { Described } from '../server/served-site.ts'
import type { SiteAbout } from '../site/manifest.ts'

/** The description of a served cluster for people. Steps are assembled when a machine is viewed. */
export function describedOf(cluster: Cluster, { profile, commit }: SiteAbout): Described {
  const machines = new Map(cluster.machines.map((machine) => [machine.macs[0], machine]))
  return {
    name: profile,
    commit,
    commits: new Map(),
    server: cluster.server,
    machines,
    steps(mac) {
      const machine = machines.get(mac)
      return machine ? assemble(components, cluster, machine).steps.map(({ name }) => name) : null
    },
  }
}
