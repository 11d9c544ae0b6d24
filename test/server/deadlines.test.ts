import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defaultLimits } from '../../src/server/limits.ts'
import { prepareSite } from '../../src/server/served-site.ts'
import { macs, temporaryDirectory } from '../site/files.ts'
import { askTls, operateEnrolled } from './enrolled.ts'
import { ask, open, rest, type Running, serve, waitUntil, withoutDate, withoutTimes } from './serve.ts'

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/** Without a timer, as these may stand still; bounded by the time of a test. */
async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

/** Lets everything happen that is under way on the loopback. */
async function settle(): Promise<void> {
  for (let round = 0; round < 200; round++) await turn()
}

/** The server's timers stand still from here; those of node:http itself go on. */
const stopClock = (): unknown => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
afterEach(() => {
  vi.useRealTimers()
})

const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
const tooLate =
  'HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 16\r\n' +
  'Connection: close\r\n\r\nrequest timeout\n'

/** What a client has received, and whether the server ended the connection. */
function watch(socket: Socket): { text: () => string; ended: () => boolean } {
  let text = ''
  let ended = false
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')))
  socket.on('end', () => (ended = true))
  socket.on('close', () => (ended = true))
  return { text: () => withoutDate(text), ended: () => ended }
}

describe('a connection with ten seconds for the head of a request', () => {
  it.each([
    ['sends nothing', ''],
    ['sends blank lines', '\r\n'],
    ['sends bare line feeds', '\n'],
    ['sends a head field by field', 'A: b\r\n'],
    ['sends a head byte by byte', 'a'],
  ])('is closed with 408 if it only %s', async (_name, drop) => {
    const { port, lines } = await serve()
    stopClock()
    const socket = await open(port)
    const seen = watch(socket)
    if (drop.length > 0 && !/^[\r\n]+$/.test(drop)) socket.write('GET / HTTP/1.1\r\nHost: x\r\n')
    await settle()
    for (let second = 1; second < 10; second++) {
      vi.advanceTimersByTime(1000)
      socket.write(drop)
      await settle()
    }
    vi.advanceTimersByTime(999)
    await settle()
    expect({ text: seen.text(), ended: seen.ended() }).toEqual({ text: '', ended: false })
    vi.advanceTimersByTime(1)
    await eventually(seen.ended)
    expect(seen.text()).toBe(tooLate)
    expect(withoutTimes(lines)).toEqual(['127.0.0.1 - - - 408 16'])
  })

  it('has them from the end of the previous response, however many blank lines come', async () => {
    const { port, lines } = await serve({ limits: { keepAlive: 0 } })
    stopClock()
    const socket = await open(port)
    const seen = watch(socket)
    for (let round = 0; round < 3; round++) {
      vi.advanceTimersByTime(8000)
      socket.write(`\r\n${health}`)
      await eventually(() => lines.length === round + 1)
    }
    for (let second = 0; second < 9; second++) {
      vi.advanceTimersByTime(1000)
      socket.write('\r\n')
      await settle()
    }
    expect(seen.ended()).toBe(false)
    vi.advanceTimersByTime(1000)
    await eventually(seen.ended)
    expect(seen.text().endsWith(`ok\n${tooLate}`)).toBe(true)
    expect(withoutTimes(lines)).toEqual([
      ...Array.from({ length: 3 }, () => '127.0.0.1 - GET /healthz 200 3'),
      '127.0.0.1 - - - 408 16',
    ])
  })

  it('is closed without an answer if it is silent after an earlier response', async () => {
    const { port, lines } = await serve({ limits: { keepAlive: 0 } })
    stopClock()
    const socket = await open(port)
    const seen = watch(socket)
    socket.write(health)
    await eventually(() => lines.length === 1)
    vi.advanceTimersByTime(10_000)
    await eventually(seen.ended)
    expect(seen.text()).toMatch(/ok\n$/)
    expect(lines).toHaveLength(1)
  })

  it('is closed after five if node:http sees nothing between two requests', async () => {
    const { port, lines } = await serve({ limits: { keepAlive: 50 } })
    const socket = await open(port)
    socket.write(health)
    expect(await rest(socket)).toMatch(/ok\n$/)
    expect(withoutTimes(lines)).toEqual(['127.0.0.1 - GET /healthz 200 3'])
  })

  it('is closed after a refusal however much it continues to send', async () => {
    const { port } = await serve()
    const socket = await open(port)
    socket.write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n')
    socket.resume()
    await new Promise((resolve) => socket.once('end', resolve))
    // Half open: only the server can end it now.
    const drops = setInterval(() => socket.write('x'), 10)
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(drops)
  })
})

/** Bytes that the system holds for the client of a server, on either side. */
function held(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n')
  return rows
    .filter((row) => row.includes(`:${hex} `))
    .flatMap((row) => /([0-9A-F]{8}):([0-9A-F]{8})/.exec(row.replace(/^.*? 01 /, ''))?.slice(1) ?? [])
    .reduce((sum, queue) => sum + parseInt(queue, 16), 0)
}

const realTimeout = setTimeout

/** Until the system takes nothing more of a download, and the server waits. */
async function full(port: number): Promise<void> {
  let before = -1
  for (let same = 0; same < 20;) {
    const now = held(port)
    same = now > 0 && now === before ? same + 1 : 0
    before = now
    await new Promise((resolve) => realTimeout(resolve, 20))
  }
}

/** A client that takes nothing of a download, behind what the system buffers. */
async function stalled(): Promise<Running & { socket: Socket }> {
  const assets = temporaryDirectory()
  writeFileSync(join(assets, 'huge'), '')
  truncateSync(join(assets, 'huge'), 2_000_000_000)
  const running = await serve({ assets })
  stopClock()
  const socket = await open(running.port)
  socket.pause()
  socket.write('GET /assets/huge HTTP/1.1\r\nHost: x\r\n\r\n')
  await full(running.port)
  return { ...running, socket }
}

/** The same with a file of the site, which goes out as a whole. */
async function stalledSeed(): Promise<Running & { socket: Socket }> {
  const running = await serve()
  const path = `seed/${macs.one}/user-data`
  const head = ['Content-Type', 'text/plain', 'Content-Length', '50000000']
  running.server.replaceSite({
    ...prepareSite({}, []),
    machines: new Map([[macs.one, { name: 'lb1', mac: macs.one }]]),
    files: new Map([[path, { head, pieces: [Buffer.alloc(50_000_000)], machine: 'lb1', secret: true }]]),
  })
  stopClock()
  const socket = await open(running.port)
  socket.pause()
  socket.write(`GET /${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
  await full(running.port)
  return { ...running, socket }
}

describe('a client that does not read a response', () => {
  it.each([
    ['an asset', stalled, /^127\.0\.0\.1 - GET \/assets\/huge 200 \d+ aborted$/],
    ['a seed', stalledSeed, /^127\.0\.0\.1 lb1 GET \/seed\S+ 200 0 aborted$/],
  ])('of %s is disconnected after sixty seconds, not after twice that', async (_name, start, line) => {
    const { lines, faults } = await start()
    vi.advanceTimersByTime(59_999)
    await settle()
    expect(lines).toEqual([])
    vi.advanceTimersByTime(1)
    await eventually(() => lines.length === 1)
    expect(withoutTimes(lines)[0]).toMatch(line)
    expect(faults).toEqual([])
  })

  it('gains no time by requesting more', async () => {
    const { lines, socket } = await stalledSeed()
    for (let round = 0; round < 5; round++) {
      vi.advanceTimersByTime(10_000)
      socket.write(`\r\n${health}`)
      await settle()
    }
    expect(lines).toEqual([])
    vi.advanceTimersByTime(10_000)
    await eventually(() => lines.length > 0)
    await settle()
    for (const line of lines) expect(line).toMatch(/ aborted$/)
  })

  it('has another sixty seconds if it read some', async () => {
    const { port, lines, socket } = await stalled()
    for (let round = 0; round < 4; round++) {
      vi.advanceTimersByTime(50_000)
      let taken = 0
      // More than the system buffers on both sides.
      while (taken < 20_000_000) {
        taken += (socket.read() as Buffer | null)?.length ?? 0
        await turn()
      }
      await full(port)
    }
    expect(lines).toEqual([])
    vi.advanceTimersByTime(60_000)
    await eventually(() => lines.length === 1)
    expect(withoutTimes(lines)[0]).toMatch(/ aborted$/)
  })
})

describe('refused connections', () => {
  it('of a client with too many are logged', async () => {
    const { port, lines } = await serve({ limits: { connectionsPerClient: 3 } })
    const sockets = [await open(port), await open(port), await open(port)]
    expect(await rest(await open(port))).toBe('')
    expect(lines).toEqual([
      '2026-11-21T12:00:00.000Z hakube: refused a connection of 127.0.0.1: the limit of 3 connections per client is reached',
    ])
    sockets[0]!.destroy()
    await waitUntil(() => sockets[0]!.closed)
    for (let status = 0; status !== 200;)
      status = await ask(port, '/healthz').then(
        (answer) => answer.status,
        () => 0,
      )
  })

  it('include those of a client that begins too many TLS handshakes', async () => {
    const { lines, tls } = await operateEnrolled(false, { connectionsPerClient: 3 })
    const sockets = [await open(tls), await open(tls), await open(tls)]
    expect(await rest(await open(tls))).toBe('')
    expect(lines[0]).toMatch(
      / hakube: refused a connection of 127\.0\.0\.1: the limit of 3 connections per client is reached$/,
    )
    // Others are not kept out, and a place that is free again can be taken.
    const path = `/api/v1/machines/${macs.one}/secrets`
    expect((await askTls(tls, path, { localAddress: '127.0.0.2' })).status).toBe(401)
    for (const socket of sockets) socket.destroy()
    for (let status = 0; status !== 401;)
      status = await askTls(tls, path, {}).then(
        (answer) => answer.status,
        () => 0,
      )
  })

  it('are logged one by one at first, and then combined, however many they are', async () => {
    const { port, lines, server } = await serve({ limits: { connections: 2, head: 1e8 } })
    stopClock()
    const sockets = [await open(port), await open(port)]
    const refuseMany = async (): Promise<void> => {
      for (let round = 0; round < 50; round++) {
        const seen = watch(await open(port))
        await eventually(seen.ended)
      }
    }
    await refuseMany()
    const reason = 'the limit of 2 connections is reached'
    const prefix = '2026-11-21T12:00:00.000Z hakube: refused'
    const first = `${prefix} a connection of 127.0.0.1: ${reason}`
    expect(lines).toEqual([first])
    vi.advanceTimersByTime(10_000)
    expect(lines).toEqual([first, `${prefix} 49 connections, the last of 127.0.0.1: ${reason}`])
    lines.length = 0
    vi.advanceTimersByTime(60_000)
    expect(lines).toEqual([])
    await refuseMany()
    expect(lines).toEqual([first])
    vi.useRealTimers()
    for (const socket of sockets) socket.destroy()
    await server.close()
    expect(lines).toEqual([first, `${prefix} 49 connections, the last of 127.0.0.1: ${reason}`])
  })

  it('are logged as JSON if the log is JSON', async () => {
    const { port, lines } = await serve({ limits: { connections: 1 }, logFormat: 'json' })
    await open(port)
    expect(await rest(await open(port))).toBe('')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        time: '2026-11-21T12:00:00.000Z',
        client: '127.0.0.1',
        refused: 1,
        reason: 'the limit of 1 connections is reached',
      },
    ])
  })

  it('make room for others as soon as the silent ones are closed', async () => {
    const { port, lines } = await serve({ limits: { connections: 20, head: 300 } })
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(port)))
    const drops = setInterval(() => {
      for (const socket of sockets) socket.write('\r\n')
    }, 20)
    expect(await ask(port, '/healthz').catch(() => 'refused')).toBe('refused')
    await waitUntil(() => lines.filter((line) => / 408 16 /.test(line)).length === 20)
    clearInterval(drops)
    for (let status = 0; status !== 200;)
      status = await ask(port, '/healthz').then(
        (answer) => answer.status,
        () => 0,
      )
  })
})

it('the limits in docs/serving.md are those of the server', () => {
  const text = readFileSync(new URL('../../docs/serving.md', import.meta.url), 'utf8')
  const { head, stall, keepAlive, stop, connections, connectionsPerClient, openAssets, openAssetsPerClient } =
    defaultLimits
  for (const limit of [
    `${head / 1000} s`,
    `${stall / 1000} s`,
    `${keepAlive / 1000} s`,
    `${stop / 1000} s`,
    connections.toLocaleString('en'),
    connectionsPerClient.toLocaleString('en'),
    openAssets.toLocaleString('en'),
    String(openAssetsPerClient),
  ])
    expect(text).toContain(`| ${limit} |`)
})
