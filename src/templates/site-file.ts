/** A file of the site, as the server sends it and `render` writes it. */
export type SiteFile = {
  /** Relative to the top of the site, with `/`, e.g. `seed/52-54-00-aa-bb-01/user-data`. */
  path: string
  /** Name of the machine that it belongs to; absent for `boot.ipxe`. */
  machine?: string
  /** It contains keys, tokens or passwords: mode 0600 on disk, never cached. */
  secret: boolean
  contentType: string
  body: Buffer
}

/** The content type of every file of the site, so that browsers and curl show it. */
export const plainText = 'text/plain; charset=utf-8'
