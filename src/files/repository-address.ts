import { statSync } from 'node:fs'
import { resolve } from 'node:path'

/** The address of a repository to fetch from. */
export type RepositoryAddress = {
  /** In git's notation. */
  url: string
  /** The only transport that git may use for it, and those to which it may be redirected (GIT_ALLOW_PROTOCOL of git(1)). */
  protocols: string
  /** Anyone on the way can replace the data, so commits must be signed. */
  isOpen: boolean
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host)

/** `user@host:path`, as in scp(1); a local path with a colon needs a slash before it (git-fetch(1), GIT URLS). */
const scpLike = /^(?:[\w.-]+@)?[\w.-]+:(?!\/\/)[^\0-\x20\x7f]+$/

const schemes: Readonly<Record<string, string>> = {
  'https:': 'https',
  // Git servers redirect to https.
  'http:': 'http:https',
  'git:': 'git',
  'ssh:': 'ssh',
  'file:': 'file',
}

/**
 * Reads the address of a repository: a URL, `user@host:path` for SSH, or a directory on this machine. git also accepts addresses that run
 * a program (`ext::…`) or delegate to one (`helper::…`); those are refused.
 *
 * @returns what is wrong with an invalid address
 */
export function readRepositoryAddress(text: string): RepositoryAddress | { wrong: string } {
  // oxlint-disable-next-line no-control-regex
  if (text === '' || text.startsWith('-') || /[\x00-\x20\x7f]/.test(text))
    return { wrong: 'it is not the address of a repository' }
  if (/^[\w+.-]+::/.test(text)) return { wrong: 'addresses that run a program are not used' }
  if (/^[a-z][\w+.-]*:\/\//i.test(text)) return readUrl(text)
  try {
    if (statSync(resolve(text)).isDirectory()) return { url: resolve(text), protocols: 'file', isOpen: false }
  } catch {
    // The path may be on another machine.
  }
  if (scpLike.test(text) && !text.startsWith('/')) return { url: text, protocols: 'ssh', isOpen: false }
  return { wrong: 'there is no such directory' }
}

function readUrl(text: string): RepositoryAddress | { wrong: string } {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return { wrong: 'it is not the address of a repository' }
  }
  const protocols = schemes[url.protocol]
  if (protocols === undefined)
    return { wrong: `${url.protocol}// is not used; use https, ssh or a directory` }
  // Every user of this machine could read it in the command line, and git prints it.
  if (url.password !== '' || (url.username !== '' && url.protocol !== 'ssh:'))
    return {
      wrong: 'it contains a user name or password; give git those by a credential helper (gitcredentials(7))',
    }
  if (url.search !== '' || url.hash !== '') return { wrong: 'it has a query or a fragment' }
  if (url.protocol === 'ssh:' && (url.hostname.startsWith('-') || url.username.startsWith('-')))
    return { wrong: 'its host or user starts with a hyphen' }
  const isOpen = (url.protocol === 'http:' || url.protocol === 'git:') && !isLoopback(url.hostname)
  return { url: text, protocols, isOpen }
}

/**
 * The full name of a branch, or of another reference that is given in full (`refs/tags/v1`), by the rules of git-check-ref-format(1).
 *
 * @returns null for an invalid name
 */
export function readRef(text: string): string | null {
  const name = text.startsWith('refs/') ? text : `refs/heads/${text}`
  // oxlint-disable-next-line no-control-regex
  const bad = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.lock(?:\/|$)|(?:^|\/)\.|[./]$/
  const isName = text !== '' && text !== '@' && !text.startsWith('-') && !text.startsWith('/')
  return isName && name.length <= 256 && !bad.test(name) ? name : null
}
