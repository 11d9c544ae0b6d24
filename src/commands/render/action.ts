import { compareText } from '../../text/order.ts'
import { refusal } from '../../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../../files/system-error.ts'
import { writeWhole } from '../../files/write-whole.ts'
import { open } from '../../pipeline/open.ts'
import { buildSite, type Site } from '../../pipeline/site.ts'
import { siteTar } from '../../site/tar.ts'
import { type WriteReport, writeSite } from '../../site/write.ts'
import { type Command, exit } from '../context.ts'
import { enrolmentNote } from '../enrolment-note.ts'
import { withProgress } from '../progress.ts'
import { printMistakes } from '../report.ts'
import { secretsOf } from '../secrets/option.ts'

/** `hakube render PROFILE --out DIR` */
export const action: Command = async (context) => {
  const { options, stderr, stdout, environment, version } = context
  const { stop } = context.signals
  const [profile = ''] = context.parameters
  const out = options.text('out') ?? ''
  const reference = { profile, revision: options.text('rev') }
  const secrets = secretsOf(context, 'render')
  const { loaded, cluster, diagnostics } = await open(reference, { secrets, environment, stop })
  stderr.write(printMistakes([{ loaded, diagnostics }], stderr.colour))
  if (!cluster) return exit.invalidInput
  const built = await buildSite({ loaded, cluster }, { hakube: version, environment, stop })
  stderr.write(printMistakes([{ loaded, diagnostics: built.diagnostics }], stderr.colour))
  const { site } = built
  if (!site) return exit.invalidInput
  const dryRun = options.flag('dry-run')
  const bar = { total: site.about.machines.length, of: 'machines' }
  const report = await withProgress(stderr, bar, machinesWithProgress, (step) =>
    writeSite(site.files(), site.about, out, {
      dryRun,
      force: options.flag('force'),
      progress: eachMachine(step),
    }),
  )
  const tar = options.text('tar')
  if (dryRun) stdout.write(listChanges(report))
  else if (tar !== null) await writeTar(tar, site)
  stderr.write(`${out}: ${summaryOf(report, dryRun)}\n`)
  stderr.write(enrolmentNote({ loaded, cluster }, { out, as: 'directory' }))
  return exit.success
}

/** Written atomically and readable by its owner only, because it contains keys. */
async function writeTar(file: string, site: Site): Promise<void> {
  try {
    await writeWhole(file, bytesOf(siteTar(site.files(), site.about)), 0o600)
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refusal('site/input-output', `cannot write ${file}: ${describeSystemError(fault)}`)
  }
}

async function* bytesOf(pieces: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) throw new TypeError('tar-stream gave a piece that is not bytes')
    yield piece
  }
}

/** Fewer machines are rendered too fast for a bar. */
const machinesWithProgress = 200

/** The files of a machine are consecutive. */
function eachMachine(
  step: () => void,
): NonNullable<NonNullable<Parameters<typeof writeSite>[3]>['progress']> {
  let last: string | undefined
  return (_, { machine }) => {
    if (machine !== undefined && machine !== last) step()
    last = machine
  }
}

function listChanges({ created, changed, removed }: WriteReport): string {
  const rows = [
    ...created.map((path) => ['create', path] as const),
    ...changed.map((path) => ['change', path] as const),
    ...removed.map((path) => ['remove', path] as const),
  ]
  rows.sort(([, one], [, other]) => compareText(one, other))
  return rows.map(([what, path]) => `${what} ${path}\n`).join('')
}

function summaryOf(report: WriteReport, dryRun: boolean): string {
  const numbers = [
    `${report.created.length} created`,
    `${report.changed.length} changed`,
    `${report.removed.length} removed`,
    `${report.unchanged} unchanged`,
  ].join(', ')
  return dryRun ? `nothing written; a render would give ${numbers}` : numbers
}
