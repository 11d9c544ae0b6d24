import type { Cluster } from '../cluster/cluster.ts'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import { compareClusters } from '../diff/compare.ts'
import { printJson, printMarkdown, printText, type Report } from '../diff/report.ts'
import { readIfThere } from '../files/reader.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { bundleFile } from '../secrets/vault.ts'
import { clusterOf } from './build.ts'
import { choiceOf, type Command, type Context } from './context.ts'
import { type Mistakes, printMistakes } from './report.ts'
import { loadAt } from './revision.ts'
import { type SecretsFinder, secretsFinder } from './secrets/obtain.ts'

/** As diff(1) has it. */
const status = { same: 0, different: 1, trouble: 2 } as const

const workTreeName = 'worktree'

/** `hakube diff PROFILE [REV1 [REV2|worktree]]` */
export const diff: Command = async (context) => {
  const { options, stdout } = context
  const [file = '', first = 'HEAD', second = workTreeName] = context.parameters
  // One finder: throw-away secrets are the same for both.
  const findSecrets = secretsFinder(context, 'render')
  const before = await side(file, first, context, findSecrets)
  const after = await side(file, second, context, findSecrets)
  if (!before || !after) return status.trouble
  const full = options.flag('full')
  const difference = compareClusters(before.cluster, after.cluster, { full, stop: context.signals.stop })
  const report: Report = {
    profile: after.cluster.name,
    before: { revision: first, commit: before.loaded.reader.commit },
    after: { revision: second, commit: after.loaded.reader.commit },
    difference,
    notes: [
      ...recipientNotes(before.loaded, after.loaded),
      ...(await notesOf(before.loaded, after.loaded, options.flag('throw-away-secrets'))),
    ],
  }
  const format = choiceOf(options, 'format', ['text', 'json', 'markdown'])
  const print = { text: printText, json: printJson, markdown: printMarkdown }[format]
  stdout.write(print(report, full))
  return difference.machines.length + difference.shared.length > 0 ? status.different : status.same
}

type Side = { loaded: LoadedProfile; cluster: Cluster }

/** The cluster at one revision; its mistakes are printed. Warnings are for `check`. */
async function side(
  file: string,
  revision: string,
  context: Context,
  findSecrets: SecretsFinder,
): Promise<Side | null> {
  const loaded = await loadAt(file, revision === workTreeName ? null : revision, context)
  if (hasErrors(loaded.diagnostics))
    return refuse(revision, { loaded, diagnostics: loaded.diagnostics }, context)
  const { secrets, diagnostics } = await findSecrets(loaded)
  if (!secrets) return refuse(revision, { loaded, diagnostics }, context)
  const cluster = clusterOf(loaded, secrets)
  if (!cluster) throw new Error(`${file} has errors`)
  return { loaded, cluster }
}

function refuse(revision: string, { loaded, diagnostics }: Mistakes, { stderr }: Context): null {
  stderr.write(`hakube: ${loaded?.file} cannot be compared as it is in ${revision}:\n`)
  stderr.write(printMistakes([{ loaded, diagnostics }], stderr.colour))
  return null
}

/** Who may read the bundle is not seen on any machine; nobody is to be let in unseen. */
function recipientNotes(before: LoadedProfile, after: LoadedProfile): string[] {
  const [old, now] = [before, after].map(({ profile }) => profile?.secrets?.recipients ?? [])
  if (!old || !now) return []
  const added = now.filter((each) => !old.includes(each))
  const removed = old.filter((each) => !now.includes(each))
  return [
    ...added.map((each) => `the profile lets ${each} read the secrets (hakube secrets sync encrypts to it)`),
    ...removed.map(
      (each) => `the profile no longer lets ${each} read the secrets; what it could read, it may have kept`,
    ),
  ]
}

/** Throw-away secrets hide what a commit does to the bundle: that much can be said without a key. */
async function notesOf(before: LoadedProfile, after: LoadedProfile, throwAway: boolean): Promise<string[]> {
  if (!throwAway) return []
  const [old, now] = await Promise.all(
    [before, after].map((loaded) =>
      // One that cannot be read, e.g. in a submodule, is none to say anything about.
      readIfThere(loaded.reader, bundleFile(loaded.file)).catch(() => null),
    ),
  )
  const same = old && now ? Buffer.compare(old, now) === 0 : old === now
  if (same) return []
  const what = old ? (now ? 'changed' : 'taken away') : 'added'
  return [
    `the secrets bundle is ${what}; which machines that is about can only be seen with a key that opens it, ` +
      'without --throw-away-secrets',
  ]
}
