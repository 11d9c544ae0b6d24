import { refusal } from '../../../diagnostics/refusal.ts'
import { orList, suggest } from '../../../diagnostics/suggest.ts'
import { rotatable, rotate as rotateSecret } from '../../../secrets/rotate.ts'
import type { SyncPlan } from '../../../secrets/sync.ts'
import { type Command, exit } from '../../context.ts'
import { count } from '../../../text/count.ts'
import { withKeyThreads } from '../../../secrets/key-threads.ts'
import { synchronize } from '../making.ts'
import type { ResolvedProfile } from '../../../pipeline/resolved.ts'
import { changeExisting, withProfile } from '../bundle.ts'

/** `hakube secrets rotate PROFILE WHAT` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const what = context.parameters[1] ?? ''
    const { file } = resolved
    // What the bundle holds is replaced there.
    const wanted = { ...resolved.wanted, ownKeys: false }
    let certificates = 0
    await changeExisting(context, resolved, (before, { refresh }) =>
      withKeyThreads(context.signals.stop, async (sources) => {
        const secrets = await rotateSecret(before.secrets, what, sources, wanted.policy)
        if (!secrets) throw unknown(what, resolved)
        const holed = { ...before, secrets }
        const choose = (plan: SyncPlan) => only(plan, what)
        const { plan, bundle } = await synchronize(context, holed, wanted, sources, { refresh, choose })
        certificates = plan.certificates.length
        return bundle ?? holed
      }),
    )
    context.stderr.write(`${file}: ${doneText(what, certificates)}\n`)
    context.stderr.write(`hakube: ${followUp(what)}\n`)
    return exit.success
  })

/** The part of a plan to remake everything that belongs to the rotated secret. */
function only(plan: SyncPlan, what: string): SyncPlan {
  const machine = /^machine\/(.+)$/.exec(what)?.[1]
  const certificates = plan.certificates.filter(({ need, problems }) =>
    machine === undefined ? problems.some(({ kind }) => kind === 'authority') : need.machine === machine,
  )
  return {
    ...plan,
    certificates: what === 'authority/etcd' || machine !== undefined ? certificates : [],
    server: what === 'server' || what === 'enrolment' ? plan.server : [],
    enrolment: what === 'enrolment' ? plan.enrolment : 'unneeded',
    encryptionKey: 'there',
    recipients: null,
  }
}

function unknown(what: string, { wanted }: ResolvedProfile) {
  const machine = /^machine\/(.+)$/.exec(what)?.[1]
  if (wanted.ownKeys && wanted.needs.some((need) => need.machine === machine))
    return refusal('secrets/unknown', `the bundle holds no keys of ${machine}, which makes them itself`, {
      hint: 'on the machine, while hakube serve runs: sudo hakube-certificates --new-keys',
    })
  const machines = [...new Set(wanted.needs.map(({ machine }) => `machine/${machine}`))]
  const near = suggest(what, [...rotatable, ...machines])
  const all = orList([...rotatable, 'machine/NAME for a machine with a certificate'])
  return refusal('secrets/unknown', `${what} is not something to rotate`, {
    hint: near === null ? `use one of ${all}` : `did you mean ${near}?`,
  })
}

function doneText(what: string, certificates: number): string {
  if (what === 'old-encryption-keys') return 'removed old encryption keys'
  const signed = certificates > 0 ? `, and with it ${count(certificates, 'certificate')} of machines` : ''
  return `${what} is new${signed}`
}

/** What the operator has to do besides. */
function followUp(what: string): string {
  if (what.startsWith('authority/') || what === 'service-account')
    return (
      'a running cluster keeps the old one, and machines that are installed from now on cannot join it until it has the new one: ' +
      'docs/secrets.md describes in which order to install it'
    )
  if (what === 'encryption-key')
    return (
      'the old key still decrypts, and no API server may encrypt with the new one before all know it: docs/secrets.md describes in which ' +
      'order to install the file. When all objects have been rewritten: hakube secrets rotate PROFILE old-encryption-keys'
    )
  if (what === 'old-encryption-keys')
    return 'objects that were not rewritten since the last rotation can no longer be read with this bundle'
  if (what === 'bootstrap-token')
    return 'a running cluster still accepts the old token until it expires or is deleted: kubeadm token delete'
  if (['keepalived-password', 'conntrackd-key'].includes(what))
    return 'nothing else to do: nothing uses it yet'
  if (what === 'server') return 'nothing else to do: hakube serve reads it when it is started or reloaded'
  if (what === 'enrolment')
    return (
      'machines that are installed from now on trust the new one; those that are being installed must be armed again, and installed ones can ' +
      'no longer report their state'
    )
  return 'render again, and apply the changed files to the machines'
}
