import type { Server } from 'node:http'
import type { ListenOptions } from 'node:net'
import { isSystemError } from '../files/system-error.ts'
import { listenFault, parseListenAddress } from './listen-address.ts'

/** The address on which a server listens. */
export type Bound = { address: string; port: number; url: string }

/** An address, or the descriptor of a socket that already listens. */
export type ListenAt = string | { descriptor: number }

const textOf = (at: ListenAt): string => (typeof at === 'string' ? at : `descriptor ${at.descriptor}`)

function listenOptions(at: ListenAt): ListenOptions & { fd?: number } {
  // A whole rack may connect within a second.
  const backlog = 4096
  if (typeof at !== 'string') return { fd: at.descriptor, backlog }
  const { host, port } = parseListenAddress(at)
  return { port, ...(host === null ? {} : { host }), backlog }
}

/**
 * @param option by which the address was chosen
 * @throws Refusal for an address that is malformed, in use or not on this machine
 */
export async function listenOn(server: Server, at: ListenAt, option = '--listen'): Promise<Bound> {
  const options = listenOptions(at)
  await new Promise<void>((resolve, reject) => {
    const failed = (fault: Error): void =>
      reject(isSystemError(fault) ? listenFault(textOf(at), fault, option) : fault)
    server.once('error', failed)
    server.listen(options, () => {
      server.off('error', failed)
      resolve()
    })
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address and a port')
  const authority = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return { address: bound.address, port: bound.port, url: `http://${authority}:${bound.port}` }
}
