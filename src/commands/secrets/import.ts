import { makeSecrets } from '../../secrets/make.ts'
import { takeOver } from '../../secrets/take-over.ts'
import { openBundle } from '../../secrets/vault.ts'
import { type Command, exit } from '../context.ts'
import { count } from '../report.ts'
import { synchronize, withSources } from './making.ts'
import { chooseRecipients } from './recipients.ts'
import { changeWith, keyFileOf, withSubject } from './subject.ts'

/** `hakube secrets import PROFILE DIR` */
export const importPki: Command = (context) =>
  withSubject(context, async (subject) => {
    const { wanted, cluster, file } = subject
    const folder = context.parameters[1] ?? ''
    let made = 0
    let isNewKey = false
    await changeWith(context, subject, ({ bytes, refresh }) =>
      withSources(context, async (sources) => {
        const taken = await takeOver(folder, sources.now())
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
      `${file}: authorities and service-account key are those of ${folder}; ${count(made, 'certificate')} of machines made\n` +
        'hakube: delete that copy now, unless it is the cluster’s own folder\n',
    )
    if (isNewKey)
      context.stderr.write(
        'hakube: the key for encryption at rest is a new one; if objects in etcd are encrypted already, put its keys into the bundle before ' +
          'anything is rendered: docs/secrets.md, Backup\n',
      )
    return exit.good
  })
