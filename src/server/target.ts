import { readWebAddress } from '../text/web-address.ts'

/** Why a request target is not a path on this server; the reason is sent to the client. */
export type BadTarget = { bad: string }

/** The path as it was sent: URL would interpret `..` and `\\`. Empty if there is none. */
function pathOf(target: string): string {
  const end = target.search(/[?#]/)
  const before = end === -1 ? target : target.slice(0, end)
  if (before.startsWith('/')) return before
  const authority = before.indexOf('://') + 3
  const slash = before.indexOf('/', authority)
  // RFC 9110, 4.2.1: an address without a host is invalid.
  if (authority === 2 || slash === -1 || !readWebAddress(before.slice(0, slash))) return ''
  return before.slice(slash)
}

/**
 * The path of a request target, without the query, decoded once. The absolute form (`GET http://host/path`) is accepted too, as RFC 9112
 * section 3.2.2 requires of every server.
 */
export function targetPath(target: string): string | BadTarget {
  const path = pathOf(target)
  if (!path.startsWith('/')) return { bad: 'the request has no path' }
  if (/[^\x21-\x7e]/.test(path)) return { bad: 'the path has characters that must be percent-encoded' }
  if (!path.includes('%')) return path
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return { bad: 'the path has a percent-encoding that is not UTF-8' }
  }
  // oxlint-disable-next-line no-control-regex
  return /[\x00-\x1f\x7f]/.test(decoded) ? { bad: 'the path has control characters' } : decoded
}
