import type { Problem } from '../../secrets/examine.ts'
import { hasWork, planSync, type SyncPlan } from '../../secrets/sync.ts'
import { authorityWords } from '../../secrets/rotate.ts'
import { systemSources } from '../../secrets/sources.ts'
import { type Command, exit } from '../context.ts'
import { count } from '../report.ts'
import { synchronize, withSources } from './making.ts'
import { changeExisting, readBundle, withSubject } from './subject.ts'

/** `hakube secrets sync PROFILE` */
export const sync: Command = (context) =>
  withSubject(context, async (subject) => {
    const { options, stdout, stderr } = context
    const prune = options.flag('prune')
    if (options.flag('dry-run')) {
      const plan = planSync(await readBundle(context, subject), subject.wanted, systemSources.now())
      stdout.write(planText(plan, prune))
      stderr.write(`${subject.file}: nothing written${hasWork(plan, prune) ? '' : ', nothing to do'}\n`)
      return exit.good
    }
    let done = ''
    await changeExisting(context, subject, async (before, { refresh }) => {
      const { plan, bundle } = await withSources(context, (sources) =>
        synchronize(context, before, subject.wanted, sources, { prune, refresh }),
      )
      stdout.write(planText(plan, prune))
      const number = plan.certificates.length + (plan.server.length > 0 ? 1 : 0)
      const key = plan.encryptionKey === 'there' ? '' : ' and the key for encryption at rest'
      done = bundle ? `${count(number, 'certificate')}${key} made` : 'nothing to do'
      return bundle
    })
    stderr.write(`${subject.file}: ${done}\n`)
    return exit.good
  })

const reasons = (problems: readonly Problem[]): string => problems.map(({ text }) => text).join('; ')

/** One line for each thing that sync does or leaves. */
function planText(plan: SyncPlan, prune: boolean): string {
  const lines = plan.certificates.map(
    ({ need, problems }) => `make ${need.kind} of ${need.machine}: ${reasons(problems)}`,
  )
  if (plan.server.length > 0) lines.push(`make the certificate of the server: ${reasons(plan.server)}`)
  if (plan.encryptionKey !== 'there') lines.push('make the key for encryption at rest: there is none yet')
  for (const each of plan.recipients?.add ?? []) lines.push(`encrypt to ${each}`)
  for (const each of plan.recipients?.remove ?? []) lines.push(`no longer encrypt to ${each}`)
  for (const { machine, kind } of plan.unused)
    lines.push(
      prune
        ? `remove ${kind} of ${machine}`
        : `leave ${kind} of ${machine}: nothing needs it; --prune removes it`,
    )
  for (const { name, problems } of plan.authorities)
    lines.push(`leave ${authorityWords[name]}: ${reasons(problems)}; hakube secrets rotate replaces it`)
  return lines.map((line) => `${line}\n`).join('')
}
