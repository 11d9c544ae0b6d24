import type { Socket } from 'node:net'

/** An IPv4 address as people write it, also where the socket takes both families. */
export const plainAddress = (address: string | undefined): string =>
  (address ?? '-').replace(/^::ffff:(?=\d+\.)/, '')

export const clientOf = (socket: Socket): string => plainAddress(socket.remoteAddress)
