import { createSocket } from 'node:dgram'

/** How far this host's clock is behind a time server's, in seconds; null if that does not answer. */
export type Offset = number | null

const ntpPort = 123
const again = 1000
const tries = 3
/** Seconds from 1900, the epoch of NTP, to 1970. */
const epoch = 2_208_988_800

/**
 * Queries a time server by SNTP (RFC 4330).
 *
 * @param host an address or a name
 */
export function offsetTo(host: string, port = ntpPort): Promise<Offset> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const question = Buffer.alloc(48)
  // Version 4, mode 3: a client.
  question[0] = 0x23
  return new Promise((settle) => {
    let left = tries
    let ended = false
    const end = (offset: Offset): void => {
      if (ended) return
      ended = true
      clearInterval(timer)
      socket.close()
      settle(offset)
    }
    const send = (): void => {
      if (left === 0) return end(null)
      left -= 1
      // The socket reports a name that cannot be resolved as an error.
      socket.send(question, port, host)
    }
    const timer = setInterval(send, again)
    socket.on('error', () => {
      if (!ended) end(null)
    })
    socket.on('message', (bytes) => {
      // Stratum 0 and 16: the server is not synchronized.
      const stratum = bytes[1] ?? 0
      if (bytes.length < 48 || stratum === 0 || stratum > 15) return end(null)
      const time = bytes.readUInt32BE(40) - epoch + bytes.readUInt32BE(44) / 2 ** 32
      end(time - Date.now() / 1000)
    })
    send()
  })
}
