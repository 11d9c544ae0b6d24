import { open, rename, rm } from 'node:fs/promises'
import { constants } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Diagnostic, error, warning } from '../diagnostics/diagnostic.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { syncDirectory } from '../files/write-whole.ts'
import { download, DownloadError, type DownloadOptions } from './download.ts'
import type { LockedAsset } from './lock-file.ts'
import { factsOf, type FileFacts, makePlace, openPart, partOf, PlaceError, presentFile } from './place.ts'
import { SignatureError, signedSum, type Verifier } from './signed.ts'
import type { WantedAsset } from './sources.ts'

/** The sources of files, their directory, and how to verify them. */
export type Bringing = Omit<DownloadOptions, 'onBytes'> & {
  directory: string
  /** A directory that contains the files; then nothing is downloaded. */
  from: string | null
  /** Rows of the lock file; empty to renew it. */
  lock: ReadonlyMap<string, LockedAsset>
  /** Null if signatures cannot be verified on this machine. */
  verifier: Verifier | null
  onBytes: (asset: WantedAsset, have: number, total: number | null) => void
}

/** @property locked null if the file is missing or wrong */
export type Brought = {
  asset: WantedAsset
  how: 'present' | 'fetched' | 'copied' | 'missing'
  locked: LockedAsset | null
  diagnostics: Diagnostic[]
}

/** The expected checksum of a file and its origin, as the subject of a sentence. */
type Expected = { sha256: string; says: string }

function expectedOf(asset: WantedAsset, { lock }: Bringing): Expected | null {
  if (asset.sha256 !== null) return { sha256: asset.sha256, says: 'the profile' }
  const locked = lock.get(asset.path)
  return locked ? { sha256: locked.sha256, says: 'the lock file' } : null
}

async function expectedBySignature(asset: WantedAsset, bringing: Bringing): Promise<Expected | null> {
  if (asset.signed === null || bringing.from !== null) return null
  if (bringing.verifier === null)
    throw new SignatureError('it is signed, and gpgv or the keyring of Debian is missing here')
  const sha256 = await signedSum(asset.signed, bringing.verifier, {
    ca: bringing.ca,
    stop: bringing.stop,
    limits: bringing.limits,
  })
  return { sha256, says: asset.signed.listUrl }
}

const about = (asset: WantedAsset) => (asset.from ? { path: asset.from } : {})

/** The error of one file; other files continue. @throws any other error */
function diagnosticOf(asset: WantedAsset, fault: unknown, { directory, verifier }: Bringing): Diagnostic {
  const name = `assets/${asset.path}`
  if (fault instanceof DownloadError)
    return error('assets/fetch', `cannot fetch ${asset.url ?? name}: ${fault.message}`, about(asset))
  if (fault instanceof SignatureError)
    return error('assets/signature', `cannot verify ${name}: ${fault.message}`, {
      hint:
        verifier === null
          ? 'install gpgv and debian-archive-keyring, or set the keyring with --keyring'
          : 'try again later, because the mirror may be in the middle of an update, or use another mirror',
    })
  if (fault instanceof PlaceError) return error('assets/place', `cannot use ${name}: ${fault.message}`)
  if (!isSystemError(fault)) throw fault
  return error('assets/place', `cannot write ${join(directory, asset.path)}: ${describeSystemError(fault)}`)
}

const differs = (asset: WantedAsset, { sha256 }: FileFacts, expected: Expected, whose: string): Diagnostic =>
  error(
    'assets/checksum',
    `${whose} has the SHA-256 ${sha256}, but ${expected.says} requires ${expected.sha256} for assets/${asset.path}`,
    {
      hint:
        expected.says === 'the lock file'
          ? 'if the publisher has released a newer file, accept it with hakube assets --update'
          : 'use the right file, or correct the checksum',
      ...about(asset),
    },
  )

const lockedAs = (asset: WantedAsset, facts: FileFacts, bringing: Bringing): LockedAsset => ({
  path: asset.path,
  source: bringing.lock.get(asset.path)?.source ?? asset.url,
  ...facts,
})

const unverified = (asset: WantedAsset, how: string): Diagnostic =>
  warning(
    'assets/unverified',
    `assets/${asset.path} cannot be verified, because no checksum is known: it is used as it ${how}`,
    {
      hint: 'compare its SHA-256 in the lock file with the one that its publisher names',
    },
  )

/** Fills a draft from a directory. @returns null if the directory does not contain the file */
async function copyFrom(
  from: string,
  asset: WantedAsset,
  handle: Awaited<ReturnType<typeof openPart>>['handle'],
  stop: AbortSignal,
): Promise<string | null> {
  for (const name of new Set([asset.path, basename(asset.path)])) {
    if ((await presentFile(from, name, stop)) === null) continue
    const source = await open(join(from, name), constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      await handle.truncate(0)
      let at = 0
      for await (const piece of source.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
        stop.throwIfAborted()
        await handle.write(piece, 0, piece.length, at)
        at += piece.length
      }
    } finally {
      await source.close()
    }
    return join(from, name)
  }
  return null
}

/** Puts a file into its place, atomically. */
async function fetchAsset(
  asset: WantedAsset,
  expected: Expected | null,
  bringing: Bringing,
): Promise<Brought> {
  const { directory, from, stop, onBytes } = bringing
  const missing = (diagnostic: Diagnostic): Brought => ({
    asset,
    how: 'missing',
    locked: null,
    diagnostics: [diagnostic],
  })
  await makePlace(directory, asset.path)
  const part = partOf(directory, asset.path)
  const { handle, have } = await openPart(part)
  let keep = false
  try {
    let whose = asset.url ?? asset.path
    const fill = async (start: number) => {
      if (from === null && asset.url !== null)
        return download(asset.url, handle, start, {
          ...bringing,
          onBytes: (...now) => onBytes(asset, ...now),
        })
      const found = from === null ? null : await copyFrom(from, asset, handle, stop)
      if (found !== null) whose = found
      return found
    }
    // Without a checksum, nobody would notice if the rest of one file followed the beginning of another.
    const start = expected === null || from !== null ? 0 : have
    keep = expected !== null
    if ((await fill(start)) === null)
      return missing(
        error('assets/no-source', `${from} does not have ${asset.path}`, {
          hint: `get it from ${asset.source}`,
        }),
      )
    let facts = await factsOf(handle, stop)
    if (start > 0 && expected !== null && facts.sha256 !== expected.sha256) {
      await fill(0)
      facts = await factsOf(handle, stop)
    }
    keep = false
    if (expected !== null && facts.sha256 !== expected.sha256)
      return missing(differs(asset, facts, expected, whose))
    await handle.chmod(0o644)
    await handle.sync()
    await rename(part, join(directory, ...asset.path.split('/')))
    await syncDirectory(dirname(part))
    const trusted = expected !== null || (from === null && whose.startsWith('https:'))
    return {
      asset,
      how: from === null ? 'fetched' : 'copied',
      locked: lockedAs(asset, facts, bringing),
      diagnostics: trusted ? [] : [unverified(asset, from === null ? 'comes' : 'is there')],
    }
  } finally {
    // It is empty, or there is no way to verify it.
    if ((await handle.stat()).size === 0) keep = false
    await handle.close()
    if (!keep) await rm(part, { force: true })
  }
}

async function bringOne(asset: WantedAsset, bringing: Bringing): Promise<Brought> {
  const { directory, from, stop } = bringing
  let expected = expectedOf(asset, bringing)
  const present = await presentFile(directory, asset.path, stop)
  const canBeHad = from !== null || asset.url !== null
  if (present !== null && expected === null && !canBeHad)
    return {
      asset,
      how: 'present',
      locked: lockedAs(asset, present, bringing),
      diagnostics: [unverified(asset, 'is there')],
    }
  if (present === null && !canBeHad)
    return {
      asset,
      how: 'missing',
      locked: null,
      diagnostics: [
        error('assets/no-source', `hakube does not know where to download assets/${asset.path}`, {
          hint: `put it there yourself, from ${asset.source}`,
          ...about(asset),
        }),
      ],
    }
  expected ??= await expectedBySignature(asset, bringing)
  if (present !== null && expected !== null && present.sha256 === expected.sha256)
    return { asset, how: 'present', locked: lockedAs(asset, present, bringing), diagnostics: [] }
  if (!canBeHad && present !== null && expected !== null)
    return {
      asset,
      how: 'missing',
      locked: null,
      diagnostics: [differs(asset, present, expected, join(directory, asset.path))],
    }
  return fetchAsset(asset, expected, bringing)
}

/**
 * Brings files into the assets directory, one after the other. An error of one file does not stop the others.
 *
 * @returns one row for each file, in order
 */
export async function bringAssets(wanted: readonly WantedAsset[], bringing: Bringing): Promise<Brought[]> {
  const rows: Brought[] = []
  for (const asset of wanted) {
    bringing.stop.throwIfAborted()
    try {
      rows.push(await bringOne(asset, bringing))
    } catch (fault) {
      bringing.stop.throwIfAborted()
      const diagnostics = [diagnosticOf(asset, fault, bringing)]
      rows.push({ asset, how: 'missing', locked: null, diagnostics })
    }
  }
  return rows
}
