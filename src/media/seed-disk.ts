import { createReadStream } from 'node:fs'
import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { findProgram, runProgram } from '../check/programs.ts'
import { inTemporaryDirectory } from '../check/temporary.ts'
import { refusal } from '../diagnostics/refusal.ts'
import type { Environment } from '../files/find-program.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { writeWhole } from '../files/write-whole.ts'
import type { SiteFile } from '../templates/site-file.ts'

/** A moment that stands in every image: the same seed gives the same bytes. 1980, the first that each file system can express. */
const epoch = 315_532_800

/**
 * By which cloud-init knows the disk, on ISO 9660 as on FAT:
 * https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html
 */
const label = 'CIDATA'

/** What xorriso is told, as mkisofs would be: names as they are (Rock Ridge, and Joliet for others), root's alone. */
const options = (out: string, from: string): string[] => [
  '-as',
  'mkisofs',
  '-quiet',
  '-volid',
  label,
  '-rational-rock',
  '-joliet',
  '-uid',
  '0',
  '-gid',
  '0',
  '-file-mode',
  '0600',
  '-dir-mode',
  '0700',
  '-output',
  out,
  from,
]

/** @throws Refusal where xorriso is missing */
function xorriso(environment: Environment, repository: string | null): string {
  const program = findProgram('xorriso', environment, repository)
  if (program !== null) return program
  throw refusal('media/program', 'the program xorriso is not installed', {
    hint: 'install the package xorriso',
  })
}

/**
 * Writes a NoCloud seed as an ISO 9660 image: for a stick, to which it is copied as it is, and for the virtual media of a BMC.
 *
 * @param seed the files of one machine's seed; their names count, not where they are in the site
 * @throws Refusal where xorriso is missing or fails, or the file cannot be written
 */
export async function writeSeedDisk(
  out: string,
  seed: readonly SiteFile[],
  {
    environment,
    repository,
    signal,
  }: { environment: Environment; repository: string | null; signal: AbortSignal },
): Promise<void> {
  const program = xorriso(environment, repository)
  await inTemporaryDirectory(environment, async (directory) => {
    const from = join(directory, 'seed')
    await mkdir(from)
    for (const { path, body } of seed) {
      const file = join(from, basename(path))
      await writeFile(file, body)
      await chmod(file, 0o600)
      await utimes(file, epoch, epoch)
    }
    await utimes(from, epoch, epoch)
    const draft = join(directory, 'seed.iso')
    const outcome = await runProgram(program, options(draft, from), {
      directory,
      signal,
      environment: { SOURCE_DATE_EPOCH: String(epoch) },
    })
    signal.throwIfAborted()
    if (outcome.status !== 0) {
      const why = outcome.stderr.split('\n').find((line) => /FAILURE|FATAL|SORRY/.test(line))
      throw refusal(
        'media/failed',
        `xorriso cannot make ${out}: ${outcome.problem ?? why ?? 'it says nothing'}`,
      )
    }
    try {
      await writeWhole(out, createReadStream(draft), seed.some(({ secret }) => secret) ? 0o600 : 0o644)
    } catch (fault) {
      if (!isSystemError(fault)) throw fault
      throw refusal('site/input-output', `cannot write ${out}: ${describeSystemError(fault)}`)
    }
  })
}
