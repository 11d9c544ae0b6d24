import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { moreHeads, mutated, numbers } from '../server/mutations.ts'
import { ask, open } from '../server/serve.ts'
import { until } from '../support/processes.ts'
import { program, root } from './hakube.ts'
import { isAlive, known, type ServeProcess, serveProcess } from './serve-process.ts'

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

/** Assets, beside a file that nobody must get. */
function prepareAssets(directory: string): void {
  mkdirSync(join(directory, 'assets'))
  writeFileSync(join(directory, 'assets/kernel'), 'kernel')
  writeFileSync(join(directory, 'assets/large'), '')
  truncateSync(join(directory, 'assets/large'), 300_000_000)
  writeFileSync(join(directory, 'outside'), 'OUTSIDE')
}

const withAssets = { words: ['--assets', 'assets'], prepare: prepareAssets }

/** The machines still get what is theirs, and nothing that happened was reported as a bug in hakube. */
async function expectUnharmed(running: ServeProcess): Promise<void> {
  expect(isAlive(running)).toBe(true)
  const { status, body } = await ask(running.port, known.path)
  expect({ status, name: body.includes(known.name) }).toEqual({ status: 200, name: true })
  expect((await ask(running.port, '/assets/kernel')).body).toBe('kernel')
  expect(running.stderr()).not.toMatch(/bug in hakube|uncaught|\n {4}at /)
}

/** Asks again until a machine is served. */
const recovered = (port: number): Promise<true> =>
  until('machines are served again', 120, () =>
    ask(port, known.path).then(
      ({ status }) => (status === 200 ? true : null),
      () => null,
    ),
  )

const filesOf = ({ child }: ServeProcess): string[] => {
  const directory = `/proc/${child.pid}/fd`
  return readdirSync(directory).flatMap((name) => {
    try {
      return [readlinkSync(join(directory, name))]
    } catch {
      return []
    }
  })
}

const residentBytes = ({ child }: ServeProcess): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024

/** Repeats what a failed run sent. */
const seed = Number(process.env.HAKUBE_SEED ?? randomInt(2 ** 31))

describe('hakube serve as a process', () => {
  it('survives connections that are reset after CONNECT', async () => {
    const running = await serveProcess(withAssets)
    for (let round = 0; round < 40; round++) {
      const socket = await open(running.port)
      socket.write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n')
      if (round % 2 === 1) await pause(20)
      socket.resetAndDestroy()
      await pause(10)
    }
    await expectUnharmed(running)
  })

  it(`survives thousands of mutated requests, reveals nothing, and keeps serving (HAKUBE_SEED=${seed})`, async () => {
    const number = numbers(seed)
    const running = await serveProcess(withAssets)
    const wrong: unknown[] = []
    let received = 0
    const attack = async (): Promise<void> => {
      const text = mutated(number, moreHeads)
      const [cut, wait, end] = [number(text.length + 1), number(10), number(3)]
      const socket = await open(running.port)
      let answer = ''
      socket.on('data', (data: Buffer) => {
        if (answer.length < 100_000) answer += data.toString('latin1')
      })
      socket.write(text.slice(0, cut), 'latin1')
      await pause(wait)
      socket.write(text.slice(cut), 'latin1')
      await pause(wait)
      if (end === 0) socket.resetAndDestroy()
      else if (end === 1) socket.end()
      // Half a head is answered after ten seconds only.
      const heard = new Promise((resolve) => {
        for (const event of ['data', 'end', 'close']) socket.once(event, resolve)
      })
      if (answer === '') await Promise.race([heard, pause(300)])
      socket.destroy()
      if (answer !== '') received++
      if (/OUTSIDE|root:x:0/.test(answer) || !/^(?:HTTP\/1\.1 \d{3} |$)/.test(answer))
        wrong.push({ text, answer: answer.slice(0, 500) })
    }
    for (let round = 0; round < 125; round++) await Promise.all(Array.from({ length: 32 }, attack))
    expect(wrong).toEqual([])
    // The attack reached it.
    expect(received).toBeGreaterThan(1000)
    await expectUnharmed(running)
    await until('its files are closed', 120, () =>
      filesOf(running).some((path) => path.includes('/assets/')) ? null : true,
    )
    const log = running.stderr().split('\n')
    for (const line of log) expect(line).toMatch(/^[\x20-\x7e…]*$/)
  })

  it('opens one file per connection for pipelined requests', async () => {
    const running = await serveProcess(withAssets)
    const before = residentBytes(running)
    const sockets: Socket[] = []
    for (let count = 0; count < 20; count++) {
      const socket = await open(running.port)
      socket.pause()
      socket.write('GET /assets/large HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1500))
      sockets.push(socket)
    }
    const downloads = () => filesOf(running).filter((path) => path.endsWith('/assets/large')).length
    await until('the downloads run', 120, () => (downloads() >= 20 ? true : null))
    for (let look = 0; look < 10; look++) {
      expect(downloads()).toBe(20)
      await pause(50)
    }
    expect(residentBytes(running) - before).toBeLessThan(400_000_000)
    await expectUnharmed(running)
    for (const socket of sockets) socket.destroy()
    await until('its files are closed', 120, () => (downloads() === 0 ? true : null))
  })
})

describe('hakube serve with few file descriptors', () => {
  it.each([64, 100])('of which it has %i, refuses connections, reports it and recovers', async (limit) => {
    const running = await serveProcess({ ...withAssets, shell: `ulimit -n ${limit}` })
    const warning = `hakube: warning: this process may open ${limit} files, so it accepts `
    // What it says on stderr and on stdout comes in any order.
    await until('it warns', 120, () => running.stderr().includes(warning) || null, running.stderr)
    const sockets: Socket[] = []
    const statuses = new Set<number | string>()
    for (let count = 0; count < 100; count++) {
      const socket = await open(running.port).catch(() => null)
      if (!socket) continue
      sockets.push(socket)
      socket.once('data', (data: Buffer) => {
        statuses.add(data.toString('latin1').slice(9, 12))
        socket.pause()
      })
      socket.write('GET /assets/large HTTP/1.1\r\nHost: a\r\n\r\n')
    }
    await pause(500)
    // Nobody is left without a whole answer: it is the file, or the wish to come again.
    for (const status of statuses) expect(['200', '503']).toContain(status)
    running.child.kill('SIGHUP')
    await pause(500)
    expect(isAlive(running)).toBe(true)
    for (const socket of sockets) socket.destroy()
    await recovered(running.port)
    await expectUnharmed(running)
    expect(running.stderr()).toMatch(/hakube: refused /)
  })

  it('does not start with fewer than any command needs', () => {
    const { status, stdout, stderr } = spawnSync('sh', [
      '-c',
      `ulimit -n 40; exec ${process.execPath} ${program} serve profile.yaml`,
    ])
    expect({ status, stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'hakube: this process may open only 40 files, but needs 64: ulimit -n 64, or more\n',
    })
  })

  it('reports no internal error if the system itself refuses connections', async () => {
    // The limits of `serve` keep some files free. Here they are those of a process that may open more.
    const script = `
      import { loadFrugally } from '${root}dist/files/frugal-modules.js'
      loadFrugally()
      const { createSiteServer } = await import('${root}dist/server/server.js')
      const options = { log: (line) => console.log(line), fault: (fault) => console.log('FAULT', fault) }
      const server = createSiteServer({ machines: new Map(), files: new Map() }, options)
      console.log('port', (await server.listen('127.0.0.1:0')).port)
      process.on('uncaughtException', (fault) => console.log('UNCAUGHT', fault))
    `
    const child = spawn('sh', [
      '-c',
      'ulimit -n 64; exec "$0" --input-type=module --eval "$1"',
      process.execPath,
      script,
    ])
    onTestFinished(() => void child.kill('SIGKILL'))
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (output += data.toString()))
    const port = Number(
      await until(
        'it listens',
        120,
        () => /port (\d+)\n/.exec(output)?.[1] ?? null,
        () => output,
      ),
    )
    const sockets = await Promise.all(Array.from({ length: 150 }, () => open(port).catch(() => null)))
    await pause(500)
    for (const socket of sockets) socket?.destroy()
    await until('it answers again', 120, () =>
      ask(port, '/healthz').then(
        ({ status }) => (status === 200 ? true : null),
        () => null,
      ),
    )
    expect(output).not.toMatch(/FAULT|UNCAUGHT|\n {4}at /)
  })

  it('asks a download to retry, also with Retry-After', async () => {
    const running = await serveProcess({ ...withAssets, shell: 'ulimit -n 64' })
    const socket = await open(running.port)
    socket.pause()
    socket.write('GET /assets/large HTTP/1.1\r\nHost: a\r\n\r\n')
    await until('it runs', 120, () =>
      filesOf(running).some((path) => path.endsWith('/large')) ? true : null,
    )
    const { status, headers } = await ask(running.port, '/assets/kernel')
    expect({ status, again: headers['retry-after'] }).toEqual({ status: 503, again: '5' })
    expect((await ask(running.port, known.path)).status).toBe(200)
    socket.destroy()
    await until('it ended', 120, () =>
      filesOf(running).some((path) => path.endsWith('/large')) ? null : true,
    )
    await expectUnharmed(running)
  })
})
