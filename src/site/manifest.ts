import { compareText } from '../text/order.ts'
import { type Refusal, refusal } from '../diagnostics/refusal.ts'
import { hash } from 'node:crypto'
import { z } from 'zod'
import { defaults } from '../profile/defaults.ts'
import { canonicalMac } from '../network/mac.ts'
import type { Manifest, ManifestEntry, SiteFile } from './site.ts'

export const manifestName = 'manifest.json'

/** What the manifest says about the site as a whole. The commit is looked up by the command: that is input. */
export type SiteAbout = {
  /** hakube's own version. */
  hakube: string
  /** Name of the profile. */
  profile: string
  commit: string | null
  ephemeralSecrets: boolean
  /** False where all machines run from memory and fetch everything at each boot; absent where they keep a system on their disk. */
  keepsDisk?: boolean
  /** Machines fetch their secrets from `hakube serve PROFILE`: this site has none. */
  enrolled?: boolean
  /** Minutes of silence after which a machine under way counts as failed. */
  deadline?: number
  /** A cluster's machines fit as they are. The first MAC is the one that the files are filed under. */
  machines: readonly {
    name: string
    macs: readonly [string, ...string[]]
    reporter?: string
    /** False where this one runs from memory, and others do not. */
    keepsDisk?: boolean
  }[]
}

/**
 * Site paths are hakube's own, so they can be narrow: no dot in front (`..`, hidden files), no empty part, nothing that a
 * shell, a URL or a log would have to quote.
 */
const sitePathPattern = /^\w[\w.-]*(?:\/\w[\w.-]*)*$/

/** Whether a path can stand in a manifest: it cannot lead out of the site's directory and is not the manifest itself. */
export const isSitePath = (path: string): boolean =>
  sitePathPattern.test(path) && path !== manifestName && path.length <= 1024

export const comparePaths = (a: { path: string }, b: { path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0

/** The manifest's row for a file. Throws for a path that must not be in a site: that is a fault of ours. */
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

/** The machine of every MAC, in canonical spelling, sorted. */
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

/** @param entries in any order; a path that occurs twice is a fault of ours and throws */
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

/** The text of manifest.json: keys in the order of their type, final newline. Same site, same bytes. */
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
      // Goes into a response head as it is.
      contentType: z.string().regex(/^[\x20-\x7e]+$/),
      size: z.number().int().nonnegative(),
      sha256,
    }),
  ),
})

const refuse = (file: string, reason: string, hint: string): Refusal =>
  refusal('site/manifest', `${file} ${reason}`, { hint })

/**
 * Reads the text of a manifest as if an enemy had written it: no path leaves the directory, no value can break a head.
 *
 * @param file its name, for messages
 * @throws Refusal for anything but a whole manifest of a version that this hakube knows
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
