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
    let certificates = 0
    await changeExisting(context, subject, (before, { refresh }) =>
      withSources(context, async (sources) => {
        const secrets = await rotateSecret(before.secrets, what, sources, wanted.policy)
        if (!secrets) throw unknown(what, subject)
        const holed = { ...before, secrets }
        const choose = (plan: SyncPlan) => only(plan, what)
        const { plan, bundle } = await synchronize(context, holed, wanted, sources, { refresh, choose })
        certificates = plan.certificates.length
        return bundle ?? holed
      }),
    )
    context.stderr.write(`${file}: ${doneText(what, certificates)}\n`)
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

function doneText(what: string, certificates: number): string {
  if (what === 'old-encryption-keys') return 'old encryption keys are gone'
  const signed = certificates > 0 ? `, and with it ${count(certificates, 'certificate')} of machines` : ''
  return `${what} is new${signed}`
}

/** What has to happen outside of the bundle. */
function followUp(what: string): string {
  if (what.startsWith('authority/') || what === 'service-account')
    return (
      'a cluster that runs keeps the old one, and machines that are installed from now on do not fit into it until the new one is there: ' +
      'docs/secrets.md says in which order to bring it'
    )
  if (what === 'encryption-key')
    return (
      'the old key still decrypts, and no API server may encrypt with the new one before all know it: docs/secrets.md says in which ' +
      'order to bring the file. When all objects are written again: hakube secrets rotate PROFILE old-encryption-keys'
    )
  if (what === 'old-encryption-keys')
    return 'what was not written again since the last rotation can no longer be read with a render of this bundle'
  if (what === 'bootstrap-token')
    return 'a running cluster still takes the old token until it expires or is deleted: kubeadm token delete'
  if (['server', 'keepalived-password', 'conntrackd-key'].includes(what))
    return 'nothing is left to do: nothing uses it yet'
  return 'render again, and bring the changed files to the machines'
}
