import { groupBy } from '../assembly/lines.ts'
import type { KeptVersion, ServedSite } from '../server/served-site.ts'
import { keepVersions, versionsIn } from '../server/versions.ts'
import type { KnownMachine } from '../state/keeper.ts'

/** A machine in the midst of its installation, and the commit that it began with; null where that is not known. */
export type BegunMachine = KnownMachine & { commit: string | null }
export type LostMachine = BegunMachine & { reason: string }

/** The site to go on with after a restart. */
export type Resumed = {
  site: ServedSite
  /** Machines that keep the version that they began with, by its commit. */
  kept: ReadonlyMap<string, readonly BegunMachine[]>
  /** Machines that go on with the version of the site, though they began with another one, or nobody knows. */
  lost: readonly LostMachine[]
}

/** Gives the site of a commit, or why it cannot be served any more. */
export type RenderAgain = (commit: string) => Promise<ServedSite | { refusal: string }>

/** Whether a site is what a commit says. A working tree that differs from its commit can be anything. */
const isOf = ({ described }: ServedSite, commit: string | null): boolean =>
  commit !== null && commit === described.commit && !commit.endsWith('-dirty')

/**
 * Gives machines that are being installed the version again that they began with: what a server holds in memory for them is lost when it
 * ends. The same commit and secrets give the same bytes.
 *
 * @param machines those in the midst of an installation
 * @param again null where no repository is followed
 */
export async function resumeVersions(
  site: ServedSite,
  machines: readonly BegunMachine[],
  again: RenderAgain | null,
): Promise<Resumed> {
  const others = machines.filter(({ commit }) => !isOf(site, commit))
  if (again === null) {
    const reason = 'only with --repo the server can restore the version that they began with'
    return { site, kept: new Map(), lost: others.map((machine) => ({ ...machine, reason })) }
  }
  const versions = new Map<string, KeptVersion>()
  const kept = new Map<string, BegunMachine[]>()
  const lost: LostMachine[] = []
  // One site after the other: of each, only what these machines need stays.
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
