import type { SiteFile } from '../templates/site-file.ts'

// Declared in a room above, because seeds/ and boot/ make these files and cannot import this one.
export type { SiteFile }

/** A row of manifest.json. */
export type ManifestEntry = Omit<SiteFile, 'body'> & { sha256: string; size: number }

/** manifest.json: the files of the site, and what they were rendered from. */
export type Manifest = {
  /** Version of this format. */
  manifest: 1
  hakube: string
  profile: string
  /** The commit that it was rendered from, with `-dirty` if the working tree differs; null outside git. */
  commit: string | null
  /** The secrets are ephemeral. The key has the name that it had in version 1 of this format. */
  throwAwaySecrets: boolean
  /** All machines run from memory and fetch everything at each boot. */
  keepsDisk?: false
  /** The site contains no secrets: machines fetch them from `hakube serve PROFILE`. */
  enrolled?: true
  /** Minutes without a report after which a machine that is being installed counts as failed, unless it is the default. */
  deadline?: number
  /**
   * Canonical MAC address to machine name and the MAC address under which its seed is stored; `reporter`: SHA-256 of the token with which
   * it reports; `keepsDisk`: this machine runs from memory, and others do not.
   */
  machines: Record<string, { name: string; mac: string; reporter?: string; keepsDisk?: false }>
  /** Sorted by path. */
  files: ManifestEntry[]
}
