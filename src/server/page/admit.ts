import type { Call } from '../api/operation.ts'
import { sendText } from '../exchange.ts'
import { isHere, isOwnName } from './access.ts'

const end = ['Connection', 'close']

/**
 * Whether a client may view the page or a part of it. If not, this answers the request.
 *
 * Other hosts share the installation network with the machines, so by default only clients on the serving machine may. Remote readers
 * share a rate limit, because a page takes longer to make than a boot script.
 */
export function admitReader({ exchange, site, operated, page }: Omit<Call, 'parameter'>): boolean {
  const { request } = exchange
  const { readers = 'local' } = operated
  if (readers === 'none') {
    sendText(exchange, 404, 'not found', end)
    return false
  }
  if (!isOwnName(request.headers.host, site.described.server)) {
    sendText(
      exchange,
      421,
      'the page is not served under this name: use the IP address of the server, or localhost',
      end,
    )
    return false
  }
  if (isHere(request)) return true
  if (readers === 'local') {
    sendText(
      exchange,
      403,
      'the page is available only on the server itself. From elsewhere, use a tunnel: ' +
        `ssh -L 8080:${request.headers.host} SERVER, then open http://127.0.0.1:8080/`,
      end,
    )
    return false
  }
  if (page.takeTurn()) return true
  sendText(exchange, 503, 'too many readers, try again', ['Retry-After', '5'])
  return false
}
