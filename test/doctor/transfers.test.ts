import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ask } from '../../src/doctor/http.ts'
import { fetchByTftp, usualTransferLimits } from '../../src/doctor/tftp.ts'
import { offsetTo } from '../../src/doctor/time.ts'

const sockets: Socket[] = []
const servers: Server[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** A server that answers each packet as it likes. @returns its port */
async function udp(answer: (bytes: Buffer, from: RemoteInfo, socket: Socket) => void): Promise<number> {
  const socket = createSocket('udp4')
  sockets.push(socket)
  socket.on('message', (bytes, from) => answer(bytes, from, socket))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket.address().port
}

const data = (block: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0, 3, block >> 8, block & 0xff]), bytes])

/** Sends a file as a TFTP server without options does, or with the block size that is asked for. */
const tftp = (file: Buffer, { size = 512, loseFirst = false } = {}) =>
  (() => {
    let lost = !loseFirst
    return (bytes: Buffer, from: RemoteInfo, socket: Socket): void => {
      const send = (packet: Buffer) => socket.send(packet, from.port, from.address)
      const asked = bytes.readUInt16BE(0) === 1
      if (asked && size !== 512) return send(Buffer.from(`\0\u0006blksize\0${size}\0`, 'latin1'))
      const block = asked ? 1 : bytes.readUInt16BE(2) + 1
      if (block === 2 && !lost) {
        lost = true
        return
      }
      if ((block - 1) * size <= file.length)
        send(data(block, file.subarray((block - 1) * size, block * size)))
    }
  })()

const fetched = async (port: number, limits = {}) => {
  const found = await fetchByTftp('127.0.0.1', 'a/file', {
    ...usualTransferLimits,
    again: 100,
    port,
    ...limits,
  })
  return 'fault' in found ? found : found.bytes
}

describe('TFTP', () => {
  const file = Buffer.from(Array.from({ length: 5000 }, (_, index) => index & 0xff))

  it('fetches a whole file, with and without the block size option, even if a packet is lost', async () => {
    expect(await fetched(await udp(tftp(file)))).toEqual(file)
    expect(await fetched(await udp(tftp(file, { size: 1432 })))).toEqual(file)
    expect(await fetched(await udp(tftp(file, { loseFirst: true })))).toEqual(file)
  })

  it('fetches a file whose last block is empty, and an empty one', async () => {
    expect(await fetched(await udp(tftp(file.subarray(0, 1024))))).toEqual(file.subarray(0, 1024))
    expect(await fetched(await udp(tftp(Buffer.alloc(0))))).toEqual(Buffer.alloc(0))
  })

  it('repeats the error of the server', async () => {
    const port = await udp((_, from, socket) =>
      socket.send(Buffer.from('\0\u0005\0\u0001File not found\0', 'latin1'), from.port, from.address),
    )
    expect(await fetched(port)).toEqual({ fault: 'it says: File not found' })
  })

  it('reports that nobody answers, and that a server stopped responding', async () => {
    expect(await fetched(await udp(() => undefined))).toEqual({ fault: 'it does not answer', silent: true })
    const port = await udp((bytes, from, socket) => {
      if (bytes.readUInt16BE(0) === 1) socket.send(data(1, file.subarray(0, 512)), from.port, from.address)
    })
    expect(await fetched(port)).toEqual({ fault: 'it stopped sending after 512 bytes' })
  })

  it('does not accept more than its limit, and does not wait forever', async () => {
    const endless = await udp(tftp(Buffer.alloc(100_000)))
    expect(await fetched(endless, { bytes: 2048 })).toEqual({ fault: 'it is larger than 0.001953125 MiB' })
    const slow = await udp((bytes, from, socket) => {
      const block = bytes.readUInt16BE(0) === 1 ? 1 : bytes.readUInt16BE(2) + 1
      setTimeout(() => {
        if (sockets.includes(socket)) socket.send(data(block, Buffer.alloc(512)), from.port, from.address)
      }, 50)
    })
    const found = await fetched(slow, { whole: 400 })
    expect(found).toEqual({ fault: expect.stringMatching(/^it sent only \d+ bytes within 0 s$/) as string })
  })

  it('ignores packets from others', async () => {
    const stranger = createSocket('udp4')
    sockets.push(stranger)
    const port = await udp((bytes, from, socket) => {
      if (bytes.readUInt16BE(0) === 1)
        return socket.send(data(1, file.subarray(0, 512)), from.port, from.address)
      stranger.send(data(2, Buffer.from('forged')), from.port, from.address, () => {
        setTimeout(() => socket.send(data(2, Buffer.from('true')), from.port, from.address), 20)
      })
    })
    expect(await fetched(port)).toEqual(Buffer.concat([file.subarray(0, 512), Buffer.from('true')]))
  })
})

const clock = (stratum: number, seconds: number) => (_: Buffer, from: RemoteInfo, socket: Socket) => {
  const answer = Buffer.alloc(48)
  answer.set([0x24, stratum])
  answer.writeUInt32BE(Math.floor(Date.now() / 1000) + 2_208_988_800 + seconds, 40)
  socket.send(answer, from.port, from.address)
}

describe('SNTP', () => {
  it('measures how far a clock is behind', async () => {
    expect(await offsetTo('127.0.0.1', await udp(clock(2, 7200)))).toBeGreaterThan(7190)
    expect(await offsetTo('127.0.0.1', await udp(clock(2, -7200)))).toBeLessThan(-7190)
  })

  it('accepts no time from a server that is not synchronized', async () => {
    expect(await offsetTo('127.0.0.1', await udp(clock(0, 0)))).toBeNull()
    expect(await offsetTo('127.0.0.1', await udp(clock(16, 0)))).toBeNull()
    expect(await offsetTo('127.0.0.1', await udp(() => undefined))).toBeNull()
  })
})

const web = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('HTTP', () => {
  const means = { ca: [], stop: new AbortController().signal }

  it('returns status, type, length and clock', async () => {
    const address = await web((_, answer) =>
      answer
        .writeHead(200, {
          'content-type': 'application/efi',
          'content-length': 4,
          date: 'Sun, 29 Nov 2026 12:00:00 GMT',
        })
        .end('text'),
    )
    const expected = {
      status: 200,
      contentType: 'application/efi',
      length: 4,
      date: Date.UTC(2026, 10, 29, 12),
    }
    expect(await ask(address, 'GET', means)).toEqual({ ...expected, body: Buffer.from('text') })
    expect(await ask(address, 'HEAD', means)).toEqual({ ...expected, body: Buffer.alloc(0) })
  })

  it('follows no redirect', async () => {
    const address = await web((_, answer) => answer.writeHead(302, { location: '/elsewhere' }).end())
    expect(await ask(address, 'GET', means)).toMatchObject({ status: 302 })
  })

  it('reports why there is no answer', async () => {
    const address = await web((request) => request.socket.destroy())
    expect(await ask(address, 'GET', means)).toEqual({ fault: 'socket hang up' })
    expect(await ask('http://127.0.0.1:1', 'GET', means)).toEqual({
      fault: 'connection refused (ECONNREFUSED)',
    })
  })
})
