import type { Server } from 'node:http'
import { isSystemError } from '../files/system-error.ts'
import { listenFault, parseListenAddress } from './listen-address.ts'

/** Where a server listens. */
export type Bound = { address: string; port: number; url: string }

/** @throws Refusal for an address that is malformed, taken or not ours */
export async function listenOn(server: Server, text: string): Promise<Bound> {
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
