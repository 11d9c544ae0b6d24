import { groupBy } from '../assembly/lines.ts'
import type { KeptVersion, ServedSite } from '../server/served-site.ts'
import { commitOf, keepVersions, versionsIn } from '../server/versions.ts'
import type { KnownMachine } from '../state/keeper.ts'

/** A machine that is being installed, and the commit that it began with; null if unknown. */
export type BegunMachine = KnownMachine & { commit: string | null }
export type LostMachine = BegunMachine & { reason: string }

/** The site with which to continue after a restart. */
export type Resumed = {
  site: ServedSite
  /** Machines that keep the version that they began with, by its commit. */
  kept: ReadonlyMap<string, readonly BegunMachine[]>
  /** Machines that continue with the version of the site, although they began with another or unknown one. */
  lost: readonly LostMachine[]
}

/** Returns the site of a commit, or why it can no longer be served. */
export type RenderAgain = (commit: string) => Promise<ServedSite | { refusal: string }>

/** Whether a machine's part of a site was rendered from exactly the commit that it began with. A working tree with changes can be anything. */
const isOf = (site: ServedSite, { mac, commit }: BegunMachine): boolean =>
  commit !== null && commit === commitOf(site, mac) && !commit.endsWith('-dirty')

/**
 * Restores the versions of machines that are being installed: a server keeps them in memory, so they are lost when it ends. The same
 * commit and secrets give the same bytes.
 *
 * @param machines those that are being installed
 * @param again null if no repository is followed
 */
export async function resumeVersions(
  site: ServedSite,
  machines: readonly BegunMachine[],
  again: RenderAgain | null,
): Promise<Resumed> {
  const others = machines.filter((machine) => !isOf(site, machine))
  if (again === null) {
    const reason = 'the server can restore the version that they began with only with --repo'
    return { site, kept: new Map(), lost: others.map((machine) => ({ ...machine, reason })) }
  }
  const versions = new Map<string, KeptVersion>()
  const kept = new Map<string, BegunMachine[]>()
  const lost: LostMachine[] = []
  // One site at a time: only the part for these machines is kept.
  for (const [commit, group] of groupBy(others, (machine) => machine.commit ?? '')) {
    const rendered = commit === '' ? { refusal: 'the commit is not known' } : await again(commit)
    const found =
      'refusal' in rendered
        ? new Map<string, KeptVersion>()
        : versionsIn(rendered, new Set(group.map(({ mac }) => mac)))
    for (const machine of group) {
      const version = found.get(machine.mac)
      if (version) versions.set(machine.mac, version)
      else {
        const reason = 'refusal' in rendered ? rendered.refusal : 'the commit does not contain the machine'
        lost.push({ ...machine, reason })
      }
    }
    const resumed = group.filter(({ mac }) => found.has(mac))
    if (resumed.length > 0) kept.set(commit, resumed)
  }
  return { site: keepVersions(site, versions), kept, lost }
}
