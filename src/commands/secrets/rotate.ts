import { orList, suggest } from '../../diagnostics/suggest.ts'
import { rotatable, rotate as rotateSecret } from '../../secrets/rotate.ts'
import { secretsError } from '../../secrets/secrets-error.ts'
import type { SyncPlan } from '../../secrets/sync.ts'
import { type Command, exit } from '../context.ts'
import { count } from '../report.ts'
import { synchronize, withSources } from './making.ts'
import { changeExisting, type Subject, withSubject } from './subject.ts'

/** `hakube secrets rotate PROFILE WHAT` */
export const rotate: Command = (context) =>
  withSubject(context, async (subject) => {
    const what = context.parameters[1] ?? ''
    const { wanted, file } = subject
    await changeExisting(context, subject, (before, { refresh }) =>
      withSources(context, async (sources) => {
        const secrets = await rotateSecret(before.secrets, what, sources, wanted.policy)
        if (!secrets) throw unknown(what, subject)
        const holed = { ...before, secrets }
        const choose = (plan: SyncPlan) => only(plan, what)
        const { plan, bundle } = await synchronize(context, holed, wanted, sources, { refresh, choose })
        const made = `${what} is new, ${count(plan.certificates.length, 'certificate')} of machines with it`
        context.stderr.write(
          `${file}: ${what === 'old-encryption-keys' ? 'old encryption keys are gone' : made}\n`,
        )
        return bundle ?? holed
      }),
    )
    context.stderr.write(`hakube: ${followUp(what)}\n`)
    return exit.good
  })

/** Of all that could be made again, what belongs to the rotated thing. */
function only(plan: SyncPlan, what: string): SyncPlan {
  const machine = /^machine\/(.+)$/.exec(what)?.[1]
  const certificates = plan.certificates.filter(({ need, problems }) =>
    machine === undefined ? problems.some(({ kind }) => kind === 'authority') : need.machine === machine,
  )
  return {
    ...plan,
    certificates: what === 'authority/etcd' || machine !== undefined ? certificates : [],
    server: what === 'server' ? plan.server : [],
    encryptionKey: 'there',
    recipients: null,
  }
}

function unknown(what: string, { wanted }: Subject) {
  const machines = [...new Set(wanted.needs.map(({ machine }) => `machine/${machine}`))]
  const near = suggest(what, [...rotatable, ...machines])
  const all = orList([...rotatable, 'machine/NAME for a machine that has a certificate'])
  return secretsError('secrets/unknown', `there is nothing named ${what} to rotate`, {
    hint: near === null ? `name one of ${all}` : `did you mean ${near}?`,
  })
}

/** What has to happen outside of the bundle. */
function followUp(what: string): string {
  if (what.startsWith('authority/') || what === 'service-account')
    return 'machines that run already keep the old one: docs/secrets.md says how to bring the new one to them'
  if (what === 'encryption-key')
    return (
      'the old key still decrypts: render again, bring the changed file to all control planes, restart their API servers, ' +
      'write all objects again, and only then: hakube secrets rotate PROFILE old-encryption-keys (docs/secrets.md)'
    )
  if (what === 'old-encryption-keys')
    return 'what was not written again since the last rotation can no longer be read with a render of this bundle'
  if (what === 'bootstrap-token')
    return 'a running cluster still takes the old token until it expires or is deleted: kubeadm token delete'
  return 'render again, and bring the changed files to the machines'
}
