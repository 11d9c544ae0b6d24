import { bootScripts } from '../../boot/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { releaseName } from '../../components/release.ts'
import { qualifiedName } from '../../server/machine-name.ts'
import { type Described, prepareFiles, type PreparedFile, type ServedSite } from '../../server/served-site.ts'

/** The site of one cluster. Sites of one server have the same `server`, and no MAC address or cluster name in common. */
export type ClusterSite = { cluster: Cluster; site: ServedSite }

/** Clusters that a boot script names; more do not fit on a screen. */
const mostNames = 4

export const severalNames = (names: readonly string[]): string =>
  names.length <= mostNames ? names.join(', ') : `${names.slice(0, mostNames).join(', ')} and others`

/**
 * Files of machines, each under the paths of its cluster's site: those contain its MAC addresses.
 *
 * Other files list all machines, for the operator (`dhcp/`), or concern one cluster and are made again.
 */
function filesOf({ cluster, site }: ClusterSite): [string, PreparedFile][] {
  return [...site.files].flatMap(([path, file]): [string, PreparedFile][] =>
    file.machine === null ? [] : [[path, { ...file, machine: qualifiedName(cluster.name, file.machine) }]],
  )
}

/** The boot scripts that belong to no machine. All but their title depends on `server` alone. */
function commonFiles(clusters: readonly Cluster[]): [string, PreparedFile][] {
  const [first] = clusters
  if (!first) return []
  const name = severalNames(clusters.map((cluster) => cluster.name))
  const syslog = clusters.find((cluster) => cluster.syslog !== null)?.syslog ?? null
  return [...prepareFiles(bootScripts({ ...first, name, syslog }))]
}

/** A machine asks for `release` without saying which it is, so its addresses decide. */
function releasesOf({ cluster, site }: ClusterSite): [string, PreparedFile][] {
  const release = site.files.get(releaseName)
  if (!release) return []
  return cluster.machines.flatMap(({ address, network }) =>
    [address, ...network.further.map((each) => each.address)].map((each): [string, PreparedFile] => [
      each,
      release,
    ]),
  )
}

function describedOf(parts: readonly ClusterSite[]): Described {
  const commits = new Set(parts.map(({ site }) => site.described.commit))
  const [common = null] = commits.size === 1 ? commits : []
  const all = parts.map(({ site }) => site.described)
  return {
    name: severalNames(parts.map(({ cluster }) => cluster.name)),
    commit: common,
    commits: new Map(
      commits.size === 1
        ? []
        : all.flatMap(({ machines, commit }) => [...machines.keys()].map((mac) => [mac, commit] as const)),
    ),
    server: all[0]?.server ?? null,
    machines: new Map(all.flatMap(({ machines }) => [...machines])),
    steps: (mac) => all.find(({ machines }) => machines.has(mac))?.steps(mac) ?? null,
  }
}

/**
 * One site of the sites of several clusters, in which machines have the names `CLUSTER/NAME`.
 *
 * @throws for a file that two of them have: the rules of profiles exclude it
 */
export function mergeSites(parts: readonly ClusterSite[]): ServedSite {
  const files = new Map<string, PreparedFile>()
  for (const part of parts)
    for (const [path, file] of filesOf(part)) {
      const other = files.get(path)
      if (other) throw new Error(`${file.machine} and ${other.machine} both have the file ${path}`)
      files.set(path, file)
    }
  for (const [path, file] of commonFiles(parts.map(({ cluster }) => cluster))) files.set(path, file)
  const sites = parts.map(({ site }) => site)
  return {
    machines: new Map(
      parts.flatMap(({ cluster, site }) =>
        [...site.machines].map(
          ([mac, machine]) => [mac, { ...machine, name: qualifiedName(cluster.name, machine.name) }] as const,
        ),
      ),
    ),
    files,
    inMemory: new Set(sites.flatMap(({ inMemory }) => [...inMemory])),
    beginAgain: new Set(sites.flatMap(({ beginAgain }) => [...beginAgain])),
    deadline: Math.max(...sites.map(({ deadline }) => deadline)),
    deadlines: new Map(
      sites.flatMap(({ machines, deadline }) =>
        [...machines.values()].map(({ mac }) => [mac, deadline] as const),
      ),
    ),
    reporters: new Map(sites.flatMap(({ reporters }) => [...reporters])),
    enrolling: sites.flatMap(({ enrolling }) => enrolling),
    releases: new Map(parts.flatMap((part) => releasesOf(part))),
    described: describedOf(parts),
    kept: new Map(),
    takeNewest: (_, file) => file,
  }
}
