import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { isSystemError } from '../files/system-error.ts'
import { answer } from './answer.ts'
import { assetTurns, type AssetTurns } from './asset-turns.ts'
import { indexAssets, noAssets, type Assets } from './assets.ts'
import { trackConnections, type Connections } from './connections.ts'
import { sendText, type Exchange } from './exchange.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { listenFault, parseListenAddress } from './listen-address.ts'
import { formatLogEntry, type LogFormat } from './log.ts'
import type { ServedSite } from './served-site.ts'

export type ServerOptions = {
  /** Folder that `/assets/` serves. */
  assets?: string
  /** Takes one line a request, without a line feed. */
  log: (line: string) => void
  logFormat?: LogFormat
  limits?: Partial<Limits>
  /** Takes faults of ours and of the disk; the client gets a 500. */
  fault?: (fault: unknown) => void
  now?: () => Date
}

export type Listening = { address: string; port: number; url: string }

export type SiteServer = {
  /** @throws SiteError for an address that is malformed, taken or not ours, and for assets that cannot be read */
  listen(address: string): Promise<Listening>
  /** Lists the assets again; if that fails, the old list stays. Returns links that are not served. */
  rescanAssets(): Promise<readonly string[]>
  /** Takes another site for the requests from now on. */
  replaceSite(site: ServedSite): void
  /** Takes no more connections, gives running requests their time, then ends what is left. */
  close(): Promise<void>
}

const clientOf = (socket: Socket): string => (socket.remoteAddress ?? '-').replace(/^::ffff:(?=\d+\.)/, '')

type State = {
  site: ServedSite
  assets: Assets
  stopping: boolean
  readonly options: ServerOptions
  readonly limits: Limits
  readonly connections: Connections
  readonly turns: AssetTurns
}

function writeLog(state: State, entry: Omit<Parameters<typeof formatLogEntry>[0], 'time'>): void {
  const time = state.options.now?.() ?? new Date()
  state.options.log(formatLogEntry({ time, ...entry }, state.options.logFormat ?? 'text'))
}

function failRequest(state: State, exchange: Exchange, fault: unknown): void {
  state.options.fault?.(fault)
  if (exchange.response.headersSent) exchange.response.destroy()
  else sendText(exchange, 500, 'internal error')
}

function handle(state: State, request: IncomingMessage, response: ServerResponse): void {
  const started = performance.now()
  const { socket } = request
  const client = clientOf(socket)
  const exchange: Exchange = {
    request,
    response,
    machine: null,
    status: 0,
    bytes: 0,
    lastBytes: 0,
    gone: false,
    wake: null,
  }
  const conclude = (aborted: boolean): void => {
    writeLog(state, {
      client,
      machine: exchange.machine,
      method: request.method ?? '-',
      path: (request.url ?? '').replace(/[?#].*$/s, ''),
      status: exchange.status,
      bytes: exchange.bytes,
      milliseconds: performance.now() - started,
      aborted,
    })
  }
  const gone = (): void => {
    exchange.gone = true
    exchange.wake?.()
    conclude(true)
  }
  state.connections.begin(socket, gone)
  // To write to a connection that has just broken is no fault of ours; `gone` hears of it.
  response.on('error', () => {})
  response.once('finish', () => {
    if (exchange.gone) return
    state.connections.end(socket, gone)
    exchange.bytes += exchange.lastBytes
    conclude(false)
    // After node:http is done with this request, too.
    if (state.stopping) setImmediate(() => state.connections.destroyIdle())
  })
  try {
    answer(exchange, state.site, state.assets, state.turns)?.catch((fault: unknown) =>
      failRequest(state, exchange, fault),
    )
  } catch (fault) {
    failRequest(state, exchange, fault)
  }
}

/** A response to what is no request: node:http has none for it, and without this no Content-Length. */
function refuseRaw(state: State, socket: Duplex, status: number, method = '-', extra = ''): void {
  // In the middle of another response there is nothing left to say.
  if (!(socket instanceof Socket) || !socket.writable || state.connections.isBusy(socket)) {
    socket.destroy()
    return
  }
  const text = `${STATUS_CODES[status]?.toLowerCase()}\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${text.length}\r\nConnection: close\r\n${extra}\r\n${text}`,
  )
  // Whoever does not close now is not waited for.
  socket.setTimeout(1000, () => socket.destroy())
  const entry = { client: clientOf(socket), machine: null, method, path: '-', status, milliseconds: 0 }
  writeLog(state, { ...entry, bytes: text.length, aborted: false })
}

const rawStatus = (code: string | undefined): number => {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
}

function makeServer(state: State): Server {
  const { limits, connections } = state
  const server = createServer({
    headersTimeout: limits.head,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.keepAlive,
    connectionsCheckingInterval: Math.min(1000, limits.head),
    maxHeaderSize: limits.headBytes,
    // answer() looks for it, so that this error has a log line and a Content-Length like the others.
    requireHostHeader: false,
  })
  server.timeout = limits.stall
  server.maxConnections = limits.connections
  server.maxRequestsPerSocket = limits.requestsPerConnection
  // Why it cannot listen is told by `listen`.
  server.on('error', (fault) => {
    if (server.listening) state.options.fault?.(fault)
  })
  server.on('connection', (socket) => {
    // node:http takes its own listener off a socket that it hands over (CONNECT); an error without a listener would end the process.
    socket.on('error', () => {})
    if (!connections.add(socket)) socket.destroy()
  })
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    handle(state, request, response)
  server.on('request', onRequest)
  // No client is told to go on with a body.
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    refuseRaw(state, socket, 405, request.method, 'Allow: GET, HEAD\r\n')
  })
  server.on('clientError', (fault: NodeJS.ErrnoException, socket: Duplex) => {
    if (fault.code === 'ECONNRESET') socket.destroy()
    else refuseRaw(state, socket, rawStatus(fault.code))
  })
  return server
}

async function listenOn(server: Server, text: string): Promise<Listening> {
  const { host, port } = parseListenAddress(text)
  await new Promise<void>((resolve, reject) => {
    const failed = (fault: Error): void => reject(isSystemError(fault) ? listenFault(text, fault) : fault)
    server.once('error', failed)
    // A whole rack may come up within a second.
    server.listen({ port, ...(host === null ? {} : { host }), backlog: 4096 }, () => {
      server.off('error', failed)
      resolve()
    })
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address and a port')
  const authority = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return { address: bound.address, port: bound.port, url: `http://${authority}:${bound.port}` }
}

/** Serves a site from memory, and assets from a folder. GET changes nothing, and no request names a file of this machine. */
export function createSiteServer(site: ServedSite, options: ServerOptions): SiteServer {
  const limits = { ...defaultLimits, ...options.limits }
  const connections = trackConnections(limits.connectionsPerClient)
  const state: State = {
    site,
    assets: noAssets,
    stopping: false,
    options,
    limits,
    connections,
    turns: assetTurns(limits.openAssets),
  }
  const server = makeServer(state)
  const rescanAssets = async (): Promise<readonly string[]> => {
    if (options.assets !== undefined) state.assets = await indexAssets(options.assets)
    return state.assets.skipped
  }
  return {
    rescanAssets,
    async listen(address) {
      parseListenAddress(address)
      await rescanAssets()
      return listenOn(server, address)
    },
    replaceSite(next) {
      state.site = next
    },
    async close() {
      if (!server.listening) return
      state.stopping = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      connections.destroyIdle()
      const patience = new AbortController()
      const tooLate = wait(limits.stop, undefined, { signal: patience.signal }).then(
        () => connections.destroyAll(),
        () => {},
      )
      await Promise.race([closed, tooLate])
      await closed
      // node:http counts a connection as closed before its last log line is written.
      await connections.drained()
      patience.abort()
    },
  }
}
