import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { inTemporaryDirectory } from '../check/temporary.ts'
import type { SiteFile } from '../templates/site-file.ts'
import { putInto, writeImage } from './files.ts'
import { make, makerOf, type Means } from './programs.ts'

/** The label by which cloud-init recognizes the disk, on ISO 9660 and FAT: */
const label = 'CIDATA'

/** Options of xorriso in its mkisofs mode: names unchanged (Rock Ridge, and Joliet for other systems), owned by root. */
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

/**
 * Writes a NoCloud seed as an ISO 9660 image, for a USB stick or the virtual media of a BMC.
 *
 * @param seed the files of one machine's seed; only their names matter, not their paths in the site
 * @throws Refusal if xorriso is missing or fails, or the file cannot be written
 */
export async function writeSeedDisk(out: string, seed: readonly SiteFile[], means: Means): Promise<void> {
  const program = makerOf('xorriso', means)
  await inTemporaryDirectory(means.environment, async (directory) => {
    const from = join(directory, 'seed')
    await mkdir(from)
    await putInto(
      from,
      seed.map(({ path, body }) => ({ name: basename(path), body })),
    )
    const draft = join(directory, 'seed.iso')
    await make(program, options(draft, from), { what: out, directory, signal: means.signal })
    await writeImage(out, draft, seed.some(({ secret }) => secret) ? 0o600 : 0o644)
  })
}
