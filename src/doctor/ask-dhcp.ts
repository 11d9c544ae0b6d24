import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as pauseFor } from 'node:timers/promises'
import { decodeOffer, type DhcpOffer, type DhcpQuestion, encodeQuestion } from './dhcp-message.ts'

/** This host's address in the network, and the network's broadcast address. */
export type Asker = { address: string; broadcast: string }

export type AskLimits = {
  /** Milliseconds to wait for offers after the last request. */
  wait: number
  stop: AbortSignal
}

const clientPort = 68
const serverPort = 67
/** The port of a proxy's second answer, to a client that already has an address: Intel's PXE specification, 2.1. */
const proxyPort = 4011

/** Number of requests sent at once, so that servers with small buffers lose none. */
const batch = 16
const batchPause = 20

const open = (): Promise<Socket> =>
  new Promise((settle, refuse) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    socket.once('error', refuse)
    socket.bind(clientPort, '0.0.0.0', () => {
      // Later errors concern sending, which reports them itself.
      socket.off('error', refuse).on('error', () => undefined)
      socket.setBroadcast(true)
      settle(socket)
    })
  })

const send = (socket: Socket, bytes: Buffer, port: number, address: string): Promise<void> =>
  new Promise((settle, refuse) => {
    socket.send(bytes, port, address, (fault) => (fault ? refuse(fault) : settle()))
  })

/**
 * Sends DHCP requests to all servers of a network as each of the clients would, and accepts none of the offers. Unanswered requests are
 * sent twice.
 *
 * @param firstTransaction a random 32-bit number, by which the requests recognize their offers
 * @returns for each request, in order, the offers of all servers
 * @throws a system error: EACCES if port 68 is not permitted, EADDRINUSE if another DHCP client uses it
 */
export async function askDhcp(
  questions: readonly DhcpQuestion[],
  asker: Asker,
  firstTransaction: number,
  { wait, stop }: AskLimits,
): Promise<DhcpOffer[][]> {
  const offers: DhcpOffer[][] = questions.map(() => [])
  const transactionOf = (index: number): number => (firstTransaction + index) >>> 0
  const socket = await open()
  socket.on('message', (bytes, { address }) => {
    const answer = decodeOffer(bytes, address)
    if (!answer) return
    const mine = offers[(answer.transaction - firstTransaction) >>> 0]
    // Several answers of one server count once; of a proxy, the second answer names the file.
    if (!mine) return
    const { offer } = answer
    const before = mine.findIndex(
      ({ server, address: given }) =>
        server === offer.server && (given === null) === (offer.address === null),
    )
    if (before === -1) mine.push(offer)
    else if (mine[before]?.bootFile === null) mine[before] = offer
  })
  const ask = async (which: readonly number[]): Promise<void> => {
    for (const [turn, index] of which.entries()) {
      const question = questions[index]
      if (question)
        await send(socket, encodeQuestion(question, transactionOf(index)), serverPort, asker.broadcast)
      if (turn % batch === batch - 1) await pauseFor(batchPause, undefined, { signal: stop })
    }
  }
  try {
    const all = questions.map((_, index) => index)
    await ask(all)
    await pauseFor(wait / 2, undefined, { signal: stop })
    await ask(all.filter((index) => offers[index]?.length === 0))
    await pauseFor(wait / 2, undefined, { signal: stop })
    const silent = offers.flatMap((mine, index) =>
      mine.flatMap((offer) => (offer.address === null && offer.bootFile === null ? [{ index, offer }] : [])),
    )
    for (const { index, offer } of silent) {
      const question = questions[index]
      if (question)
        await send(
          socket,
          encodeQuestion(question, transactionOf(index), asker.address),
          proxyPort,
          offer.server,
        )
    }
    if (silent.length > 0) await pauseFor(wait / 2, undefined, { signal: stop })
  } finally {
    socket.close()
  }
  return offers
}
