import { constants } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isInGitDirectory, isOutside } from '../files/outside.ts'
import { isSystemError } from '../files/system-error.ts'
import { manifestName } from '../site/manifest.ts'

/** A file or directory that machines must not fetch as an asset. */
export type PrivatePath = {
  /** What it contains, as the end of "it holds …": `the profile`. */
  what: string
  path: string
}

/** Its path and identity, so that a second name of the same file is recognized. */
export type KnownPrivate = PrivatePath & { place: string; id: string }

export const fileId = ({ dev, ino }: { dev: number | bigint; ino: number | bigint }): string =>
  `${dev}:${ino}`

/** Those that exist. */
export async function findPrivate(paths: readonly PrivatePath[]): Promise<KnownPrivate[]> {
  const known: KnownPrivate[] = []
  for (const each of paths) {
    try {
      const place = await realpath(each.path)
      known.push({ ...each, place, id: fileId(await stat(place)) })
    } catch (fault) {
      if (!isSystemError(fault)) throw fault
    }
  }
  return known
}

/** The beginnings of small files that contain secrets, and what they are. */
const secretStarts: readonly (readonly [RegExp, string])[] = [
  [/AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20}/, 'an age key'],
  [/-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/, 'a private key'],
  [/^\s*(?:age-encryption\.org\/v1|-----BEGIN AGE ENCRYPTED FILE-----)/, 'a file encrypted with age'],
  [/^ *client-key-data: *["']?[A-Za-z0-9+/]{20}/m, 'a kubeconfig'],
]

const longestKey = 256 * 1024
const headLength = 32 * 1024

/** Extensions of archives and images: large mirrors contain many, and none of them is a key. */
const neverSecret = /\.(?:rpm|drpm|deb|udeb|gz|xz|bz2|zst|img|iso|squashfs|efi|png|html)$/i

/**
 * Recognizes a file that contains a secret.
 *
 * @returns what it is, or null
 */
export async function secretIn(path: string, name: string, size: number): Promise<string | null> {
  if (neverSecret.test(name) || (size > longestKey && !name.endsWith('.age'))) return null
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, headLength)), 0)
    const head = buffer.toString('latin1', 0, bytesRead)
    return secretStarts.find(([pattern]) => pattern.test(head))?.[1] ?? null
  } finally {
    await handle.close()
  }
}

/** Whether a manifest.json belongs to a rendered site, including those of other versions and damaged ones. */
async function isSiteManifest(path: string): Promise<boolean> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0)
      return /^\s*\{\s*"manifest":\s*\d+,\s*"hakube":/.test(buffer.toString('utf8', 0, bytesRead))
    } finally {
      await handle.close()
    }
  } catch (fault) {
    if (isSystemError(fault)) return false
    throw fault
  }
}

/** Recognizes by its entries a directory that machines must not see. `at` returns the path of an entry. */
export async function unfitDirectory(
  names: readonly string[],
  at: (name: string) => string,
): Promise<string | null> {
  const git = names.find((name) => isInGitDirectory(name))
  if (git !== undefined) return `a git repository (${git})`
  if (['HEAD', 'objects', 'refs'].every((name) => names.includes(name))) return 'a bare git repository'
  if (names.includes(manifestName) && (await isSiteManifest(at(manifestName)))) return 'a rendered site'
  return null
}

/**
 * Why a directory cannot be the assets directory, as the end of "cannot serve assets from DIR: …"; null if it can. Checked before it is
 * listed, because listing `/` takes long.
 *
 * @param top its real path
 */
export async function unfitPlace(top: string, known: readonly KnownPrivate[]): Promise<string | null> {
  for (const { what, path, place } of known)
    if (!isOutside(top, place)) return place === top ? `it is ${what}` : `it holds ${what} ${path}`
  if (isInGitDirectory(top)) return "it is inside git's own directory"
  for (let above = dirname(top), below = top; above !== below; below = above, above = dirname(above))
    if (await isSiteManifest(join(above, manifestName))) return `it is inside the rendered site ${above}`
  return null
}
