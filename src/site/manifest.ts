import { compareText } from '../text/order.ts'
import { type Refusal, refusal } from '../diagnostics/refusal.ts'
import { hash } from 'node:crypto'
import { z } from 'zod'
import { defaults } from '../profile/defaults.ts'
import { canonicalMac } from '../network/mac.ts'
import type { Manifest, ManifestEntry, SiteFile } from './site.ts'

export const manifestName = 'manifest.json'

/** What the manifest records about the site as a whole. The command looks up the commit, because that is input. */
export type SiteAbout = {
  /** hakube's own version. */
  hakube: string
  /** Name of the profile. */
  profile: string
  commit: string | null
  ephemeralSecrets: boolean
  /** False if all machines run from memory and fetch everything at each boot; absent if they have a system on their disk. */
  keepsDisk?: boolean
  /** Machines fetch their secrets from `hakube serve PROFILE`; the site contains none. */
  enrolled?: boolean
  /** Minutes without a report after which a machine that is being installed counts as failed. */
  deadline?: number
  /** Compatible with the machines of a cluster. Files are stored under the first MAC address. */
  machines: readonly {
    name: string
    macs: readonly [string, ...string[]]
    reporter?: string
    /** False if this machine runs from memory, and others do not. */
    keepsDisk?: boolean
  }[]
}

/**
 * hakube chooses all site paths, so the pattern can be narrow: no leading dot (`..`, hidden files), no empty part, and no characters that
 * a shell, a URL or a log would have to quote.
 */
const sitePathPattern = /^\w[\w.-]*(?:\/\w[\w.-]*)*$/

/** Whether a manifest may contain a path: it stays within the site's directory and is not the manifest itself. */
export const isSitePath = (path: string): boolean =>
  sitePathPattern.test(path) && path !== manifestName && path.length <= 1024

export const comparePaths = (a: { path: string }, b: { path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0

/**
 * The manifest's row for a file.
 *
 * @throws for a path that must not be in a site: a bug in hakube
 */
export function manifestEntry(file: SiteFile): ManifestEntry {
  if (!isSitePath(file.path)) throw new Error(`not a path of a site: ${JSON.stringify(file.path)}`)
  return {
    path: file.path,
    ...(file.machine === undefined ? {} : { machine: file.machine }),
    secret: file.secret,
    contentType: file.contentType,
    size: file.body.length,
    sha256: hash('sha256', file.body),
  }
}

/** The machine of every MAC address, in canonical spelling, sorted. */
export function machinesByMac(machines: SiteAbout['machines']): Manifest['machines'] {
  const rows = machines.flatMap(({ name, macs, reporter, keepsDisk }) => {
    const row = {
      name,
      mac: macs[0],
      ...(reporter === undefined ? {} : { reporter }),
      ...(keepsDisk === false ? { keepsDisk } : {}),
    }
    return macs.map((mac) => [mac, row] as const)
  })
  return Object.fromEntries(rows.toSorted(([a], [b]) => compareText(a, b)))
}

/**
 * @param entries in any order
 * @throws for duplicate paths: a bug in hakube
 */
export function buildManifest(about: SiteAbout, entries: readonly ManifestEntry[]): Manifest {
  const files = entries.toSorted(comparePaths)
  for (const [index, file] of files.entries()) {
    if (files[index - 1]?.path === file.path)
      throw new Error(`two files of the site have the path ${file.path}`)
  }
  return {
    manifest: 1,
    hakube: about.hakube,
    profile: about.profile,
    commit: about.commit,
    throwAwaySecrets: about.ephemeralSecrets,
    ...(about.keepsDisk === false ? { keepsDisk: false as const } : {}),
    ...(about.enrolled === true ? { enrolled: true as const } : {}),
    ...(about.deadline === undefined || about.deadline === defaults.deadline
      ? {}
      : { deadline: about.deadline }),
    machines: machinesByMac(about.machines),
    files,
  }
}

/** The text of manifest.json, with keys in the order of their type and a final line break. Equal sites give equal bytes. */
export const formatManifest = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`

const macSchema = z
  .string()
  .refine((text) => canonicalMac(text) === text, 'not a lowercase MAC address with dashes')

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const manifestSchema = z.strictObject({
  manifest: z.literal(1),
  hakube: z.string(),
  profile: z.string(),
  commit: z.string().nullable(),
  throwAwaySecrets: z.boolean(),
  keepsDisk: z.literal(false).exactOptional(),
  enrolled: z.literal(true).exactOptional(),
  deadline: z.number().int().positive().exactOptional(),
  machines: z.record(
    macSchema,
    z.strictObject({
      name: z.string(),
      mac: macSchema,
      reporter: sha256.exactOptional(),
      keepsDisk: z.literal(false).exactOptional(),
    }),
  ),
  files: z.array(
    z.strictObject({
      path: z.string().refine(isSitePath, 'not a path below the site’s directory'),
      machine: z.string().exactOptional(),
      secret: z.boolean(),
      // It is sent as a response header without escaping.
      contentType: z.string().regex(/^[\x20-\x7e]+$/),
      size: z.number().int().nonnegative(),
      sha256,
    }),
  ),
})

const refuse = (file: string, reason: string, hint: string): Refusal =>
  refusal('site/manifest', `${file} ${reason}`, { hint })

/**
 * Parses an untrusted manifest: no path leaves the directory, and no value can break a response header.
 *
 * @param file its name, for messages
 * @throws Refusal for anything but a complete manifest of a supported version
 */
export function parseManifest(text: string, file: string): Manifest {
  const hint = 'render the profile again, if necessary into an empty directory'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse(file, 'is not JSON', hint)
  }
  const version: unknown = value && typeof value === 'object' ? Reflect.get(value, 'manifest') : undefined
  if (typeof version === 'number' && version !== 1) {
    throw refuse(
      file,
      `has version ${version}, but this hakube reads version 1`,
      'use the hakube that rendered it',
    )
  }
  const parsed = manifestSchema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place = issue && issue.path.length > 0 ? ` at ${issue.path.map(String).join('.')}` : ''
    throw refuse(file, `is not a hakube manifest: ${issue?.message ?? 'unknown shape'}${place}`, hint)
  }
  const paths = new Set<string>()
  for (const { path } of parsed.data.files) {
    if (paths.has(path)) throw refuse(file, `is not a hakube manifest: it lists ${path} twice`, hint)
    paths.add(path)
  }
  return parsed.data
}
