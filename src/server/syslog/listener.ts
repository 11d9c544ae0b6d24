import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, isIP, type Server, type Socket } from 'node:net'
import { isSystemError } from '../../files/system-error.ts'
import { clientOf, plainAddress } from '../client.ts'
import { listenFault, parseListenAddress } from '../listen-address.ts'
import { createByteBudget } from './byte-budget.ts'
import { createFrames } from './frames.ts'
import type { Heard } from './heard.ts'

export type SyslogListener = { address: string; port: number; close(): Promise<void> }

const mostConnections = 2048
/** Connections of one address, so that one sender does not use up the places of all others. */
export const mostOfOne = 256
/** A sender that is silent for this long is closed. rsyslog and journald reconnect. */
const idle = 3_600_000
/** Large enough to buffer the lines of a whole rack, so that machines need not wait. */
const receiveBuffer = 4 * 1024 * 1024

type TakeBytes = ReturnType<typeof createByteBudget>

function listenTcp(heard: Heard, host: string | null, port: number, take: TakeBytes): Promise<Server> {
  const open = new Map<string, number>()
  const server = createServer((socket: Socket) => {
    const frames = createFrames()
    const from = clientOf(socket)
    const before = open.get(from) ?? 0
    if (before >= mostOfOne) {
      socket.destroy()
      return
    }
    open.set(from, before + 1)
    socket.once('close', () => {
      const left = (open.get(from) ?? 1) - 1
      if (left === 0) open.delete(from)
      else open.set(from, left)
    })
    socket.setTimeout(idle, () => socket.destroy())
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => {
      for (const frame of frames(bytes)) heard.hear(from, frame)
      const pause = take(from, bytes.length)
      if (pause === 0) return
      // TCP then slows the sender down, so that nothing is lost.
      socket.pause()
      const timer = setTimeout(() => socket.resume(), pause)
      socket.once('close', () => clearTimeout(timer))
    })
  })
  server.maxConnections = mostConnections
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host === null ? {} : { host }) }, () => {
      server.off('error', reject)
      // An error of one connection must not end the server.
      server.on('error', () => {})
      resolve(server)
    })
  })
}

function listenUdp(heard: Heard, host: string | null, port: number): Promise<UdpSocket> {
  const isV6 = host === null || isIP(host.split('%')[0] ?? '') === 6
  const socket = createSocket({ type: isV6 ? 'udp6' : 'udp4', recvBufferSize: receiveBuffer })
  socket.on('message', (message, { address }) => heard.hear(plainAddress(address), message))
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ port, ...(host === null ? {} : { address: host }) }, () => {
      socket.off('error', reject)
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

/**
 * Listens for syslog over UDP and TCP on the same port. Messages are not authenticated.
 *
 * @param take limits how much is read from each address over TCP
 * @throws Refusal for an address that is malformed, in use or not on this machine
 */
export async function listenSyslog(
  heard: Heard,
  text: string,
  take: TakeBytes = createByteBudget(),
): Promise<SyslogListener> {
  const { host, port } = parseListenAddress(text)
  let tcp: Server | null = null
  try {
    tcp = await listenTcp(heard, host, port, take)
    const bound = tcp.address()
    if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address and a port')
    const udp = await listenUdp(heard, host, bound.port)
    const server = tcp
    const connections = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      connections.add(socket)
      socket.once('close', () => connections.delete(socket))
    })
    return {
      address: bound.address,
      port: bound.port,
      async close() {
        for (const socket of connections) socket.destroy()
        await Promise.all([
          new Promise<void>((resolve) => udp.close(() => resolve())),
          new Promise<void>((resolve) => server.close(() => resolve())),
        ])
      },
    }
  } catch (fault) {
    tcp?.close()
    throw isSystemError(fault) ? listenFault(text, fault, '--syslog') : fault
  }
}
