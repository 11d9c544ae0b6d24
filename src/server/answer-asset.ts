import { isSystemError } from '../files/system-error.ts'
import { openAsset, type Assets } from './assets-directory.ts'
import { sendBody, sendFilePart, sendText, type Exchange } from './exchange.ts'
import { isNotModified, mayUseRange, selectRange } from './ranges.ts'

const nothing = Buffer.alloc(0)

/**
 * UEFI HTTP boot recognizes a program by this type or by its extension, and some firmware only by the type: section 24.7.1 of the UEFI
 * specification; `application/efi` is registered at IANA by the UEFI Forum.
 */
const typeOf = (name: string): string =>
  name.toLowerCase().endsWith('.efi') ? 'application/efi' : 'application/octet-stream'

/** Clients that support Retry-After, such as iPXE, retry by themselves. */
export const sendBusy = (exchange: Exchange): void =>
  sendText(exchange, 503, 'too many downloads, try again', ['Retry-After', '5'])

/** Sends an asset, or the part of it that the client requests. */
export async function answerAsset(exchange: Exchange, assets: Assets, name: string): Promise<void> {
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
    // Caches may store an asset, but must revalidate it.
    const head = ['Accept-Ranges', 'bytes', 'Cache-Control', 'no-cache', 'X-Content-Type-Options', 'nosniff']
    head.push('ETag', etag, 'Last-Modified', modified.toUTCString())
    if (isNotModified(headers, asset)) {
      sendBody(exchange, 304, head, nothing)
      return
    }
    // Range is defined for GET only (RFC 9110, section 14.2).
    const ranged = request.method === 'GET' && mayUseRange(headers, asset)
    const range = ranged ? selectRange(headers.range, size) : 'whole'
    if (range === 'unsatisfiable') {
      sendText(exchange, 416, 'the file was truncated', ['Content-Range', `bytes */${size}`])
      return
    }
    head.push('Content-Type', typeOf(name))
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
