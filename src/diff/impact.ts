import { type FactChange, facts } from './facts.ts'
import type { ChangedItem } from './row.ts'
import type { Side } from './side.ts'
import { table } from './table.ts'
import { reboot, type Takes } from './takes.ts'

/** Judges one change. On a machine that runs from memory, every boot is an installation. */
export function judge(subject: ChangedItem): Takes {
  const { item, after } = subject
  for (const { name, judge: judgeRow } of table) {
    const takes = judgeRow(subject)
    if (!takes) continue
    // A step creates users on existing machines as well.
    const isOfBoot = item.where === 'site' && name !== 'users' && ['nothing', 'files'].includes(takes.level)
    return isOfBoot && isLive(after)
      ? reboot('the machine runs from memory, and boots from the network each time')
      : forInstall(takes, after)
  }
  throw new Error(`no row of the table is about ${item.path}`)
}

const isLive = ({ machine }: Side): boolean => !machine.system.install.keepsDisk

function forInstall(takes: Takes, after: Side): Takes {
  if (takes.level !== 'reinstall' || !isLive(after)) return takes
  if (takes.byHand) return { ...takes, level: 'reboot' }
  return reboot('the machine runs from memory: each boot sets it up again')
}

/** Properties of a machine that differ between the revisions, with what that requires. */
export function factChanges(before: Side, after: Side): FactChange[] {
  return facts.flatMap(({ name, of, takes }) => {
    const [old, now] = [of(before), of(after)]
    if (old === null || now === null || old === now) return []
    return [{ name, before: old, after: now, takes: forInstall(takes(old, now), after) }]
  })
}
