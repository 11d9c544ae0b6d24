import { answerAsset, sendBusy } from './answer-asset.ts'
import { answerOperation } from './answer-operation.ts'
import { clientOf } from './client.ts'
import { sendBody, sendText, type Exchange } from './exchange.ts'
import { type Found, findRoute } from './find-route.ts'
import { answerGuarded } from './guard.ts'
import { factsOf } from './machine-facts.ts'
import type { State } from './http.ts'
import { apiPrefix } from './operated.ts'
import type { ServedSite } from './served-site.ts'
import { releaseName } from '../components/release.ts'
import { bodyOf } from './shared-bodies.ts'
import { targetPath } from './target.ts'
import type { Keeper } from '../state/keeper.ts'

const releasePath = `/${releaseName}`

/** Answers requests that are invalid for any path. Returns true if it answered. */
function refuse(exchange: Exchange, takesBody: boolean): boolean {
  const { request } = exchange
  const { headers, method } = request
  // The parser accepts HTTP/0.9, which has no response heads.
  if (request.httpVersionMajor !== 1) {
    sendText(exchange, 505, 'only HTTP/1', ['Connection', 'close'])
    return true
  }
  if (method !== 'GET' && method !== 'HEAD' && !takesBody) {
    sendText(exchange, 405, 'only GET and HEAD', ['Allow', 'GET, HEAD', 'Connection', 'close'])
    return true
  }
  // RFC 9112, section 3.2. `headers` keeps only the first of several Host fields.
  const hosts = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length
  if (hosts > 1 || (hosts === 0 && request.httpVersion === '1.1')) {
    sendText(exchange, 400, hosts === 0 ? 'no Host field' : 'several Host fields', ['Connection', 'close'])
    return true
  }
  // No other request has a body, so the server does not wait for one.
  if (takesBody) return false
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) {
    sendText(exchange, 413, 'a request body is not accepted', ['Connection', 'close'])
    return true
  }
  return false
}

/** A machine asks under each of its interfaces, so it is noted once, and not at all if the profile contains another of them. */
function noteUnknown(exchange: Exchange, site: ServedSite, keeper: Keeper, asked: string): void {
  const facts = factsOf(exchange.request.url ?? '')
  const macs = facts.macs?.includes(asked) === true ? facts.macs : [asked]
  if (macs.some((mac) => site.machines.has(mac))) return
  const from = clientOf(exchange.request.socket)
  keeper.note({ type: 'unknown', time: keeper.now(), mac: macs[0] ?? asked, from, facts })
}

/** Whether the request is for an operation of the API, which is hidden from clients without the token. */
const isOperation = (found: Found, path: string): boolean =>
  found.kind === 'operation' || path.startsWith(apiPrefix)

/** Answers a request. Only assets and operations are asynchronous; everything else is in memory. */
export function answer(state: State, exchange: Exchange): Promise<void> | null {
  const { site, assets, turns, vitals, page } = state
  const { operated = null } = state.options
  const { request } = exchange
  const path = targetPath(request.url ?? '')
  if (typeof path !== 'string') {
    if (!refuse(exchange, false)) sendText(exchange, 400, path.bad)
    return null
  }
  const found = findRoute(site, path)
  const operation = operated && isOperation(found, path) ? operated : null
  if (refuse(exchange, operation !== null && request.method === 'POST')) return null
  if (operation) return answerOperation({ exchange, site, operated: operation, vitals, page }, found)
  if (found.kind === 'asset') {
    exchange.kind = 'asset'
    return turns.take(request.socket, async (free) => {
      if (exchange.gone) return
      if (free) await answerAsset(exchange, assets, found.name)
      else sendBusy(exchange)
      // Boot loaders show it on the screen only.
      if (exchange.status === 404)
        operated?.heard?.hear(clientOf(request.socket), Buffer.from(`<11>hakube: ${path} is not there (404)`))
    })
  }
  if (found.kind === 'health') {
    exchange.kind = 'health'
    sendText(exchange, 200, 'ok')
    return null
  }
  if (found.kind === 'file') exchange.kind = 'site-file'
  else if (found.kind === 'machine-file') exchange.kind = found.what
  exchange.machine = 'machine' in found ? found.machine : null
  if (found.kind === 'unknown') exchange.unknownMac = found.mac ?? null
  // HEAD fetches nothing, and is sent by people rather than machines.
  if (found.kind === 'machine-file' && request.method === 'GET')
    operated?.heard?.seen(clientOf(request.socket), found.mac)
  if (found.kind === 'machine-file' && operated)
    return answerGuarded(exchange, operated.keeper, site, { ...found, path })
  if (found.kind === 'unknown' && operated && found.mac !== undefined && /^\/(?:ipxe|grub)\//.test(path))
    noteUnknown(exchange, site, operated.keeper, found.mac)
  const release =
    found.kind === 'unknown' && path === releasePath ? site.releases.get(clientOf(request.socket)) : undefined
  if (found.kind === 'file' || found.kind === 'machine-file')
    sendBody(exchange, 200, found.file.head, bodyOf(found.file.pieces))
  else if (release) sendBody(exchange, 200, release.head, bodyOf(release.pieces))
  else if (found.kind === 'malformed') sendText(exchange, 400, found.reason)
  else sendText(exchange, 404, 'not found')
  return null
}
