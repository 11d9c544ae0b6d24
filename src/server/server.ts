import { createServer, type ServerOptions as HttpOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { isUnderWay, stageAt } from '../state/machine-state.ts'
import { answer } from './answer.ts'
import { assetTurns } from './asset-turns.ts'
import { indexAssets, noAssets, type Assets } from './assets-directory.ts'
import { clientOf } from './client.ts'
import { trackConnections } from './connections.ts'
import { answerEnrolled, secureOptions } from './enrolment/answer.ts'
import { type Answering, endWith, makeServer, type ServerOptions, type State, timeOf } from './http.ts'
import { defaultLimits } from './limits.ts'
import { type Bound, type ListenAt, listenOn } from './listen.ts'
import { parseListenAddress } from './listen-address.ts'
import { formatRefused } from './log.ts'
import { tellRefusals } from './refusals.ts'
import type { ServedSite } from './served-site.ts'
import { forgetBodies } from './shared-bodies.ts'
import { follow, keptCommits } from './versions.ts'
import type { PrivatePath } from './unfit-assets.ts'
import { makePageState } from './page/state.ts'
import { makeTally } from './vitals.ts'

export type { ServerOptions }

export type Listening = Bound & { assets: Assets }

export type SiteServer = {
  /** @throws Refusal for an address that is malformed, in use or not on this machine, and for assets that cannot be read */
  listen(at: ListenAt): Promise<Listening>
  /**
   * Listens for TLS connections of the machines of a profile that enrol, in addition to `listen`.
   *
   * @throws Refusal as `listen`; Error for a profile of which no machine enrols
   */
  listenTls(at: ListenAt, profile: string): Promise<Bound>
  /** Lists the assets again; if that fails, the old list stays in use. */
  rescanAssets(keepOut?: readonly PrivatePath[]): Promise<Assets>
  /** Replaces the site for later requests; machines that are being installed keep their version. */
  replaceSite(site: ServedSite): void
  /** Commits, other than that of the site, from which machines that are being installed get their files. */
  keptCommits(): string[]
  /**
   * Records that a reload has failed and the previous site stays.
   *
   * @param why the reason, for people; null when the faulty change was reverted
   */
  keptSite(why: string | null): void
  /** Stops accepting connections, waits for running requests until their deadline, then closes the rest. */
  close(): Promise<void>
}

/** Serves a site from memory, and assets from a directory. GET requests change nothing, and no request can name a file of this machine. */
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
    vitals: {
      tally: makeTally(),
      version: options.version ?? '',
      siteSince: timeOf(options),
      reloadFault: null,
      connections: () => connections.count(),
      refused: () => refusals.total(),
    },
    page: makePageState(),
  }
  options.operated?.keeper.watch(() => state.page.live.tell())
  options.operated?.heard?.watch((key) => state.page.live.tellOf(key))
  const server = makeServer(state, createServer, answer)
  /** By profile. */
  const tls = new Map<string, ReturnType<typeof createTlsServer>>()
  const rescanAssets = async (keepOut = options.keepOut ?? []): Promise<Assets> => {
    if (options.assets !== undefined) state.assets = await indexAssets(options.assets, keepOut)
    return state.assets
  }
  return {
    rescanAssets,
    async listen(address) {
      if (typeof address === 'string') parseListenAddress(address)
      const assets = await rescanAssets()
      return { ...(await listenOn(server, address)), assets }
    },
    async listenTls(address, profile) {
      if (typeof address === 'string') parseListenAddress(address)
      const enrolling = state.site.enrolling.find((each) => each.profile === profile)
      const { operated } = options
      if (!enrolling || !operated) throw new Error(`no machine of ${profile} enrols`)
      const create = (more: HttpOptions) =>
        createTlsServer({ ...more, ...secureOptions(enrolling), handshakeTimeout: limits.handshake })
      const answering: Answering = ({ site: served }, exchange) =>
        answerEnrolled(exchange, served, operated, profile)
      const listener = makeServer(state, create, answering, 'secureConnection')
      tls.set(profile, listener)
      listener.on('tlsClientError', (fault: NodeJS.ErrnoException, socket: Socket) => {
        state.refusals.add(`the TLS handshake failed (${fault.code ?? 'no code'})`, clientOf(socket))
        socket.destroy()
      })
      const bound = await listenOn(listener, address, '--listen-tls')
      return { ...bound, url: bound.url.replace('http:', 'https:') }
    },
    replaceSite(next) {
      const { keeper } = options.operated ?? {}
      const now = keeper?.now() ?? ''
      state.site = keeper
        ? follow(state.site, next, (machine) => isUnderWay(stageAt(keeper.machine(machine), now)))
        : next
      forgetBodies()
      state.vitals.siteSince = timeOf(options)
      state.vitals.reloadFault = null
      state.page.live.tell()
      for (const enrolling of next.enrolling)
        tls.get(enrolling.profile)?.setSecureContext(secureOptions(enrolling))
    },
    keptCommits: () => keptCommits(state.site),
    keptSite(why) {
      state.vitals.reloadFault = why
      state.page.live.tell()
    },
    async close() {
      const listening = [server, ...tls.values()].filter((each) => each.listening)
      if (listening.length === 0) return
      state.stopping = true
      state.page.live.close()
      const closed = Promise.all(
        listening.map((each) => new Promise<void>((resolve) => each.close(() => resolve()))),
      )
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
