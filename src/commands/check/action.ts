import { dirname, normalize } from 'node:path'
import { findConflicts } from '../../check/conflicts.ts'
import { checkWithPrograms, programChoices, type ProgramReport } from '../../check/run.ts'
import { findNoNetworkPlugin } from '../../check/network-plugin.ts'
import { findTrackedSecrets } from '../../check/tracked-secrets.ts'
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts'
import { countDiagnostics, diagnosticFormats } from '../../diagnostics/print.ts'
import { workTree } from '../../files/reader.ts'
import type { LoadedProfile } from '../../profile/load.ts'
import { acrossProfiles } from '../../profile/rules/index.ts'
import { agedAuthorities } from '../../pipeline/aged-authorities.ts'
import { clusterOf, machineOutputs } from '../../pipeline/cluster.ts'
import { loadAt } from '../../pipeline/load.ts'
import { openLoaded } from '../../pipeline/open.ts'
import { placeholderSecrets } from '../../pipeline/secrets.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { explainCode } from './explain-code.ts'
import { openAssets } from './open-assets.ts'
import { choiceOf, type Command, type Context, exit } from '../context.ts'
import { type Mistakes, printMistakes } from '../report.ts'
import { count } from '../../text/count.ts'
import { secretsOf } from '../secrets/option.ts'

/** `hakube check PROFILE…` */
export const action: Command = async (context) => {
  const { stdout, stderr, options, environment } = context
  const code = options.text('explain')
  if (code !== null) return explainCode(code, context)
  const { stop } = context.signals
  const format = choiceOf(options, 'format', diagnosticFormats)
  // A file that is listed twice must not count as a second cluster with the same addresses.
  const files = [...new Set(context.parameters.map((file) => normalize(file)))]
  const loaded = await Promise.all(
    files.map((profile) => loadAt({ profile, revision: options.text('rev') }, environment)),
  )
  const across = new Map(acrossProfiles(loaded).map((each) => [each.loaded.file, each.diagnostics]))
  const secrets = secretsOf(context, 'check')
  const assets = await openAssets(loaded, context)
  const mistakes: Mistakes[] = []
  const summaries: string[] = []
  for (const each of loaded) {
    const diagnostics = [
      ...each.diagnostics,
      ...(across.get(each.file) ?? []),
      ...(each.profile ? findNoNetworkPlugin(each.profile) : []),
      ...agedAuthorities(each, new Date()),
    ]
    mistakes.push({ loaded: each, diagnostics })
    if (!isGood(each)) continue
    // Making keys takes a moment, so this is done only for profiles without errors.
    const opened = await openLoaded(each, { secrets, stop })
    diagnostics.push(...opened.diagnostics)
    // These checks need no secrets, so they also run without a key.
    const cluster = opened.cluster ?? clusterOf(each, await placeholderSecrets(each))
    const conflicts = cluster ? findConflicts(cluster, stop) : []
    diagnostics.push(...conflicts)
    if (assets && cluster) {
      const compared = await assets.compare(each.file, cluster)
      diagnostics.push(...compared.diagnostics)
      summaries.push(...compared.lines)
    }
    if (!opened.cluster || hasErrors(conflicts)) continue
    const report = await readByPrograms(each, opened.cluster, context)
    diagnostics.push(...report.diagnostics)
    summaries.push(...summaryOf(each.file, report))
  }
  mistakes.push({
    loaded: null,
    diagnostics: [...(assets?.refused ?? []), ...(await trackedSecrets(files, context))],
  })
  const all = mistakes.flatMap(({ diagnostics }) => diagnostics)
  // The diagnostics are the result, in every format; the summary goes to stderr.
  const text = printMistakes(mistakes, stdout.colour && format === 'text', format)
  stdout.write(text)
  if (text !== '' && format === 'text' && stdout.terminal) stderr.write('\n')
  for (const line of summaries) stderr.write(`${line}\n`)
  stderr.write(`${countDiagnostics(all) || 'no errors'}\n`)
  return failed(all, options.flag('strict')) ? exit.invalidInput : exit.success
}

/** Each repository once, even if several of its profiles are listed. */
async function trackedSecrets(files: readonly string[], { environment }: Context): Promise<Diagnostic[]> {
  const directories = new Map(files.map((file) => [dirname(file), file]))
  const found = await Promise.all(
    [...directories.values()].map((file) => findTrackedSecrets(file, environment)),
  )
  return [...new Map(found.flat().map((each) => [each.message, each])).values()]
}

const isGood = (loaded: LoadedProfile): boolean => loaded.profile !== null && !hasErrors(loaded.diagnostics)

const failed = (all: readonly Diagnostic[], strict: boolean): boolean =>
  strict ? all.length > 0 : hasErrors(all)

async function readByPrograms(
  loaded: LoadedProfile,
  cluster: Cluster,
  context: Context,
): Promise<ProgramReport> {
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
    lines.push(`${file}: distinct files validated by ${programs.join(', ')}`)
  }
  if (report.notRun.length > 0) {
    const programs = report.notRun.map(({ program, reason }) => `${program} (${reason})`)
    lines.push(`${file}: not run: ${programs.join(', ')}`)
  }
  return lines
}
