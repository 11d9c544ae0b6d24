import { openAsset, type Assets } from './assets.ts'
import { sendBody, sendFilePart, sendText, type Exchange } from './exchange.ts'
import { isNotModified, mayUseRange, selectRange } from './ranges.ts'
import { findRoute, targetPath } from './routes.ts'
import type { ServedSite } from './served-site.ts'

const nothing = Buffer.alloc(0)

async function answerAsset(exchange: Exchange, assets: Assets, name: string): Promise<void> {
  const { request } = exchange
  const { headers } = request
  const asset = await openAsset(assets, name)
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
  // RFC 9112, section 3.2.
  if (request.httpVersion === '1.1' && headers.host === undefined) {
    sendText(exchange, 400, 'no Host field', ['Connection', 'close'])
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
export function answer(exchange: Exchange, site: ServedSite, assets: Assets): Promise<void> | null {
  if (refuse(exchange)) return null
  const path = targetPath(exchange.request.url ?? '')
  if (typeof path !== 'string') {
    sendText(exchange, 400, path.bad)
    return null
  }
  const found = findRoute(site, path)
  if (found.kind === 'asset') return answerAsset(exchange, assets, found.name)
  if (found.kind === 'health') {
    sendText(exchange, 200, 'ok')
    return null
  }
  exchange.machine = found.machine
  if (found.kind === 'file') sendBody(exchange, 200, found.file.head, found.file.body)
  else if (found.kind === 'malformed') sendText(exchange, 400, found.reason)
  else sendText(exchange, 404, 'not found')
  return null
}
