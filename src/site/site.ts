import type { SiteFile } from '../templates/site-file.ts'

// Declared lower down, because seeds/ and boot/ make these files and import nothing from here.
export type { SiteFile }

/** A row of manifest.json. */
export type ManifestEntry = Omit<SiteFile, 'body'> & { sha256: string; size: number }

/** manifest.json: what the site is made of and from what. */
export type Manifest = {
  /** Version of this format. */
  manifest: 1
  hakube: string
  profile: string
  /** The commit that it was rendered from, with `-dirty` where the work tree differs; null outside git. */
  commit: string | null
  throwAwaySecrets: boolean
  /** Canonical MAC to machine name and the MAC that its seed is filed under. */
  machines: Record<string, { name: string; mac: string }>
  /** Sorted by path. */
  files: ManifestEntry[]
}
