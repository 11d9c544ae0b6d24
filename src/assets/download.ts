import { setTimeout as sleep } from 'node:timers/promises'
import type { FileHandle } from 'node:fs/promises'
import { type IncomingMessage, get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'
import { isSystemError } from '../files/system-error.ts'

/** Limits of downloads. */
export type Limits = {
  /** Milliseconds without receiving a byte. */
  idle: number
  /** Milliseconds for one file. */
  total: number
  /** Bytes of one file. */
  size: number
  /** How often an interrupted download is resumed. */
  attempts: number
  /** Milliseconds before it is resumed. */
  pause: number
}

export const usualLimits: Limits = {
  idle: 60_000,
  total: 4 * 3_600_000,
  size: 16 * 2 ** 30,
  attempts: 5,
  pause: 1000,
}

/** Why a file cannot be downloaded, as the end of "cannot fetch URL: …". */
export class DownloadError extends Error {
  /** Trying again may succeed. */
  readonly again: boolean
  constructor(message: string, again: boolean) {
    super(message)
    this.again = again
  }
}

export type DownloadOptions = {
  /** Certificates of trusted CAs, as PEM. */
  ca: readonly string[]
  stop: AbortSignal
  limits: Limits
  /** Called with the number of bytes received so far and the total, if it is known. */
  onBytes?: (have: number, total: number | null) => void
}

const mostRedirects = 5

/** @throws {DownloadError} for a redirect from HTTPS to HTTP, which anyone on the way could answer */
function nextUrl(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href))
    throw new DownloadError('the server redirects without an address', false)
  const next = new URL(location, from)
  if (next.protocol !== 'https:' && next.protocol !== from.protocol)
    throw new DownloadError(`the server redirects to ${next.protocol}//, which is refused`, false)
  return next
}

function request(
  url: URL,
  headers: Record<string, string>,
  { ca, limits }: DownloadOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | null = null
    const take = (message: IncomingMessage): void => resolve((answer = message))
    const options = { headers: { 'user-agent': 'hakube', 'accept-encoding': 'identity', ...headers }, signal }
    const sent =
      url.protocol === 'https:'
        ? httpsGet(url.href, { ...options, ca: [...ca] }, take)
        : httpGet(url.href, options, take)
    sent.setTimeout(limits.idle, () => {
      const silence = new DownloadError(`nothing was received for ${limits.idle / 1000} s`, true)
      if (answer) answer.destroy(silence)
      else sent.destroy(silence)
    })
    sent.on('error', reject)
  })
}

/** Follows redirects. */
async function open(
  url: URL,
  headers: Record<string, string>,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let at = url
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const answer = await request(at, headers, options, signal)
    const { statusCode = 0 } = answer
    if (![301, 302, 303, 307, 308].includes(statusCode)) return answer
    answer.destroy()
    at = nextUrl(at, answer.headers.location)
  }
  throw new DownloadError(`the server redirects more than ${mostRedirects} times`, false)
}

/** @returns the position of the answer's first byte in the file */
function startOf({ statusCode = 0, headers }: IncomingMessage, have: number): number {
  if (statusCode === 200) return 0
  if (statusCode === 206 && have > 0) {
    const start = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1]
    if (Number(start) === have) return have
    throw new DownloadError('the server sent a different part of the file than was requested', false)
  }
  throw new DownloadError(`the server answers ${statusCode}`, statusCode >= 500 || statusCode === 429)
}

/** The state of a download between two attempts. */
type Progress = { have: number; validator: string | null }

async function attempt(
  url: URL,
  handle: FileHandle,
  options: DownloadOptions,
  signal: AbortSignal,
  progress: Progress,
): Promise<void> {
  const headers: Record<string, string> = {}
  if (progress.have > 0) headers['range'] = `bytes=${progress.have}-`
  // Without it, the end of a newer file could be appended to the beginning of an older one (RFC 9110, 13.1.5).
  if (progress.have > 0 && progress.validator !== null) headers['if-range'] = progress.validator
  const answer = await open(url, headers, options, signal)
  try {
    if (answer.statusCode === 416) {
      progress.have = 0
      await handle.truncate(0)
      throw new DownloadError('the file on the server is shorter than what was already downloaded', true)
    }
    progress.have = startOf(answer, progress.have)
    if (progress.have === 0) await handle.truncate(0)
    const etag = answer.headers.etag
    progress.validator =
      etag !== undefined && !etag.startsWith('W/') ? etag : (answer.headers['last-modified'] ?? null)
    const length = answer.headers['content-length']
    const total = length === undefined ? null : progress.have + Number(length)
    const tooLarge = () => new DownloadError(`it is larger than ${options.limits.size} bytes`, false)
    if (total !== null && total > options.limits.size) throw tooLarge()
    for await (const piece of answer as AsyncIterable<Buffer>) {
      if (progress.have + piece.length > options.limits.size) throw tooLarge()
      await handle.write(piece, 0, piece.length, progress.have)
      progress.have += piece.length
      options.onBytes?.(progress.have, total)
    }
    if (total !== null && progress.have < total) throw new DownloadError('the connection was cut', true)
  } finally {
    answer.destroy()
  }
}

function asDownloadError(
  fault: unknown,
  signal: AbortSignal,
  { stop, limits }: DownloadOptions,
): DownloadError {
  stop.throwIfAborted()
  if (signal.aborted) return new DownloadError(`it took more than ${limits.total / 1000} s`, false)
  if (fault instanceof DownloadError) return fault
  if (!(fault instanceof Error) || !('code' in fault)) throw fault
  // Retrying does not help if the certificate is not trusted.
  if (fault.code === 'ECONNRESET') return new DownloadError('the connection was cut', true)
  const again = isSystemError(fault)
  return new DownloadError(fault.message || String(fault.code), again)
}

/**
 * Downloads an address into a file. An interrupted download is resumed if the server supports that (RFC 9110, 14.2).
 *
 * @param handle open for writing
 * @param have bytes from an earlier download of the same file, whose checksum the caller verifies
 * @returns the size of the file in bytes
 * @throws {DownloadError}
 */
export async function download(
  url: string,
  handle: FileHandle,
  have: number,
  options: DownloadOptions,
): Promise<number> {
  const signal = AbortSignal.any([options.stop, AbortSignal.timeout(options.limits.total)])
  const progress: Progress = { have, validator: null }
  for (let tries = 1; ; tries += 1) {
    try {
      await attempt(new URL(url), handle, options, signal, progress)
      return progress.have
    } catch (fault) {
      const failure = asDownloadError(fault, signal, options)
      if (!failure.again || tries >= options.limits.attempts) throw failure
    }
    await sleep(options.limits.pause * tries, undefined, { signal }).catch(() => {})
  }
}
