import { existsSync, readFileSync } from 'node:fs'
import { bringAssets, type Brought } from '../../assets/bring.ts'
import { usualLimits } from '../../assets/download.ts'
import { type LockedAsset, lockFileOf, lockText, readLock } from '../../assets/lock-file.ts'
import type { Verifier } from '../../assets/signed.ts'
import { trustedCertificates } from '../../assets/trusted.ts'
import { type WantedAsset, wantedAssets } from '../../assets/sources.ts'
import { error, hasErrors } from '../../diagnostics/diagnostic.ts'
import { Refusal } from '../../diagnostics/refusal.ts'
import { findProgram, pathDirectories } from '../../files/find-program.ts'
import { describeSystemError, isSystemError } from '../../files/system-error.ts'
import { writeWhole } from '../../files/write-whole.ts'
import { clusterWithoutSecrets } from '../cluster-without-secrets.ts'
import { type Command, type Context, exit, type Output } from '../context.ts'
import { printMistakes } from '../report.ts'

/** `hakube assets PROFILE --dir DIR` */
export const action: Command = async (context) => {
  const { parameters, options, stdout, stderr, signals } = context
  const [file = ''] = parameters
  const found = await clusterWithoutSecrets(context)
  if (!found) return exit.invalidInput
  const { loaded, cluster } = found
  const wanted = wantedAssets(cluster)
  const lockFile = lockFileOf(file)
  const old = await readLock(lockFile)
  if (options.flag('dry-run')) {
    for (const asset of wanted) stdout.write(`${dryLine(asset, old.get(asset.path))}\n`)
    return exit.success
  }
  const rows = await bringAssets(wanted, {
    directory: options.text('dir') ?? '',
    from: options.text('from'),
    lock: options.flag('update') ? new Map() : old,
    verifier: verifierOf(context),
    ca: await trustedCertificates(
      context.environment,
      cluster.trust.map(({ pem }) => pem),
    ),
    stop: signals.stop,
    limits: usualLimits,
    onBytes: progressOn(stderr),
  })
  if (stderr.terminal) stderr.write('\r\u001B[K')
  for (const row of rows) stdout.write(`${lineOf(row)}\n`)
  await writeLock(lockFile, rows, old)
  const diagnostics = rows.flatMap((row) => row.diagnostics)
  if (diagnostics.length > 0) stderr.write(printMistakes([{ loaded, diagnostics }], stderr.colour))
  return hasErrors(diagnostics) ? exit.invalidInput : exit.success
}

function verifierOf({ environment, options }: Context): Verifier | null {
  const keyring = options.text('keyring') ?? ''
  const gpgv = findProgram('gpgv', pathDirectories(environment), null)
  return gpgv !== null && existsSync(keyring) ? { gpgv, keyring } : null
}

/** A file that failed keeps its row, because its expected checksum is still known. */
async function writeLock(
  file: string,
  rows: readonly Brought[],
  old: ReadonlyMap<string, LockedAsset>,
): Promise<void> {
  const locked = rows.flatMap(({ asset, locked: now }) => now ?? old.get(asset.path) ?? [])
  const text = lockText(locked)
  try {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return
    await writeWhole(file, text, 0o644)
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw new Refusal([error('assets/lock', `cannot write ${file}: ${describeSystemError(fault)}`)])
  }
}

const sizeText = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`

const lineOf = ({ asset, how, locked }: Brought): string =>
  `${how.padEnd(8)} ${asset.path}${locked === null ? '' : `  ${sizeText(locked.size)}  ${locked.sha256}`}`

function dryLine({ path, url, source, sha256, signed }: WantedAsset, locked?: LockedAsset): string {
  const verified = sha256 ?? locked?.sha256 ?? (signed === null ? 'no checksum is known' : 'signed')
  return `${path}  ${url ?? `to be put there: ${source}`}  ${verified}`
}

/** A progress line that is overwritten, for terminals. */
function progressOn(stderr: Output): (asset: WantedAsset, have: number, total: number | null) => void {
  let shown = 0
  return ({ path }, have, total) => {
    const now = Date.now()
    if (!stderr.terminal || now - shown < 200) return
    shown = now
    const share =
      total === null || total === 0 ? '' : ` of ${sizeText(total)}, ${Math.floor((100 * have) / total)} %`
    stderr.write(`\r\u001B[K${`${path}: ${sizeText(have)}${share}`.slice(0, stderr.columns - 1)}`)
  }
}
