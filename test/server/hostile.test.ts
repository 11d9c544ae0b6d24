import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { macs, temporaryDirectory } from '../site/files.ts'
import { ask, begun, open, rest, sendRaw, serve, waitUntil, withoutDate, withoutTimes } from './serve.ts'

/** `assets/kernel` beside a file that nobody must get. */
function assetDirectory(): string {
  const top = temporaryDirectory()
  mkdirSync(join(top, 'assets'))
  writeFileSync(join(top, 'assets/kernel'), 'kernel')
  writeFileSync(join(top, 'outside'), 'OUTSIDE')
  return join(top, 'assets')
}

const one = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`

const statusOf = (answer: string): string => answer.slice(0, answer.indexOf('\r\n'))

describe('requests of an attacker', () => {
  it.each([
    '/assets/../outside',
    '/assets/..%2foutside',
    '/assets/..%2Foutside',
    '/assets/%2e%2e/outside',
    '/assets/%2e%2e%2foutside',
    '/assets/.%2e/outside',
    '/assets/%252e%252e%252foutside',
    '/assets/..%5coutside',
    '/assets/..\\outside',
    '/assets/kernel/../../outside',
    '/assets/./../outside',
    '/assets//../outside',
    '/assets/....//outside',
    '/assets/%c0%ae%c0%ae/outside',
    '/assets/%e0%80%ae%e0%80%ae/outside',
    '/assets/..%c0%afoutside',
    '/assets/..%ef%bc%8foutside',
    '/assets/%uff0e%uff0e/outside',
    '/assets/../outside%00kernel',
    '/assets/kernel%00',
    '/assets/kernel%0d%0aX:%20y',
    '/assets//etc/passwd',
    '/assets/%2fetc/passwd',
    '/assets/file:///etc/passwd',
    '/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '//etc/passwd',
    'http://x/assets/../outside',
    'http://x/assets/%2e%2e/outside',
    'file:///etc/passwd',
    '*',
    'x',
    '/assets/kernel\xff',
  ])('%s gets nothing', async (target) => {
    const { port, lines } = await serve({ assets: assetDirectory() })
    const answer = await sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(statusOf(answer)).toMatch(/^HTTP\/1\.1 (?:404 Not Found|400 Bad Request)$/)
    expect(answer).toMatch(/\r\nContent-Length: \d+\r\n/)
    expect(answer).not.toMatch(/OUTSIDE|root:/)
    await waitUntil(() => lines.length === 1)
    expect(lines[0]).toMatch(/^[\x20-\x7e]+$/)
  })

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['HTTP/0.9', 'GET /boot.ipxe\r\n\r\n', 'HTTP/1.1 505 HTTP Version Not Supported'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['an unknown method', 'STEAL / HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['a NUL in the path', 'GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    [
      'a bare line feed in a field',
      'GET / HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n',
      'HTTP/1.1 400 Bad Request',
    ],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    [
      'two lengths',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      'HTTP/1.1 400 Bad Request',
    ],
    [
      'length and chunks',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      'HTTP/1.1 400 Bad Request',
    ],
    [
      'an enormous field',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`,
      'HTTP/1.1 431 Request Header Fields Too Large',
    ],
    [
      'an enormous path',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      'HTTP/1.1 431 Request Header Fields Too Large',
    ],
    ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 405 Method Not Allowed'],
    [
      'a body',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello',
      'HTTP/1.1 413 Payload Too Large',
    ],
    [
      'a body without end',
      'GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      'HTTP/1.1 413 Payload Too Large',
    ],
    [
      'a body that never comes',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n',
      'HTTP/1.1 413 Payload Too Large',
    ],
    [
      'a question before a body',
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
      'HTTP/1.1 413 Payload Too Large',
    ],
    [
      'a body by POST',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello',
      'HTTP/1.1 405 Method Not Allowed',
    ],
  ])(
    '%s is refused, with a length, a log line and the end of the connection',
    async (_name, text, status) => {
      const { port, lines } = await serve()
      const answer = await sendRaw(port, text)
      expect(statusOf(answer)).toBe(status)
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      expect(head).toContain(`\r\nContent-Length: ${body.length}`)
      expect(head).toContain('\r\nConnection: close')
      await waitUntil(() => lines.length === 1)
      expect(withoutTimes(lines)[0]).toMatch(new RegExp(` ${status.split(' ')[1]} ${body.length}$`))
    },
  )

  it('HTTP/1.0 is served and the connection closed', async () => {
    const { port } = await serve()
    expect(await sendRaw(port, 'GET /healthz HTTP/1.0\r\n\r\n')).toBe(
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n' +
        'Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nok\n',
    )
  })

  it('pipelined requests are answered in order', async () => {
    const assets = assetDirectory()
    const { port, lines } = await serve({ assets })
    const last = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    const text = await sendRaw(
      port,
      [
        one('/assets/kernel'),
        one(`/seed/${macs.one}/meta-data`),
        one('/none'),
        one(`/seed/${macs.other}/meta-data`),
        last,
      ].join(''),
    )
    const bodies = text.split(/HTTP\/1\.1 [^]*?\r\n\r\n/).slice(1)
    expect(bodies).toEqual([
      'kernel',
      'local-hostname: lb1\n',
      'not found\n',
      'local-hostname: lb2\n',
      'ok\n',
    ])
    await waitUntil(() => lines.length === 5)
  })

  it('pipelined requests after an aborted download are logged too, with their files closed', async () => {
    const assets = assetDirectory()
    writeFileSync(join(assets, 'huge'), '')
    truncateSync(join(assets, 'huge'), 200_000_000)
    const { port, lines, faults } = await serve({ assets })
    const socket = await open(port)
    socket.write(
      'GET /assets/huge HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3) + 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
    )
    await begun(socket)
    socket.destroy()
    await waitUntil(() => lines.length >= 4)
    expect(
      withoutTimes(lines)
        .map((line) => line.replace(/ \d+ aborted/, ' N aborted'))
        .toSorted(),
    ).toEqual([
      // Their turn never came: no head was sent, and no file was opened.
      '127.0.0.1 - GET /assets/huge 0 N aborted',
      '127.0.0.1 - GET /assets/huge 0 N aborted',
      '127.0.0.1 - GET /assets/huge 200 N aborted',
      '127.0.0.1 - GET /healthz 200 N aborted',
    ])
    expect(faults).toEqual([])
    expect((await ask(port, '/assets/kernel')).body).toBe('kernel')
  })

  it('garbage after a good request does not affect its answer', async () => {
    const { port } = await serve()
    const text = await sendRaw(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nrubbish\r\n\r\n')
    expect(text.startsWith('HTTP/1.1 200 OK\r\n')).toBe(true)
    expect(text.slice(text.indexOf('\r\n\r\n') + 4).startsWith('ok\n')).toBe(true)
  })

  it('an upgrade is refused', async () => {
    const { port } = await serve()
    const text = await sendRaw(
      port,
      'GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Key: eA==\r\n\r\n',
    )
    expect(statusOf(text)).toBe('HTTP/1.1 200 OK')
  })
})

describe('slow clients', () => {
  it.each([
    ['a head that never ends', 'GET / HTTP/1.1\r\nHost: x\r\nA: '],
    ['half a request line', 'GE'],
  ])('%s ends in 408', async (_name, text) => {
    const { port, lines } = await serve({ limits: { head: 100 } })
    const answer = withoutDate(await sendRaw(port, text))
    expect(answer).toBe(
      'HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 16\r\n' +
        'Connection: close\r\n\r\nrequest timeout\n',
    )
    expect(withoutTimes(lines)).toEqual(['127.0.0.1 - - - 408 16'])
  })

  it('a head that arrives byte by byte ends in 408', async () => {
    const { port } = await serve({ limits: { head: 200 } })
    const socket = await open(port)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n')
    const drops = setInterval(() => socket.write('A: b\r\n'), 20)
    const answer = await rest(socket)
    clearInterval(drops)
    expect(statusOf(answer)).toBe('HTTP/1.1 408 Request Timeout')
  })

  it('a stalled download is aborted and its memory released', async () => {
    const assets = assetDirectory()
    writeFileSync(join(assets, 'huge'), '')
    truncateSync(join(assets, 'huge'), 2_000_000_000)
    const { port, lines, faults } = await serve({ assets, limits: { stall: 200 } })
    const before = process.memoryUsage()
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(port)))
    for (const socket of sockets) {
      socket.pause()
      socket.write('GET /assets/huge HTTP/1.1\r\nHost: x\r\n\r\n')
    }
    await waitUntil(() => lines.length === 20)
    const during = process.memoryUsage()
    // A chunk for each of twenty, not what a client has not taken.
    expect(during.arrayBuffers - before.arrayBuffers).toBeLessThan(20_000_000)
    for (const line of withoutTimes(lines))
      expect(line).toMatch(/^127\.0\.0\.1 - GET \/assets\/huge 200 \d+ aborted$/)
    expect(faults).toEqual([])
  })
})
