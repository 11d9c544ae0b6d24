import { didYouMean } from '../../../diagnostics/suggest.ts'
import { refusal } from '../../../diagnostics/refusal.ts'
import { machineRecord } from '../../../secrets/secrets.ts'
import { type Command, exit } from '../../context.ts'
import { changeExisting, withProfile } from '../bundle.ts'

/** `hakube secrets unset PROFILE NAME` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const name = context.parameters[1] ?? ''
    await changeExisting(context, resolved, async (bundle) => {
      const { own = {} } = bundle.secrets
      if (!Object.hasOwn(own, name))
        throw refusal('secrets/no-own', `the secrets bundle has no secret ${JSON.stringify(name)}`, {
          hint: didYouMean(name, Object.keys(own)),
        })
      const entries = Object.entries(own).filter(([each]) => each !== name)
      return { ...bundle, secrets: { ...bundle.secrets, own: machineRecord(entries) } }
    })
    context.stderr.write(`${resolved.file}: no longer has the secret ${name}\n`)
    return exit.success
  })
