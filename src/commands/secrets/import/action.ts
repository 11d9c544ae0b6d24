import { makeSecrets } from '../../../secrets/make.ts'
import { takeOver } from '../../../secrets/take-over.ts'
import { openBundle } from '../../../secrets/vault.ts'
import { type Command, exit } from '../../context.ts'
import { count } from '../../../text/count.ts'
import { withKeyThreads } from '../../../secrets/key-threads.ts'
import { synchronize } from '../making.ts'
import { chooseRecipients } from '../recipients.ts'
import { changeWith, withProfile } from '../bundle.ts'
import { keyFileOf } from '../option.ts'

/** `hakube secrets import PROFILE DIR` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const { cluster, file } = resolved
    // Machines of the running cluster replace their keys without hakube's server, which they do not know yet.
    const wanted = { ...resolved.wanted, ownKeys: false }
    const directory = context.parameters[1] ?? ''
    let made = 0
    let isNewKey = false
    await changeWith(context, resolved, ({ bytes, refresh }) =>
      withKeyThreads(context.signals.stop, async (sources) => {
        const taken = await takeOver(directory, sources.now())
        const before = bytes
          ? await openBundle(bytes, file, keyFileOf(context), cluster.name)
          : {
              cluster: cluster.name,
              recipients: chooseRecipients(context.options.texts('recipient'), wanted.policy),
              secrets: await makeSecrets(sources, wanted.policy, taken),
            }
        const imported = { ...before, secrets: { ...before.secrets, ...taken } }
        const { plan, bundle } = await synchronize(context, imported, wanted, sources, { refresh })
        made = plan.certificates.length
        isNewKey = wanted.encryption && plan.encryptionKey !== 'there'
        return bundle ?? imported
      }),
    )
    context.stdout.write(`${file}\n`)
    context.stderr.write(
      `${file}: imported CAs and service-account key of ${directory}; issued ${count(made, 'machine certificate')}\n` +
        'hakube: delete that copy now, unless it is the cluster’s own directory\n',
    )
    if (isNewKey)
      context.stderr.write(
        'hakube: the key for encryption at rest is new; if objects in etcd are already encrypted, add their keys to the bundle before ' +
          'you render anything: docs/secrets.md, Backup\n',
      )
    return exit.success
  })
