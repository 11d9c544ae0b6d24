import type { IncomingMessage, Server, ServerOptions as HttpOptions, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import type { AssetTurns } from './asset-turns.ts'
import type { Assets } from './assets-directory.ts'
import { clientOf, plainAddress } from './client.ts'
import type { Connections } from './connections.ts'
import { sendText, type Exchange } from './exchange.ts'
import type { Limits } from './limits.ts'
import { formatLogEntry, type LogEntry, type LogFormat } from './log.ts'
import { answerRaw, rawStatus } from './raw-answer.ts'
import type { Refusals } from './refusals.ts'
import type { ServedSite } from './served-site.ts'
import type { Operated } from './operated.ts'
import type { PageState } from './page/state.ts'
import type { PrivatePath } from './unfit-assets.ts'
import type { Vitals } from './vitals.ts'

/* A node:http or node:https server with hakube's limits, log and deadlines, independent of what it serves. */

export type ServerOptions = {
  /** Directory that `/assets/` serves. */
  assets?: string
  /** Paths that must not be in that directory, in addition to everything that looks like a key, a repository or a rendered site. */
  keepOut?: readonly PrivatePath[]
  /** Receives one line for each request, without a line feed. */
  log: (line: string) => void
  logFormat?: LogFormat
  limits?: Partial<Limits>
  /** Keeps the state of the machines. Without it, each machine gets its files at any time. */
  operated?: Operated
  /** Receives internal and disk errors; the client gets a 500. */
  fault?: (fault: unknown) => void
  now?: () => Date
  /** The version of hakube. */
  version?: string
}

/** Everything that answering requests needs. */
export type State = {
  site: ServedSite
  assets: Assets
  stopping: boolean
  readonly options: ServerOptions
  readonly limits: Limits
  readonly connections: Connections
  readonly turns: AssetTurns
  readonly refusals: Refusals
  readonly vitals: Vitals
  readonly page: PageState
}

export const timeOf = ({ now }: ServerOptions): Date => now?.() ?? new Date()

function writeLog({ options }: State, entry: Omit<LogEntry, 'time'>): void {
  options.log(formatLogEntry({ time: timeOf(options), ...entry }, options.logFormat ?? 'text'))
}

function failRequest(state: State, exchange: Exchange, fault: unknown): void {
  state.options.fault?.(fault)
  if (exchange.response.headersSent) exchange.response.destroy()
  else sendText(exchange, 500, 'internal error')
}

export type Answering = (state: State, exchange: Exchange) => Promise<void> | null

function handle(
  state: State,
  answering: Answering,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const started = performance.now()
  const { socket } = request
  const client = clientOf(socket)
  const exchange: Exchange = {
    request,
    response,
    machine: null,
    kind: 'unknown',
    unknownMac: null,
    status: 0,
    bytes: 0,
    lastBytes: 0,
    isEndless: false,
    gone: false,
    wake: null,
    progress: () => state.connections.progress(socket),
  }
  const conclude = (aborted: boolean): void => {
    state.vitals.tally.count(exchange.kind, exchange.status, exchange.bytes, aborted)
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
    conclude(!exchange.isEndless)
  }
  state.connections.begin(socket, gone)
  // Writing to a connection that has just broken is not a bug; `gone` handles it.
  response.on('error', () => {})
  response.once('finish', () => {
    // `finish` also occurs when the connection is destroyed; `gone` handles that case.
    if (exchange.gone || socket.destroyed) return
    state.connections.end(socket, gone)
    exchange.bytes += exchange.lastBytes
    conclude(false)
    // After node:http has finished with this request, too.
    if (state.stopping) setImmediate(() => state.connections.destroyIdle())
  })
  try {
    answering(state, exchange)?.catch((fault: unknown) => failRequest(state, exchange, fault))
  } catch (fault) {
    failRequest(state, exchange, fault)
  }
}

export const endWith = (state: State, socket: Duplex, answer: Parameters<typeof answerRaw>[3]): void =>
  answerRaw(
    socket,
    (own) => state.connections.isBusy(own),
    (entry) => writeLog(state, entry),
    answer,
  )

/** @param opened the event of a connection that can carry requests: with TLS, after the handshake */
export function makeServer<Kind extends Server>(
  state: State,
  create: (options: HttpOptions) => Kind,
  answering: Answering,
  opened: 'connection' | 'secureConnection' = 'connection',
): Kind {
  const { limits, connections } = state
  const server = create({
    // hakube sets its own deadlines for connections, and waits for no body.
    headersTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAlive,
    maxHeaderSize: limits.headBytes,
    // answer() checks it, so that this error gets a log line and a Content-Length like others.
    requireHostHeader: false,
  })
  server.timeout = 0
  server.maxConnections = limits.connections
  server.maxRequestsPerSocket = limits.requestsPerConnection
  server.on('error', (fault) => {
    // `listen` reports why it cannot listen.
    if (!server.listening) return
    if (isSystemError(fault) && fault.syscall === 'accept')
      state.refusals.add(describeSystemError(fault), plainAddress(undefined))
    else state.options.fault?.(fault)
  })
  server.on('drop', (dropped) => {
    const reason = `the limit of ${server.maxConnections} connections is reached`
    state.refusals.add(reason, plainAddress(dropped?.remoteAddress))
  })
  const refuseUnless = (isFree: boolean, socket: Socket): void => {
    if (isFree) return
    const reason = `the limit of ${limits.connectionsPerClient} connections per client is reached`
    state.refusals.add(reason, clientOf(socket))
    socket.destroy()
  }
  // A client that never completes its handshake occupies a connection as well.
  if (opened === 'secureConnection')
    server.on('connection', (socket: Socket) => refuseUnless(connections.enter(socket), socket))
  server.on(opened, (socket: Socket) => {
    // node:http removes its own listener from a socket that it hands over (CONNECT); an error without a listener would end the process.
    socket.on('error', () => {})
    refuseUnless(connections.add(socket), socket)
  })
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    handle(state, answering, request, response)
  server.on('request', onRequest)
  // No client is asked to send a body.
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
