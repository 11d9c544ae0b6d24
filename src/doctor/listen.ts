import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as pauseFor } from 'node:timers/promises'
import { decodeClient, decodeOffer } from './dhcp-message.ts'
import { type Exchange, exchangeOf } from './exchanges.ts'

/** The broadcast address. A socket that is bound to it gets no unicast packets, which are for other programs. */
const broadcast = '255.255.255.255'
const [serverPort, clientPort] = [67, 68]

/** A limit, so that invented MAC addresses cannot fill the memory. */
const mostExchanges = 2000

const open = (port: number, take: (bytes: Buffer, from: string) => void): Promise<Socket> =>
  new Promise((settle, refuse) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    socket.once('error', refuse)
    socket.on('message', (bytes, { address }) => take(bytes, address))
    socket.bind(port, broadcast, () => {
      socket.off('error', refuse).on('error', () => undefined)
      settle(socket)
    })
  })

/**
 * Listens to broadcasts of machines and DHCP servers, and sends nothing. It hears only offers that are broadcast, which firmware requests.
 *
 * @param milliseconds for how long
 * @returns one exchange for each client and transaction, in the order in which they began
 * @throws a system error: EACCES without permission for the ports, EADDRINUSE if a program holds them exclusively
 */
export async function listenDhcp(milliseconds: number, stop: AbortSignal): Promise<Exchange[]> {
  const heard = new Map<string, Exchange>()
  const exchange = (mac: string, transaction: number): Exchange | null => {
    const key = `${mac} ${transaction}`
    const known = heard.get(key)
    if (known) return known
    if (heard.size >= mostExchanges) return null
    const begun = exchangeOf(mac)
    heard.set(key, begun)
    return begun
  }
  const sockets: Socket[] = []
  try {
    sockets.push(
      await open(serverPort, (bytes) => {
        const message = decodeClient(bytes)
        if (!message) return
        const mine = exchange(message.mac, message.transaction)
        if (mine === null) return
        if (message.type === 'request') mine.requests++
        else {
          mine.discovers++
          mine.client = message
        }
      }),
      await open(clientPort, (bytes, from) => {
        const answer = decodeOffer(bytes, from)
        const mine = answer && exchange(bytes.subarray(28, 34).toString('hex'), answer.transaction)
        if (!mine || mine.offers.length >= 16) return
        const { server, address } = answer.offer
        if (!mine.offers.some((each) => each.server === server && each.address === address))
          mine.offers.push(answer.offer)
      }),
    )
    await pauseFor(milliseconds, undefined, { signal: stop })
  } finally {
    for (const socket of sockets) socket.close()
  }
  return [...heard.values()]
}
