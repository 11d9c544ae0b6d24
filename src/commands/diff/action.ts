import { compareClusters } from '../../diff/compare.ts'
import { printJson, printMarkdown, printText, type Report } from '../../diff/report.ts'
import { readIfThere } from '../../files/reader.ts'
import type { LoadedProfile } from '../../profile/load.ts'
import type { SecretsSource } from '../../pipeline/secrets.ts'
import { bundleFile } from '../../secrets/vault.ts'
import { clusterAt } from '../at-revision.ts'
import { choiceOf, type Command, type Context } from '../context.ts'
import { secretsOf } from '../secrets/option.ts'

/** As in diff(1). */
const status = { same: 0, different: 1, trouble: 2 } as const

const workTreeName = 'worktree'

/** `hakube diff PROFILE [REV1 [REV2|worktree]]` */
export const action: Command = async (context) => {
  const { options, stdout } = context
  const [file = '', first = 'HEAD', second = workTreeName] = context.parameters
  // One source, so that both revisions have the same ephemeral secrets.
  const secrets = secretsOf(context, 'render')
  const before = await side(file, first, context, secrets, true)
  const after = await side(file, second, context, secrets, false)
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
      ...(await notesOf(before.loaded, after.loaded, options.flag('ephemeral-secrets'))),
    ],
  }
  const format = choiceOf(options, 'format', ['text', 'json', 'markdown'])
  const print = { text: printText, json: printJson, markdown: printMarkdown }[format]
  stdout.write(print(report, full))
  return difference.machines.length + difference.shared.length > 0 ? status.different : status.same
}

const side = (profile: string, name: string, context: Context, secrets: SecretsSource, earlier: boolean) =>
  clusterAt(
    { profile, revision: name === workTreeName ? null : name },
    { context, secrets, refused: `cannot be compared as it is in ${name}`, earlier },
  )

/** Recipients of the bundle have no effect on machines, but a new one must not go unnoticed. */
function recipientNotes(before: LoadedProfile, after: LoadedProfile): string[] {
  const [old, now] = [before, after].map(({ profile }) => profile?.secrets?.recipients ?? [])
  if (!old || !now) return []
  const added = now.filter((each) => !old.includes(each))
  const removed = old.filter((each) => !now.includes(each))
  return [
    ...added.map(
      (each) => `the profile adds the recipient ${each} (run hakube secrets sync to encrypt to it)`,
    ),
    ...removed.map(
      (each) => `the profile removes the recipient ${each}, which may have kept what it could read`,
    ),
  ]
}

/** Ephemeral secrets hide changes of the bundle; that it changed can be reported without a key. */
async function notesOf(before: LoadedProfile, after: LoadedProfile, ephemeral: boolean): Promise<string[]> {
  if (!ephemeral) return []
  const [old, now] = await Promise.all(
    [before, after].map((loaded) =>
      // A bundle that cannot be read, e.g. in a submodule, is ignored.
      readIfThere(loaded.reader, bundleFile(loaded.file)).catch(() => null),
    ),
  )
  const same = old && now ? Buffer.compare(old, now) === 0 : old === now
  if (same) return []
  const what = old ? (now ? 'changed' : 'removed') : 'added'
  return [
    `the secrets bundle is ${what}; to see which machines are affected, run this with a key that opens it and ` +
      'without --ephemeral-secrets',
  ]
}
