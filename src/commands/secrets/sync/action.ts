import type { Problem } from '../../../secrets/examine.ts'
import { hasWork, planSync, type SyncPlan } from '../../../secrets/sync.ts'
import { authorityWords } from '../../../secrets/rotate.ts'
import { systemSources } from '../../../secrets/sources.ts'
import { type Command, exit } from '../../context.ts'
import { count } from '../../../text/count.ts'
import { withKeyThreads } from '../../../secrets/key-threads.ts'
import { synchronize } from '../making.ts'
import { changeExisting, readBundle, withProfile } from '../bundle.ts'

/** `hakube secrets sync PROFILE` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const { options, stdout, stderr } = context
    const prune = options.flag('prune')
    if (options.flag('dry-run')) {
      const plan = planSync(await readBundle(context, resolved), resolved.wanted, systemSources.now())
      stdout.write(planText(plan, prune))
      stderr.write(`${resolved.file}: nothing written${hasWork(plan, prune) ? '' : ', nothing to do'}\n`)
      return exit.success
    }
    let done = ''
    await changeExisting(context, resolved, async (before, { refresh }) => {
      const { plan, bundle } = await withKeyThreads(context.signals.stop, (sources) =>
        synchronize(context, before, resolved.wanted, sources, { prune, refresh }),
      )
      stdout.write(planText(plan, prune))
      const number = plan.certificates.length + (plan.server.length > 0 ? 1 : 0)
      const key = plan.encryptionKey === 'there' ? '' : ' and the key for encryption at rest'
      done = bundle ? `${count(number, 'certificate')}${key} made` : 'nothing to do'
      return bundle
    })
    stderr.write(`${resolved.file}: ${done}\n`)
    return exit.success
  })

const reasons = (problems: readonly Problem[]): string => problems.map(({ text }) => text).join('; ')

/** One line for each secret that sync makes or leaves. */
function planText(plan: SyncPlan, prune: boolean): string {
  const lines = plan.certificates.map(
    ({ need, problems }) => `issue ${need.kind} of ${need.machine}: ${reasons(problems)}`,
  )
  if (plan.server.length > 0) lines.push(`issue the certificate of the server: ${reasons(plan.server)}`)
  if (plan.encryptionKey !== 'there')
    lines.push('create the key for encryption at rest: it does not exist yet')
  if (plan.enrolment === 'needed')
    lines.push(
      'create the CAs by which machines enrol, and the certificate of the server: the profile needs them',
    )
  for (const each of plan.recipients?.add ?? []) lines.push(`encrypt to ${each}`)
  for (const each of plan.recipients?.remove ?? []) lines.push(`no longer encrypt to ${each}`)
  for (const { machine, kind } of plan.unused)
    lines.push(
      prune
        ? `remove ${kind} of ${machine}`
        : `keep ${kind} of ${machine}: nothing needs it; --prune removes it`,
    )
  for (const { name, problems } of plan.authorities)
    lines.push(`leave ${authorityWords[name]}: ${reasons(problems)}; replace it with hakube secrets rotate`)
  return lines.map((line) => `${line}\n`).join('')
}
