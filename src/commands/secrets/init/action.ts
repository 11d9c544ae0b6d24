import { refusal } from '../../../diagnostics/refusal.ts'
import { makeSecrets } from '../../../secrets/make.ts'
import type { Wanted } from '../../../secrets/sync.ts'
import { type Command, exit } from '../../context.ts'
import { count } from '../../../text/count.ts'
import { withKeyThreads } from '../../../secrets/key-threads.ts'
import { synchronize } from '../making.ts'
import { chooseRecipients } from '../recipients.ts'
import { changeWith, withProfile } from '../bundle.ts'

/** `hakube secrets init PROFILE` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const { wanted, cluster, file } = resolved
    const recipients = chooseRecipients(context.options.texts('recipient'), wanted.policy)
    await changeWith(context, resolved, async ({ bytes, refresh }) => {
      if (bytes)
        throw refusal('secrets/exists', `${file} already exists; nothing was written`, {
          hint: 'issue what is missing with hakube secrets sync; a second init would create the identity of another cluster',
        })
      return withKeyThreads(context.signals.stop, async (sources) => {
        const secrets = await makeSecrets(sources, wanted.policy)
        const empty = { cluster: cluster.name, recipients, secrets }
        const { bundle } = await synchronize(context, empty, wanted, sources, { refresh })
        return bundle ?? empty
      })
    })
    context.stdout.write(`${file}\n`)
    context.stderr.write(
      `${file}: encrypted to ${count(recipients.length, 'recipient')}, ${machinesText(wanted)}; ` +
        'commit it together with the profile, and keep a copy of the key that opens it\n',
    )
    return exit.success
  })

/** Where the keys of machines are. */
const machinesText = ({ needs, ownKeys }: Wanted): string =>
  ownKeys && needs.length > 0
    ? `without ${count(needs.length, 'key')} that machines make themselves`
    : `with ${count(needs.length, 'certificate')} of machines`
