import { randomInt } from 'node:crypto'
import { readdirSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../site/files.ts'
import { heads, mutated, numbers } from './mutations.ts'
import { ask, open, sendRaw, serve, waitUntil } from './serve.ts'

const uncaught: unknown[] = []
const note = (fault: unknown): void => void uncaught.push(fault)
const before: NodeJS.UncaughtExceptionListener[] = []

// In `hakube serve` one of these ends the process; here Vitest's own listeners would blame no test for it.
beforeEach(() => {
  before.push(...process.listeners('uncaughtException'))
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', note)
})

afterEach(() => {
  process.off('uncaughtException', note)
  for (const listener of before.splice(0)) process.on('uncaughtException', listener)
  const [fault] = uncaught.splice(0)
  if (fault) throw new Error('a connection reached uncaughtException', { cause: fault })
})

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

async function sendAndReset(port: number, text: string, wait: number): Promise<void> {
  const socket: Socket = await open(port)
  socket.write(text, 'latin1')
  await pause(wait)
  socket.resetAndDestroy()
}

function assetDirectory(): string {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'kernel'), 'kernel')
  return directory
}

describe('an error of one connection', () => {
  it.each(heads)('ends only that connection after %j and a reset', async (head) => {
    const { port, faults } = await serve({ assets: assetDirectory() })
    for (const wait of [0, 1, 5, 20, 0, 1, 5, 20]) await sendAndReset(port, head, wait)
    await pause(20)
    expect((await ask(port, '/healthz')).body).toBe('ok\n')
    expect(faults).toEqual([])
  })

  it('ends only that connection for mutated requests, cut off at any moment', async () => {
    const seed = Number(process.env.HAKUBE_SEED ?? randomInt(2 ** 31))
    const number = numbers(seed)
    const { port, faults, lines } = await serve({ assets: assetDirectory() })
    for (let round = 0; round < 40; round++) {
      const texts = Array.from({ length: 10 }, () => ({ text: mutated(number), wait: number(8) }))
      await Promise.all(texts.map(({ text, wait }) => sendAndReset(port, text, wait)))
    }
    await pause(20)
    expect((await ask(port, '/healthz')).body, `HAKUBE_SEED=${seed}`).toBe('ok\n')
    expect({ faults, uncaught }, `HAKUBE_SEED=${seed}`).toEqual({ faults: [], uncaught: [] })
    for (const line of lines) expect(line, `HAKUBE_SEED=${seed}`).toMatch(/^[\x20-\x7e]+$/)
  })
})

const openFiles = (path: string): number =>
  readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`) === path
    } catch {
      return false
    }
  }).length

describe('downloads', () => {
  it('open one file per connection if they are pipelined', async () => {
    const directory = assetDirectory()
    truncateSync(join(directory, 'kernel'), 200_000_000)
    const { port, lines, faults } = await serve({ assets: directory })
    const memory = process.memoryUsage().arrayBuffers
    const sockets = await Promise.all(Array.from({ length: 5 }, () => open(port)))
    for (const socket of sockets) {
      socket.pause()
      socket.write('GET /assets/kernel HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(500))
    }
    await waitUntil(() => openFiles(join(directory, 'kernel')) >= 5)
    await pause(100)
    expect(openFiles(join(directory, 'kernel'))).toBe(5)
    expect(process.memoryUsage().arrayBuffers - memory).toBeLessThan(20_000_000)
    for (const socket of sockets) socket.destroy()
    await waitUntil(() => lines.length === 2500 && openFiles(join(directory, 'kernel')) === 0)
    expect(faults).toEqual([])
  })

  it('are asked to retry beyond the limit', async () => {
    const directory = assetDirectory()
    writeFileSync(join(directory, 'huge'), '')
    truncateSync(join(directory, 'huge'), 200_000_000)
    const { port, faults } = await serve({ assets: directory, limits: { openAssets: 1 } })
    const socket = await open(port)
    socket.pause()
    socket.write('GET /assets/huge HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitUntil(() => openFiles(join(directory, 'huge')) === 1)
    const { status, headers, body } = await ask(port, '/assets/kernel')
    expect({ status, body, after: headers['retry-after'] }).toEqual({
      status: 503,
      body: 'too many downloads, try again\n',
      after: '5',
    })
    expect((await ask(port, '/healthz')).status).toBe(200)
    socket.destroy()
    await waitUntil(() => openFiles(join(directory, 'huge')) === 0)
    expect((await ask(port, '/assets/kernel')).body).toBe('kernel')
    expect(faults).toEqual([])
  })
})

describe('one client', () => {
  it('cannot take all downloads', async () => {
    const directory = assetDirectory()
    writeFileSync(join(directory, 'huge'), '')
    truncateSync(join(directory, 'huge'), 200_000_000)
    const { port } = await serve({ assets: directory, limits: { openAssetsPerClient: 2 } })
    const sockets = [await open(port), await open(port)]
    for (const socket of sockets) {
      socket.pause()
      socket.write('GET /assets/huge HTTP/1.1\r\nHost: a\r\n\r\n')
    }
    await waitUntil(() => openFiles(join(directory, 'huge')) === 2)
    expect((await ask(port, '/assets/kernel')).status).toBe(503)
    const fromElsewhere = await ask(port, '/assets/kernel', { localAddress: '127.0.0.2' })
    expect(fromElsewhere.body).toBe('kernel')
    sockets[0]!.destroy()
    await waitUntil(() => openFiles(join(directory, 'huge')) === 1)
    expect((await ask(port, '/assets/kernel')).body).toBe('kernel')
  })
})

it('two Host fields are refused', async () => {
  const { port } = await serve()
  const text = await sendRaw(port, 'GET /healthz HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n')
  expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\n\r\nseveral Host fields\n$/)
})
