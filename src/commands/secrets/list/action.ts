import { type Command, exit } from '../../context.ts'
import { readBundle, withProfile } from '../bundle.ts'

/** `hakube secrets list PROFILE` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const { secrets } = await readBundle(context, resolved)
    const names = Object.keys(secrets.own ?? {}).toSorted()
    context.stdout.write(names.map((name) => `${name}\n`).join(''))
    return exit.success
  })
