import { makeSecrets } from '../../secrets/make.ts'
import { secretsError } from '../../secrets/secrets-error.ts'
import { type Command, exit } from '../context.ts'
import { count } from '../report.ts'
import { synchronize, withSources } from './making.ts'
import { chooseRecipients } from './recipients.ts'
import { changeWith, withSubject } from './subject.ts'

/** `hakube secrets init PROFILE` */
export const init: Command = (context) =>
  withSubject(context, async (subject) => {
    const { wanted, cluster, file } = subject
    const recipients = chooseRecipients(context.options.texts('recipient'), wanted.policy)
    await changeWith(context, subject, async ({ bytes, refresh }) => {
      if (bytes)
        throw secretsError('secrets/exists', `${file} is there already: nothing was written`, {
          hint: 'hakube secrets sync makes what is missing in it; a second init would make a second cluster of it',
        })
      return withSources(context, async (sources) => {
        const secrets = await makeSecrets(sources, wanted.policy)
        const empty = { cluster: cluster.name, recipients, secrets }
        const { bundle } = await synchronize(context, empty, wanted, sources, { refresh })
        return bundle ?? empty
      })
    })
    context.stdout.write(`${file}\n`)
    context.stderr.write(
      `${file}: encrypted to ${count(recipients.length, 'recipient')}, with ${count(wanted.needs.length, 'certificate')} ` +
        'of machines; commit it together with the profile, and keep a copy of the key that opens it\n',
    )
    return exit.good
  })
