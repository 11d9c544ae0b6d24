import type { Socket } from 'node:net'

/** An IPv4 address in the usual spelling, even if the socket accepts both families. */
export const plainAddress = (address: string | undefined): string =>
  (address ?? '-').replace(/^::ffff:(?=\d+\.)/, '')

export const clientOf = (socket: Socket): string => plainAddress(socket.remoteAddress)
