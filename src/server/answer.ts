import { isSystemError } from '../files/system-error.ts'
import type { AssetTurns } from './asset-turns.ts'
import { openAsset, type Assets } from './assets.ts'
import { sendBody, sendFilePart, sendText, type Exchange } from './exchange.ts'
import { isNotModified, mayUseRange, selectRange } from './ranges.ts'
import { findRoute, targetPath } from './routes.ts'
import type { ServedSite } from './served-site.ts'

const nothing = Buffer.alloc(0)

/** A client that honours Retry-After, as iPXE does, comes again by itself. */
const sendBusy = (exchange: Exchange): void =>
  sendText(exchange, 503, 'too many downloads, try again', ['Retry-After', '5'])

async function answerAsset(exchange: Exchange, assets: Assets, name: string): Promise<void> {
  const { request } = exchange
  const { headers } = request
  let asset
  try {
    asset = await openAsset(assets, name)
  } catch (fault) {
    if (!isSystemError(fault) || !['EMFILE', 'ENFILE'].includes(fault.code)) throw fault
    sendBusy(exchange)
    return
  }
  if (!asset) {
    sendText(exchange, 404, 'not found')
    return
  }
  const { handle, size, etag, modified } = asset
  try {
    // A cache may keep an asset, but asks whether it is still the same.
    const head = ['Accept-Ranges', 'bytes', 'Cache-Control', 'no-cache', 'X-Content-Type-Options', 'nosniff']
    head.push('ETag', etag, 'Last-Modified', modified.toUTCString())
    if (isNotModified(headers, asset)) {
      sendBody(exchange, 304, head, nothing)
      return
    }
    // Range has a meaning for GET alone (RFC 9110, section 14.2).
    const ranged = request.method === 'GET' && mayUseRange(headers, asset)
    const range = ranged ? selectRange(headers.range, size) : 'whole'
    if (range === 'unsatisfiable') {
      sendText(exchange, 416, 'the file is shorter', ['Content-Range', `bytes */${size}`])
      return
    }
    head.push('Content-Type', 'application/octet-stream')
    const { first, last } = range === 'whole' ? { first: 0, last: size - 1 } : range
    head.push('Content-Length', String(last - first + 1))
    if (range !== 'whole') head.push('Content-Range', `bytes ${first}-${last}/${size}`)
    if (request.method === 'HEAD' || size === 0) {
      sendBody(exchange, 200, head, nothing)
      return
    }
    exchange.status = range === 'whole' ? 200 : 206
    exchange.response.writeHead(exchange.status, head)
    await sendFilePart(exchange, handle, first, last)
  } finally {
    await handle.close()
  }
}

/** Requests to which no path matters. True when one was answered. */
function refuse(exchange: Exchange): boolean {
  const { request } = exchange
  const { headers, method } = request
  // The parser lets HTTP/0.9 through, which knows no heads.
  if (request.httpVersionMajor !== 1) {
    sendText(exchange, 505, 'only HTTP/1', ['Connection', 'close'])
    return true
  }
  if (method !== 'GET' && method !== 'HEAD') {
    sendText(exchange, 405, 'only GET and HEAD', ['Allow', 'GET, HEAD', 'Connection', 'close'])
    return true
  }
  // RFC 9112, section 3.2. `headers` keeps the first of several.
  const hosts = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length
  if (hosts > 1 || (hosts === 0 && request.httpVersion === '1.1')) {
    sendText(exchange, 400, hosts === 0 ? 'no Host field' : 'several Host fields', ['Connection', 'close'])
    return true
  }
  // Nothing here reads a body, and none is waited for.
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) {
    sendText(exchange, 413, 'no body is taken', ['Connection', 'close'])
    return true
  }
  return false
}

/** Answers a request. Only for an asset there is something to wait for: all else is in memory. */
export function answer(
  exchange: Exchange,
  site: ServedSite,
  assets: Assets,
  turns: AssetTurns,
): Promise<void> | null {
  if (refuse(exchange)) return null
  const path = targetPath(exchange.request.url ?? '')
  if (typeof path !== 'string') {
    sendText(exchange, 400, path.bad)
    return null
  }
  const found = findRoute(site, path)
  if (found.kind === 'asset') {
    return turns.take(exchange.request.socket, async (free) => {
      if (exchange.gone) return
      if (free) await answerAsset(exchange, assets, found.name)
      else sendBusy(exchange)
    })
  }
  if (found.kind === 'health') {
    sendText(exchange, 200, 'ok')
    return null
  }
  exchange.machine = found.machine
  if (found.kind === 'unknown') exchange.unknownMac = found.mac ?? null
  if (found.kind === 'file') sendBody(exchange, 200, found.file.head, found.file.body)
  else if (found.kind === 'malformed') sendText(exchange, 400, found.reason)
  else sendText(exchange, 404, 'not found')
  return null
}
