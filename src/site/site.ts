/** One file of the site, as the server sends it and as `render` writes it. */
export type SiteFile = {
  /** Below the site's top, with `/`, e.g. `seed/52-54-00-aa-bb-01/user-data`. */
  path: string
  /** Name of the machine that it is for; absent for `boot.ipxe`. */
  machine?: string
  /** Holds keys, tokens or passwords: mode 0600 on disk, never cached. */
  secret: boolean
  contentType: string
  body: Buffer
}

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
