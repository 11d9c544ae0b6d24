import { dirname, normalize } from 'node:path'
import { findConflicts } from '../check/conflicts.ts'
import { checkWithPrograms, programChoices, type ProgramReport } from '../check/run.ts'
import { findNoNetworkPlugin } from '../check/network-plugin.ts'
import { findTrackedSecrets } from '../check/tracked-secrets.ts'
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts'
import { countDiagnostics, diagnosticFormats } from '../diagnostics/print.ts'
import { workTree } from '../files/reader.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { crossProfileRules } from '../profile/rules/index.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { clusterOf, machineOutputs } from './build.ts'
import { choiceOf, type Command, type Context, exit } from './context.ts'
import { count, type Mistakes, printMistakes } from './report.ts'
import { loadAt } from './revision.ts'
import { placeholderSecrets, secretsFinder } from './secrets/obtain.ts'

/** `hakube check PROFILE…` */
export const check: Command = async (context) => {
  const { stdout, stderr, options } = context
  const format = choiceOf(options, 'format', diagnosticFormats)
  // A file that is named twice must not look like a second cluster with the same addresses.
  const files = [...new Set(context.parameters.map((file) => normalize(file)))]
  const loaded = await Promise.all(files.map((file) => loadAt(file, options.text('rev'), context)))
  const across = new Map(crossProfileRules(loaded).map((each) => [each.loaded.file, each.diagnostics]))
  const findSecrets = secretsFinder(context, 'check')
  const mistakes: Mistakes[] = []
  const summaries: string[] = []
  for (const each of loaded) {
    const diagnostics = [
      ...each.diagnostics,
      ...(across.get(each.file) ?? []),
      ...(each.profile ? findNoNetworkPlugin(each.profile) : []),
    ]
    mistakes.push({ loaded: each, diagnostics })
    if (!isGood(each)) continue
    // Making keys takes a moment: only for a profile that gets that far.
    const { secrets, diagnostics: aboutSecrets } = await findSecrets(each)
    diagnostics.push(...aboutSecrets)
    // These need no secret, so they are found without a key as well.
    const conflicts = conflictsIn(each, secrets ?? (await placeholderSecrets(each)), context)
    diagnostics.push(...conflicts)
    if (!secrets || hasErrors(conflicts)) continue
    const report = await readByPrograms(each, secrets, context)
    diagnostics.push(...report.diagnostics)
    summaries.push(...summaryOf(each.file, report))
  }
  mistakes.push({ loaded: null, diagnostics: await trackedSecrets(files, context) })
  const all = mistakes.flatMap(({ diagnostics }) => diagnostics)
  // What was found is the result, in every format; how much it is and what was run is talk.
  const text = printMistakes(mistakes, stdout.colour && format === 'text', format)
  stdout.write(text)
  if (text !== '' && format === 'text' && stdout.terminal) stderr.write('\n')
  for (const line of summaries) stderr.write(`${line}\n`)
  stderr.write(`${countDiagnostics(all) || 'no mistakes'}\n`)
  return failed(all, options.flag('strict')) ? exit.mistakes : exit.good
}

/** Of each repository once, however many of its profiles are named. */
async function trackedSecrets(files: readonly string[], { environment }: Context): Promise<Diagnostic[]> {
  const folders = new Map(files.map((file) => [dirname(file), file]))
  const found = await Promise.all([...folders.values()].map((file) => findTrackedSecrets(file, environment)))
  return [...new Map(found.flat().map((each) => [each.message, each])).values()]
}

const isGood = (loaded: LoadedProfile): boolean => loaded.profile !== null && !hasErrors(loaded.diagnostics)

const failed = (all: readonly Diagnostic[], strict: boolean): boolean =>
  strict ? all.length > 0 : hasErrors(all)

function conflictsIn(loaded: LoadedProfile, secrets: Secrets, { signals }: Context): Diagnostic[] {
  const cluster = clusterOf(loaded, secrets)
  return cluster ? findConflicts(cluster, signals.stop) : []
}

async function readByPrograms(
  loaded: LoadedProfile,
  secrets: Secrets,
  context: Context,
): Promise<ProgramReport> {
  const cluster = clusterOf(loaded, secrets)
  if (!cluster) throw new Error(`${loaded.file} has errors`)
  return checkWithPrograms(cluster, machineOutputs(cluster, context.signals.stop), {
    programs: choiceOf(context.options, 'programs', programChoices),
    environment: context.environment,
    repository: await workTree.repository(dirname(loaded.file)),
    profile: loaded,
    signal: context.signals.stop,
  })
}

function summaryOf(file: string, report: ProgramReport): string[] {
  const lines = [`${file}: ${count(report.machines, 'machine')}, ${count(report.files, 'file')} rendered`]
  if (report.read.length > 0) {
    const programs = report.read.map(({ program, texts }) => `${program} (${texts})`)
    lines.push(`${file}: different texts read by ${programs.join(', ')}`)
  }
  if (report.notRun.length > 0) {
    const programs = report.notRun.map(({ program, reason }) => `${program} (${reason})`)
    lines.push(`${file}: not run: ${programs.join(', ')}`)
  }
  return lines
}
