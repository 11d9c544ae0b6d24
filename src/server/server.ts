import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { answer } from './answer.ts'
import { assetTurns, type AssetTurns } from './asset-turns.ts'
import { indexAssets, noAssets, type Assets } from './assets.ts'
import { clientOf, plainAddress } from './client.ts'
import { trackConnections, type Connections } from './connections.ts'
import { sendText, type Exchange } from './exchange.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { type Bound, listenOn } from './listen.ts'
import { parseListenAddress } from './listen-address.ts'
import { formatLogEntry, formatRefused, type LogEntry, type LogFormat } from './log.ts'
import { answerRaw, rawStatus } from './raw-answer.ts'
import { type Refusals, tellRefusals } from './refusals.ts'
import type { ServedSite } from './served-site.ts'
import type { PrivatePath } from './unfit-assets.ts'

export type ServerOptions = {
  /** Folder that `/assets/` serves. */
  assets?: string
  /** What must not be in that folder, besides all that looks like a key, a repository or a rendered site. */
  keepOut?: readonly PrivatePath[]
  /** Takes one line a request, without a line feed. */
  log: (line: string) => void
  logFormat?: LogFormat
  limits?: Partial<Limits>
  /** Takes faults of ours and of the disk; the client gets a 500. */
  fault?: (fault: unknown) => void
  now?: () => Date
}

export type Listening = Bound & { assets: Assets }

export type SiteServer = {
  /** @throws SiteError for an address that is malformed, taken or not ours, and for assets that cannot be read */
  listen(address: string): Promise<Listening>
  /** Lists the assets again; if that fails, the old list stays. */
  rescanAssets(keepOut?: readonly PrivatePath[]): Promise<Assets>
  /** Takes another site for the requests from now on. */
  replaceSite(site: ServedSite): void
  /** Takes no more connections, gives running requests their time, then ends what is left. */
  close(): Promise<void>
}

type State = {
  site: ServedSite
  assets: Assets
  stopping: boolean
  readonly options: ServerOptions
  readonly limits: Limits
  readonly connections: Connections
  readonly turns: AssetTurns
  readonly refusals: Refusals
}

const timeOf = ({ now }: ServerOptions): Date => now?.() ?? new Date()

function writeLog({ options }: State, entry: Omit<LogEntry, 'time'>): void {
  options.log(formatLogEntry({ time: timeOf(options), ...entry }, options.logFormat ?? 'text'))
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
    unknownMac: null,
    status: 0,
    bytes: 0,
    lastBytes: 0,
    gone: false,
    wake: null,
    progress: () => state.connections.progress(socket),
  }
  const conclude = (aborted: boolean): void => {
    writeLog(state, {
      client,
      machine: exchange.machine,
      unknownMac: exchange.unknownMac,
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
    // It finishes also when the connection is destroyed; then `gone` hears of it.
    if (exchange.gone || socket.destroyed) return
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

const endWith = (state: State, socket: Duplex, answer: Parameters<typeof answerRaw>[3]): void =>
  answerRaw(
    socket,
    (own) => state.connections.isBusy(own),
    (entry) => writeLog(state, entry),
    answer,
  )

function makeServer(state: State): Server {
  const { limits, connections } = state
  const server = createServer({
    // Connections have deadlines of our own, and no body is waited for.
    headersTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAlive,
    maxHeaderSize: limits.headBytes,
    // answer() looks for it, so that this error has a log line and a Content-Length like the others.
    requireHostHeader: false,
  })
  server.timeout = 0
  server.maxConnections = limits.connections
  server.maxRequestsPerSocket = limits.requestsPerConnection
  server.on('error', (fault) => {
    // Why it cannot listen is told by `listen`.
    if (!server.listening) return
    if (isSystemError(fault) && fault.syscall === 'accept')
      state.refusals.add(describeSystemError(fault), plainAddress(undefined))
    else state.options.fault?.(fault)
  })
  server.on('drop', (dropped) => {
    const reason = `${server.maxConnections} connections are open, and no more are taken`
    state.refusals.add(reason, plainAddress(dropped?.remoteAddress))
  })
  server.on('connection', (socket) => {
    // node:http takes its own listener off a socket that it hands over (CONNECT); an error without a listener would end the process.
    socket.on('error', () => {})
    if (connections.add(socket)) return
    const reason = `no client may have more than ${limits.connectionsPerClient} connections open`
    state.refusals.add(reason, clientOf(socket))
    socket.destroy()
  })
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    handle(state, request, response)
  server.on('request', onRequest)
  // No client is told to go on with a body.
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    endWith(state, socket, { status: 405, method: request.method ?? '-', extra: 'Allow: GET, HEAD\r\n' })
  })
  server.on('clientError', (fault: NodeJS.ErrnoException, socket: Duplex) => {
    if (fault.code === 'ECONNRESET') socket.destroy()
    else endWith(state, socket, { status: rawStatus(fault.code) })
  })
  return server
}

/** Serves a site from memory, and assets from a folder. GET changes nothing, and no request names a file of this machine. */
export function createSiteServer(site: ServedSite, options: ServerOptions): SiteServer {
  const limits = { ...defaultLimits, ...options.limits }
  const connections = trackConnections(limits, (socket, lateness) => {
    if (lateness === 'slow') endWith(state, socket, { status: 408 })
    else socket.destroy()
  })
  const logFormat = options.logFormat ?? 'text'
  const refusals = tellRefusals(limits.refusals, (refused) =>
    options.log(formatRefused({ time: timeOf(options), ...refused }, logFormat)),
  )
  const state: State = {
    site,
    assets: noAssets,
    stopping: false,
    options,
    limits,
    connections,
    turns: assetTurns(limits),
    refusals,
  }
  const server = makeServer(state)
  const rescanAssets = async (keepOut = options.keepOut ?? []): Promise<Assets> => {
    if (options.assets !== undefined) state.assets = await indexAssets(options.assets, keepOut)
    return state.assets
  }
  return {
    rescanAssets,
    async listen(address) {
      parseListenAddress(address)
      const assets = await rescanAssets()
      return { ...(await listenOn(server, address)), assets }
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
      refusals.flush()
      patience.abort()
    },
  }
}
