import { groupBy } from '../../assembly/lines.ts'
import { shortCommit } from '../../pipeline/follow.ts'
import { type RenderAgain, resumeVersions } from '../../pipeline/resume.ts'
import { machinesOf } from '../../server/operated.ts'
import type { ServedSite } from '../../server/served-site.ts'
import type { Keeper, KnownMachine } from '../../state/keeper.ts'
import { isUnderWay, stageAt } from '../../state/machine-state.ts'
import { listNames } from '../named-machines.ts'

const namesOf = (machines: readonly KnownMachine[]): string => listNames(machines.map(({ name }) => name))

/**
 * The first site of a restarted server: machines that were being installed continue with their version if it can be rendered again. For
 * others, the log and the journal record that they do not.
 *
 * @param again renders a commit; null if no repository is followed
 * @param tell receives sentences
 */
export async function resume(
  site: ServedSite,
  keeper: Keeper,
  again: RenderAgain | null,
  tell: (sentence: string) => void,
): Promise<ServedSite> {
  const time = keeper.now()
  const begun = machinesOf(site).flatMap((machine) => {
    const record = keeper.machine(machine)
    return isUnderWay(stageAt(record, time)) ? [{ ...machine, commit: record.commit }] : []
  })
  const { commit } = site.described
  const resumed = await resumeVersions(site, begun, again)
  for (const [before, machines] of resumed.kept)
    tell(`installation continues with commit ${shortCommit(before)}: ${namesOf(machines)}`)
  const current = commit === null ? 'the current version' : `commit ${shortCommit(commit)}`
  for (const group of groupBy(resumed.lost, (machine) => `${machine.commit} ${machine.reason}`).values()) {
    const [{ commit: before, reason } = { commit: null, reason: '' }] = group
    const begin = before === null || before === commit ? '' : `, and began with ${shortCommit(before)}`
    tell(`warning: installation continues with ${current}${begin}: ${namesOf(group)} (${reason})`)
  }
  for (const { mac, name, commit: before, reason } of resumed.lost)
    if (before !== commit)
      keeper.note({ type: 'continued', time, mac, name, commit, reason: reason.slice(0, 500) })
  return resumed.site
}
