import cliProgress from 'cli-progress'
import { findConflicts } from '../check/conflicts.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type Diagnostic, error, hasErrors } from '../diagnostics/diagnostic.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { writeWhole } from '../files/write-whole.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { siteFiles } from '../site/build.ts'
import type { SiteAbout } from '../site/manifest.ts'
import { SiteError } from '../site/site-error.ts'
import { siteTar } from '../site/tar.ts'
import { type WriteReport, writeSite } from '../site/write.ts'
import { clusterOf, untilStopped } from './build.ts'
import { findCommit } from './commit.ts'
import { type Command, type Context, exit, type Output } from './context.ts'
import { printMistakes } from './report.ts'
import { loadAt } from './revision.ts'
import { secretsFinder } from './secrets/obtain.ts'

/** `hakube render PROFILE --out DIR` */
export const render: Command = async (context) => {
  const { options, stderr, stdout } = context
  const [file = ''] = context.parameters
  const out = options.text('out') ?? ''
  const loaded = await loadAt(file, options.text('rev'), context)
  stderr.write(printMistakes([{ loaded, diagnostics: loaded.diagnostics }], stderr.colour))
  if (hasErrors(loaded.diagnostics)) return exit.mistakes
  const { secrets, diagnostics } = await secretsFinder(context, 'render')(loaded)
  stderr.write(printMistakes([{ loaded, diagnostics }], stderr.colour))
  if (!secrets) return exit.mistakes
  const cluster = clusterOf(loaded, secrets)
  if (!cluster) return exit.mistakes
  const conflicts = findConflicts(cluster, context.signals.stop)
  stderr.write(printMistakes([{ loaded, diagnostics: conflicts }], stderr.colour))
  if (hasErrors(conflicts)) return exit.mistakes
  const { about, diagnostics: aboutCommit } = await aboutSite(cluster, loaded, context)
  stderr.write(printMistakes([{ loaded: null, diagnostics: aboutCommit }], stderr.colour))
  const dryRun = options.flag('dry-run')
  const report = await withProgress(cluster, stderr, (progress) =>
    writeSite(untilStopped(siteFiles(cluster, about), context.signals.stop), about, out, {
      dryRun,
      force: options.flag('force'),
      progress,
    }),
  )
  const tar = options.text('tar')
  if (dryRun) stdout.write(listChanges(report))
  else if (tar !== null) await writeTar(tar, cluster, about, context)
  stderr.write(`${out}: ${summaryOf(report, dryRun)}\n`)
  return exit.good
}

/** Nobody ever sees half of an archive, or the keys in it. */
async function writeTar(file: string, cluster: Cluster, about: SiteAbout, context: Context): Promise<void> {
  try {
    const archive = siteTar(untilStopped(siteFiles(cluster, about), context.signals.stop), about)
    await writeWhole(file, bytesOf(archive), 0o600)
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw new SiteError([error('site/input-output', `cannot write ${file}: ${describeSystemError(fault)}`)])
  }
}

async function* bytesOf(pieces: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) throw new TypeError('tar-stream gave a piece that is not bytes')
    yield piece
  }
}

/** What the manifest says about a cluster. */
export async function aboutSite(
  cluster: Cluster,
  loaded: LoadedProfile,
  context: Context,
): Promise<{ about: SiteAbout; diagnostics: Diagnostic[] }> {
  const { commit, diagnostics } = await findCommit(loaded, context.environment)
  const about = {
    hakube: context.version,
    profile: cluster.name,
    commit,
    throwAwaySecrets: cluster.secrets.throwAway,
    machines: cluster.machines,
  }
  return { about, diagnostics }
}

/** Below this number it is over before anybody has seen a bar. */
const machinesWithProgress = 200

type Progress = NonNullable<NonNullable<Parameters<typeof writeSite>[3]>['progress']>

async function withProgress<T>(
  cluster: Cluster,
  stderr: Output,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  if (!stderr.terminal || cluster.machines.length < machinesWithProgress) return work(() => undefined)
  const bar = new cliProgress.SingleBar(
    { format: '{bar} {value}/{total} machines', stream: stderr.stream, clearOnComplete: true },
    cliProgress.Presets.shades_classic,
  )
  bar.start(cluster.machines.length, 0)
  let last: string | undefined
  try {
    return await work((_, { machine }) => {
      if (machine !== undefined && machine !== last) bar.increment()
      last = machine
    })
  } finally {
    bar.stop()
  }
}

function listChanges({ created, changed, removed }: WriteReport): string {
  const rows = [
    ...created.map((path) => ['create', path] as const),
    ...changed.map((path) => ['change', path] as const),
    ...removed.map((path) => ['remove', path] as const),
  ]
  rows.sort(([, one], [, other]) => (one < other ? -1 : 1))
  return rows.map(([what, path]) => `${what} ${path}\n`).join('')
}

function summaryOf(report: WriteReport, dryRun: boolean): string {
  const numbers = [
    `${report.created.length} created`,
    `${report.changed.length} changed`,
    `${report.removed.length} removed`,
    `${report.unchanged} unchanged`,
  ].join(', ')
  return dryRun ? `nothing written; it would be ${numbers}` : numbers
}
