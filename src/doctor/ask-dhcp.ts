import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as pauseFor } from 'node:timers/promises'
import { decodeOffer, type DhcpOffer, type DhcpQuestion, encodeQuestion } from './dhcp-message.ts'

/** The host that asks: its own address in the network, and the network's broadcast address. */
export type Asker = { address: string; broadcast: string }

export type AskLimits = {
  /** Milliseconds for which offers are awaited after the last question. */
  wait: number
  stop: AbortSignal
}

const clientPort = 68
const serverPort = 67
/** Where a proxy says more, to a client that has its address: Intel's specification of PXE, 2.1. */
const proxyPort = 4011

/** Questions in a row, so that a server with small buffers loses none. */
const batch = 16
const batchPause = 20

const open = (): Promise<Socket> =>
  new Promise((settle, refuse) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    socket.once('error', refuse)
    socket.bind(clientPort, '0.0.0.0', () => {
      // What fails from here on is a send, which says so itself.
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
 * Asks all DHCP servers of a network as each of the clients would, and takes none of the offers. What is not answered is asked twice.
 *
 * @param firstTransaction a random number of 32 bits: who gets this one's offers knows them by it
 * @returns for each question, in their order, each server's offer
 * @throws a system error: EACCES where port 68 is not permitted, EADDRINUSE where another DHCP client has it
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
    // A server that answers twice is one server; of a proxy the second answer names the file.
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
