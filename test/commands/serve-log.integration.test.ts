import { expect, it } from 'vitest'
import { ask, open, rest } from '../server/serve.ts'
import { until } from '../support/processes.ts'
import { isAlive, known, serveProcess } from './serve-process.ts'

const requests = 40_000
const perConnection = 5000

it('an unread log pipe uses a bounded number of bytes, and its reader learns what it missed', async () => {
  const running = await serveProcess({ reads: false })
  const { port, child } = running
  const path = `/ipxe/52-54-00-ff-ff-ff?${'x'.repeat(300)}`
  for (let connection = 0; connection < requests / perConnection; connection++) {
    const socket = await open(port)
    const text = `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(perConnection - 1)
    socket.write(`${text}GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect((await rest(socket)).split('HTTP/1.1 404 Not Found').length - 1).toBe(perConnection)
  }
  expect((await ask(port, known.path)).body).toContain(known.name)
  expect(isAlive(running)).toBe(true)
  let log = ''
  child.stderr?.on('data', (data: Buffer) => (log += data.toString()))
  const missing = await until('the reader is told', 120, () =>
    /hakube: (\d+) log lines are missing here/.exec(log),
  )
  const lines = log.match(/ 404 10 \d+\.\d unknown MAC 52-54-00-ff-ff-ff$/gm) ?? []
  expect(Number(missing[1])).toBeGreaterThan(0)
  // The one more is that of the machine that is known.
  expect(lines.length + Number(missing[1])).toBe(requests + 1)
  // A MiB of ours, and what the system has for a pipe.
  expect(log.length).toBeLessThan(1.3 * 1024 * 1024)
  await ask(port, '/healthz')
  await until('the log goes on', 120, () => (log.includes(' GET /healthz 200 ') ? true : null))
})
