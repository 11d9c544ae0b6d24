import { createSocket } from 'node:dgram'
import { isSystemError, describeSystemError } from '../files/system-error.ts'

/** A file that was fetched, or why it was not. `silent`: no server answers. */
export type Transfer = { bytes: Buffer; seconds: number } | { fault: string; silent?: true }

export type TransferLimits = {
  /** Milliseconds until a packet is sent again, and how often that happens. */
  again: number
  tries: number
  /** Milliseconds for the whole file. */
  whole: number
  bytes: number
  port: number
}

export const usualTransferLimits: TransferLimits = {
  again: 1000,
  tries: 3,
  whole: 60_000,
  bytes: 64 * 2 ** 20,
  port: 69,
}

const opcodes = { read: 1, data: 3, acknowledge: 4, error: 5, optionsAcknowledged: 6 } as const

/** The size that firmware requests: larger blocks do not fit into an Ethernet packet. */
const blockSize = 1432

/** RFC 1350, with the block size of RFC 2348. */
const readRequest = (name: string): Buffer =>
  Buffer.concat([
    Buffer.from([0, opcodes.read]),
    Buffer.from(`${name}\0octet\0blksize\0${blockSize}\0`, 'latin1'),
  ])

const acknowledgement = (block: number): Buffer => {
  const bytes = Buffer.from([0, opcodes.acknowledge, 0, 0])
  bytes.writeUInt16BE(block, 2)
  return bytes
}

/** The block size that the server accepted; 512 without the option. */
function blockSizeIn(options: Buffer): number {
  const words = options.toString('latin1').split('\0')
  const at = words.findIndex((word, index) => index % 2 === 0 && word.toLowerCase() === 'blksize')
  const size = Number(words[at + 1])
  return at !== -1 && Number.isInteger(size) && size >= 8 && size <= 65_464 ? size : 512
}

/**
 * Fetches a file by TFTP, as firmware does.
 *
 * @param host an IPv4 address or a name
 */
export function fetchByTftp(
  host: string,
  name: string,
  limits: TransferLimits = usualTransferLimits,
): Promise<Transfer> {
  const socket = createSocket('udp4')
  const started = performance.now()
  const blocks: Buffer[] = []
  let size = 512
  let next = 1
  let received = 0
  // The server answers from a new port; packets from others are ignored.
  let peer: { port: number; address: string } | null = null
  let last = readRequest(name)
  let triesLeft = limits.tries
  let timer: NodeJS.Timeout | null = null
  return new Promise((settle) => {
    let ended = false
    const end = (transfer: Transfer): void => {
      if (ended) return
      ended = true
      if (timer !== null) clearTimeout(timer)
      clearTimeout(wholeTimer)
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.close()
      settle(transfer)
    }
    const wholeTimer = setTimeout(() => {
      end({ fault: `it sent only ${received} bytes within ${Math.round(limits.whole / 1000)} s` })
    }, limits.whole)
    const send = (): void => {
      if (timer !== null) clearTimeout(timer)
      socket.send(last, peer?.port ?? limits.port, peer?.address ?? host)
      timer = setTimeout(() => {
        triesLeft -= 1
        if (triesLeft > 0) send()
        else if (peer === null) end({ fault: 'it does not answer', silent: true })
        else end({ fault: `it stopped sending after ${received} bytes` })
      }, limits.again)
    }
    const answer = (bytes: Buffer): void => {
      last = bytes
      triesLeft = limits.tries
      send()
    }
    socket.on('error', (fault) => {
      end({ fault: isSystemError(fault) ? describeSystemError(fault) : fault.message })
    })
    socket.on('message', (bytes, from) => {
      if (peer !== null && (from.port !== peer.port || from.address !== peer.address)) return
      if (bytes.length < 4) return
      const code = bytes.readUInt16BE(0)
      if (code === opcodes.error) {
        const [words = ''] = bytes.subarray(4).toString('latin1').split('\0')
        return end({ fault: `it says: ${words === '' ? `error ${bytes.readUInt16BE(2)}` : words}` })
      }
      if (code === opcodes.optionsAcknowledged && next === 1) {
        peer = from
        size = blockSizeIn(bytes.subarray(2))
        return answer(acknowledgement(0))
      }
      if (code !== opcodes.data || bytes.readUInt16BE(2) !== (next & 0xff_ff)) return
      peer = from
      const data = bytes.subarray(4)
      blocks.push(data)
      received += data.length
      if (received > limits.bytes) return end({ fault: `it is larger than ${limits.bytes / 2 ** 20} MiB` })
      if (data.length < size) {
        // Otherwise the server would repeat the last block for a while.
        socket.send(acknowledgement(next & 0xff_ff), from.port, from.address, () => {
          end({ bytes: Buffer.concat(blocks), seconds: (performance.now() - started) / 1000 })
        })
        return
      }
      answer(acknowledgement(next & 0xff_ff))
      next += 1
    })
    socket.bind(0, send)
  })
}
