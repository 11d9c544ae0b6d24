import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { operate, post } from './operated.ts'
import { until } from '../support/processes.ts'
import { ask, sendRaw } from './serve.ts'

const secret = 'a secret of more than 16 characters'
const path = '/api/v1/webhook'
const body = JSON.stringify({ ref: 'refs/heads/main', after: '1'.repeat(40) })

async function hooked() {
  let pushes = 0
  const running = await operate({}, true, () => {}, {
    webhook: { secret, pushed: () => void pushes++ },
  })
  const send = async (headers: Record<string, string>, text = body): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${running.port}${path}`, {
      method: 'POST',
      headers,
      body: text,
    })
    await response.text()
    return response.status
  }
  return { ...running, send, pushes: () => pushes }
}

const signature = (text = body, key = secret): string =>
  `sha256=${createHmac('sha256', key).update(text).digest('hex')}`

it("a push with a signature like GitHub's makes the server check, even if it is sent again", async () => {
  const { send, pushes } = await hooked()
  expect(await send({ 'x-hub-signature-256': signature() })).toBe(202)
  expect(await send({ 'x-hub-signature-256': signature() })).toBe(202)
  expect(pushes()).toBe(2)
})

it("GitLab's token is accepted as well", async () => {
  const { send, pushes } = await hooked()
  expect(await send({ 'x-gitlab-token': secret })).toBe(202)
  expect(pushes()).toBe(1)
})

it('a client without the secret changes nothing', async () => {
  const { send, pushes } = await hooked()
  const wrong: Record<string, string>[] = [
    {},
    { 'x-hub-signature-256': '' },
    { 'x-hub-signature-256': signature(body, 'another secret') },
    { 'x-hub-signature-256': signature('another body') },
    { 'x-hub-signature-256': signature().toUpperCase() },
    { 'x-hub-signature-256': signature().slice(0, -2) },
    { 'x-hub-signature': signature().replace('sha256', 'sha1') },
    { 'x-gitlab-token': '' },
    { 'x-gitlab-token': secret.slice(1) },
    // A signature that is wrong is not made good by a token.
    { 'x-hub-signature-256': signature('another body'), 'x-gitlab-token': secret },
    { authorization: `Bearer ${secret}` },
  ]
  for (const headers of wrong) expect([headers, await send(headers)]).toEqual([headers, 401])
  expect(pushes()).toBe(0)
})

it('an endless body is refused, announced or not', async () => {
  const { port, pushes } = await hooked()
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\n`
  expect(await sendRaw(port, `${head}Content-Length: 1048577\r\n\r\n`)).toContain('HTTP/1.1 413')
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  expect(await sendRaw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}`)).toContain(
    'HTTP/1.1 413',
  )
  expect(pushes()).toBe(0)
})

it('stalled requests occupy places of their own address only', async () => {
  const { port, send, pushes } = await hooked()
  const answers: string[] = []
  for (let turn = 0; turn < 6; turn++) {
    const socket = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.9' })
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => answers.push(bytes.toString().slice(0, 12)))
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{`)
  }
  await until('all but two are refused', 20, () => (answers.length >= 4 ? true : null))
  expect(answers).toEqual(Array(4).fill('HTTP/1.1 503'))
  expect(await send({ 'x-hub-signature-256': signature() })).toBe(202)
  expect(pushes()).toBe(1)
})

it('a webhook accepts only POST, and does not exist on a server without one', async () => {
  const { port } = await hooked()
  expect((await ask(port, path)).status).toBe(405)
  const without = await operate()
  expect((await post(without.port, path, body, null)).status).toBe(404)
})
