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
  /** The commit that it was rendered from, with `-dirty` where the working tree differs; null outside git. */
  commit: string | null
  /** The secrets are ephemeral. The key keeps the name that it was given in version 1 of this format. */
  throwAwaySecrets: boolean
  /** All machines run from memory and fetch everything at each boot. */
  keepsDisk?: false
  /** The site holds no secrets: machines fetch theirs from `hakube serve PROFILE`. */
  enrolled?: true
  /** Minutes of silence after which a machine under way counts as failed, where it is not the default. */
  deadline?: number
  /**
   * Canonical MAC to machine name and the MAC that its seed is filed under; `reporter`: SHA-256 of the token that it reports with;
   * `keepsDisk`: this one runs from memory, and others do not.
   */
  machines: Record<string, { name: string; mac: string; reporter?: string; keepsDisk?: false }>
  /** Sorted by path. */
  files: ManifestEntry[]
}
