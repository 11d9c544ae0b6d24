import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { download, type DownloadOptions } from './download.ts'
import type { SignedList } from './sources.ts'

/** Why a signed list does not give a file's checksum, as the end of "cannot verify PATH: …". */
export class SignatureError extends Error {}

/** Verifies signatures: the program gpgv, and a keyring with the distribution's keys. */
export type Verifier = { gpgv: string; keyring: string }

/** Lists are small; larger answers are rejected. */
const largestList = 16 * 2 ** 20

async function fetchText(url: string, directory: string, options: DownloadOptions): Promise<Buffer> {
  const file = join(directory, 'list')
  const handle = await open(file, 'w+', 0o600)
  try {
    const { limits } = options
    await download(url, handle, 0, {
      ca: options.ca,
      stop: options.stop,
      limits: { ...limits, size: largestList },
    })
  } finally {
    await handle.close()
  }
  return readFile(file)
}

/** Checksum of a file in the SHA256 section of a Release file. */
function sumInRelease(release: string, name: string): string | null {
  const [, part = ''] = /^SHA256:\n((?: .*\n?)*)/m.exec(release) ?? []
  const row = part.split('\n').find((line) => line.trim().split(/\s+/)[2] === name)
  return row?.trim().split(/\s+/)[0] ?? null
}

/** Checksum of a file in the output of sha256sum. */
const sumInList = (list: string, name: string): string | null =>
  list
    .split('\n')
    .map((line) => /^([0-9a-f]{64}) [ *](.*)$/.exec(line))
    .find((row) => row?.[2] === name)?.[1] ?? null

/**
 * The signed text without its signatures; text outside the signature is dropped. One good signature suffices, as for apt, because a
 * keyring need not contain the keys of all.
 *
 * @returns null if no signature is good, or one is bad
 */
function verified(signed: Buffer, directory: string, { gpgv, keyring }: Verifier): string | null {
  const [file, text] = [join(directory, 'InRelease'), join(directory, 'text')]
  writeFileSync(file, signed, { mode: 0o600 })
  const words = ['--status-fd', '1', '--keyring', resolve(keyring), '--output', text, file]
  const { stdout } = spawnSync(gpgv, words, {
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
    timeout: 60_000,
  })
  const isGood =
    /^\[GNUPG:\] VALIDSIG /m.test(stdout) &&
    !/^\[GNUPG:\] (?:BADSIG|EXPSIG|REVKEYSIG|EXPKEYSIG) /m.test(stdout)
  return isGood ? readFileSync(text, 'utf8') : null
}

/**
 * The checksum of a file, signed by its distribution.
 *
 * @throws {SignatureError} when no key of the keyring made the signature, or the list lacks the file
 * @throws {DownloadError} when a list cannot be downloaded
 */
export async function signedSum(
  signed: SignedList,
  { gpgv, keyring }: Verifier,
  options: DownloadOptions,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hakube-lists-'))
  try {
    const release = verified(await fetchText(signed.release, directory, options), directory, {
      gpgv,
      keyring,
    })
    if (release === null)
      throw new SignatureError(`${signed.release} has no good signature of a key in ${keyring}`)
    const list = await fetchText(signed.listUrl, directory, options)
    const wanted = sumInRelease(release, signed.list)
    if (wanted === null) throw new SignatureError(`${signed.release} does not name ${signed.list}`)
    if (createHash('sha256').update(list).digest('hex') !== wanted)
      throw new SignatureError(`${signed.listUrl} is not what ${signed.release} says`)
    const sum = sumInList(list.toString('utf8'), signed.name)
    if (sum === null) throw new SignatureError(`${signed.listUrl} does not name ${signed.name}`)
    return sum
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
