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

/** What every file of the site is: people read it with curl and in a browser. */
export const plainText = 'text/plain; charset=utf-8'
