import { mkdirSync, renameSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSiteServer } from '../../src/server/server.ts'
import { prepareSite } from '../../src/server/served-site.ts'
import { macs, refusalOf, temporaryDirectory } from '../site/files.ts'
import {
  ask,
  exampleSite,
  begun,
  open,
  rest,
  sendRaw,
  serve,
  waitUntil,
  withoutDate,
  withoutTimes,
} from './serve.ts'

function assetDirectory(): string {
  const assets = join(temporaryDirectory(), 'assets')
  mkdirSync(join(assets, 'rocky'), { recursive: true })
  writeFileSync(join(assets, 'rocky/.treeinfo'), 'tree')
  writeFileSync(join(assets, 'digits'), '0123456789')
  writeFileSync(join(assets, 'empty'), '')
  writeFileSync(join(assets, 'large'), Buffer.alloc(3_000_000, 'abcdefg'))
  for (const name of ['digits', 'empty', 'rocky/.treeinfo'])
    utimesSync(join(assets, name), 1_000_000_000, 1_000_000_000)
  return assets
}

const get = (path: string, ...fields: string[]): string =>
  ['GET ' + path + ' HTTP/1.1', 'Host: x', 'Connection: close', ...fields, '', ''].join('\r\n')

describe('the site over HTTP', () => {
  it('is answered with complete heads', async () => {
    const { port } = await serve()
    expect(await sendRaw(port, get(`/seed/${macs.one}/user-data`))).toMatchInlineSnapshot(`
      "HTTP/1.1 200 OK
      Content-Type: text/plain; charset=utf-8
      Content-Length: 20
      Cache-Control: no-store
      X-Content-Type-Options: nosniff
      Connection: close

      #cloud-config
      # lb1
      "
    `)
    expect(await sendRaw(port, get('/boot.ipxe'))).toMatchInlineSnapshot(`
      "HTTP/1.1 200 OK
      Content-Type: text/plain; charset=utf-8
      Content-Length: 7
      Cache-Control: no-store
      X-Content-Type-Options: nosniff
      Connection: close

      #!ipxe
      "
    `)
    expect(await sendRaw(port, get('/healthz'))).toMatchInlineSnapshot(`
      "HTTP/1.1 200 OK
      Content-Type: text/plain; charset=utf-8
      Content-Length: 3
      Cache-Control: no-store
      X-Content-Type-Options: nosniff
      Connection: close

      ok
      "
    `)
    expect(await sendRaw(port, get('/ipxe/52-54-00-ff-ff-ff'))).toMatchInlineSnapshot(`
      "HTTP/1.1 404 Not Found
      Content-Type: text/plain; charset=utf-8
      Content-Length: 10
      Cache-Control: no-store
      X-Content-Type-Options: nosniff
      Connection: close

      not found
      "
    `)
    expect(await sendRaw(port, get('/ipxe/lb1'))).toMatchInlineSnapshot(`
      "HTTP/1.1 400 Bad Request
      Content-Type: text/plain; charset=utf-8
      Content-Length: 48
      Cache-Control: no-store
      X-Content-Type-Options: nosniff
      Connection: close

      not a MAC address; write e.g. 52-54-00-aa-bb-01
      "
    `)
  })

  it('has the head of GET and nothing else for HEAD', async () => {
    const { port } = await serve({ assets: assetDirectory() })
    const paths = [
      '/boot.ipxe',
      `/seed/${macs.one}/user-data`,
      '/healthz',
      '/none',
      '/ipxe/x',
      '/assets/digits',
      '/assets/empty',
      '/assets/none',
      '/%',
    ]
    const heads: string[] = []
    const headsOfGet: string[] = []
    for (const path of paths) {
      const got = await sendRaw(port, get(path))
      headsOfGet.push(got.slice(0, got.indexOf('\r\n\r\n') + 4))
      heads.push(await sendRaw(port, get(path).replace('GET', 'HEAD')))
    }
    expect(heads).toEqual(headsOfGet)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH'])(
    'refuses %s',
    async (method) => {
      const { port, lines } = await serve()
      expect(await sendRaw(port, get('/boot.ipxe').replace('GET', method))).toBe(
        'HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 18\r\n' +
          'Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nAllow: GET, HEAD\r\nConnection: close\r\n\r\nonly GET and HEAD\n',
      )
      await waitUntil(() => lines.length > 0)
      expect(withoutTimes(lines)).toEqual([`127.0.0.1 - ${method} /boot.ipxe 405 18`])
    },
  )

  it('serves many requests on one connection', async () => {
    const { port, lines } = await serve()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const bodies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const mac = index % 2 === 0 ? macs.one : macs.other
        return new Promise<string>((resolve, reject) => {
          request({ host: '127.0.0.1', port, agent, path: `/seed/${mac}/meta-data` }, (response) => {
            response.setEncoding('utf8')
            response.on('data', (text: string) => resolve(text))
          })
            .on('error', reject)
            .end()
        })
      }),
    )
    agent.destroy()
    expect(bodies).toEqual(Array.from({ length: 50 }, (_, index) => `local-hostname: lb${(index % 2) + 1}\n`))
    await waitUntil(() => lines.length === 50)
  })

  it('is logged in one line per request, never with a query, a head or a body', async () => {
    const { port, lines } = await serve()
    await ask(port, `/seed/52:54:00:AA:BB:11/user-data?token=secret`, {
      headers: { authorization: 'secret' },
    })
    await ask(port, '/boot.ipxe', { method: 'HEAD' })
    await ask(port, '/ipxe/52-54-00-ff-ff-ff')
    await ask(port, '/ipxe/x%0a2026')
    await waitUntil(() => lines.length === 4)
    expect(withoutTimes(lines)).toEqual([
      '127.0.0.1 lb1 GET /seed/52:54:00:AA:BB:11/user-data 200 20',
      '127.0.0.1 - HEAD /boot.ipxe 200 0',
      '127.0.0.1 - GET /ipxe/52-54-00-ff-ff-ff 404 10 unknown MAC 52-54-00-ff-ff-ff',
      '127.0.0.1 - GET /ipxe/x%0a2026 400 32',
    ])
  })

  it('is replaced for later requests', async () => {
    const { port, server } = await serve()
    expect((await ask(port, '/boot.ipxe')).status).toBe(200)
    server.replaceSite(prepareSite({}, []))
    expect((await ask(port, '/boot.ipxe')).status).toBe(404)
  })
})

describe('assets over HTTP', () => {
  it('are sent completely, with what a cache and a resumed download need', async () => {
    const assets = assetDirectory()
    const { port } = await serve({ assets })
    const whole = await sendRaw(port, get('/assets/rocky/.treeinfo'))
    expect(whole.replace(/ETag: "4-de0b6b3a7640000-[0-9a-f]+"/, 'ETag: TAG')).toMatchInlineSnapshot(`
      "HTTP/1.1 200 OK
      Accept-Ranges: bytes
      Cache-Control: no-cache
      X-Content-Type-Options: nosniff
      ETag: TAG
      Last-Modified: Sun, 09 Sep 2001 01:46:40 GMT
      Content-Type: application/octet-stream
      Content-Length: 4
      Connection: close

      tree"
    `)
    const large = await ask(port, '/assets/large')
    expect(large.headers['content-length']).toBe('3000000')
    expect(large.body === 'abcdefg'.repeat(500_000).slice(0, 3_000_000)).toBe(true)
    expect((await ask(port, '/assets/empty')).headers['content-length']).toBe('0')
  })

  it('have the type of a UEFI program by their extension, which UEFI HTTP boot requires', async () => {
    const assets = assetDirectory()
    writeFileSync(join(assets, 'IPXE.EFI'), 'MZ')
    const { port } = await serve({ assets })
    expect((await ask(port, '/assets/IPXE.EFI')).headers['content-type']).toBe('application/efi')
    expect((await ask(port, '/assets/large')).headers['content-type']).toBe('application/octet-stream')
  })

  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=5-500', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, 'the file was truncated\n', 'bytes */10'],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['bytes=4-2', 200, '0123456789', undefined],
  ])('Range: %s', async (range, status, body, contentRange) => {
    const { port } = await serve({ assets: assetDirectory() })
    const answer = await ask(port, '/assets/digits', { headers: { range } })
    expect(answer).toMatchObject({ status, body })
    expect(answer.headers['content-range']).toBe(contentRange)
    expect(answer.headers['content-length']).toBe(String(body.length))
  })

  it('are not sent again to clients that have them, and a part only of the same version', async () => {
    const { port } = await serve({ assets: assetDirectory() })
    const { headers } = await ask(port, '/assets/digits')
    const etag = headers.etag!
    expect((await ask(port, '/assets/digits', { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await ask(port, '/assets/digits', { headers: { 'if-none-match': '"old"' } })).status).toBe(200)
    const since = headers['last-modified']!
    expect((await ask(port, '/assets/digits', { headers: { 'if-modified-since': since } })).status).toBe(304)
    const part = { range: 'bytes=2-' }
    expect((await ask(port, '/assets/digits', { headers: { ...part, 'if-range': etag } })).body).toBe(
      '23456789',
    )
    expect((await ask(port, '/assets/digits', { headers: { ...part, 'if-range': since } })).body).toBe(
      '23456789',
    )
    expect((await ask(port, '/assets/digits', { headers: { ...part, 'if-range': '"old"' } })).body).toBe(
      '0123456789',
    )
    expect((await ask(port, '/assets/digits', { method: 'HEAD', headers: part })).status).toBe(200)
  })

  it('are only those in the list, and the list can be reloaded', async () => {
    const assets = assetDirectory()
    symlinkSync('/etc/passwd', join(assets, 'passwd'))
    const { port, server } = await serve({ assets })
    writeFileSync(join(assets, 'new'), 'new')
    const names = [
      'new',
      'passwd',
      'rocky',
      'rocky/',
      '',
      '.',
      '..',
      '../assets/digits',
      '%2e%2e/assets/digits',
      '/digits',
      'rocky/../digits',
      'DIGITS',
    ]
    const statuses = await Promise.all(names.map(async (name) => (await ask(port, `/assets/${name}`)).status))
    expect(statuses).toEqual(names.map(() => 404))
    expect((await server.rescanAssets()).skipped).toEqual([{ name: 'passwd', why: 'link' }])
    expect(await ask(port, '/assets/new')).toMatchObject({ status: 200, body: 'new' })
    renameSync(assets, `${assets}-away`)
    expect(await refusalOf(() => server.rescanAssets(), assets)).toMatchInlineSnapshot(`
      [
        "serve/assets: cannot serve assets from DIR: no such file or directory (ENOENT) (create the directory; hakube assets PROFILE --dir DIR does, and downloads most of the files)",
      ]
    `)
    renameSync(`${assets}-away`, assets)
    expect((await ask(port, '/assets/new')).status).toBe(200)
  })

  it('break the connection if the file becomes shorter meanwhile', async () => {
    const assets = assetDirectory()
    const file = join(assets, 'huge')
    writeFileSync(file, '')
    truncateSync(file, 200_000_000)
    const { port, lines } = await serve({ assets })
    const socket = await open(port)
    socket.write(get('/assets/huge'))
    await begun(socket)
    truncateSync(file, 1000)
    const received = await rest(socket.resume())
    expect(received.length).toBeLessThan(200_000_000)
    await waitUntil(() => lines.length > 0)
    expect(withoutTimes(lines)[0]).toMatch(/^127\.0\.0\.1 - GET \/assets\/huge 200 \d+ aborted$/)
  })

  it('are logged with the part that the client received', async () => {
    const assets = assetDirectory()
    const file = join(assets, 'huge')
    writeFileSync(file, '')
    truncateSync(file, 200_000_000)
    const { port, lines, faults } = await serve({ assets })
    const socket = await open(port)
    socket.write(get('/assets/huge'))
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    await waitUntil(() => lines.length > 0)
    const [, bytes] = /^127\.0\.0\.1 - GET \/assets\/huge 200 (\d+) aborted$/.exec(withoutTimes(lines)[0]!)!
    expect(Number(bytes)).toBeGreaterThan(0)
    expect(Number(bytes)).toBeLessThan(200_000_000)
    expect(faults).toEqual([])
  })
})

describe('listen and close', () => {
  it('report the address, also for IPv6', async () => {
    const server = createSiteServer(exampleSite(), { log: () => {} })
    const { url, port } = await server.listen('[::1]:0')
    expect(url).toBe(`http://[::1]:${port}`)
    await server.close()
    await server.close()
  })

  it('report that the address is in use, and that the assets are missing', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
    const server = createSiteServer(exampleSite(), { log: () => {} })
    const taken = await refusalOf(() => server.listen(`127.0.0.1:${port}`))
    other.close()
    expect(taken.map((line) => line.replace(String(port), 'PORT'))).toEqual([
      'serve/listen-address: another program already listens on 127.0.0.1:PORT (stop it, or use --listen with another port)',
    ])
    const missing = createSiteServer(exampleSite(), { log: () => {}, assets: '/nowhere' })
    expect(await refusalOf(() => missing.listen('127.0.0.1:0'))).toEqual([
      'serve/assets: cannot serve assets from /nowhere: no such file or directory (ENOENT) (create the directory; hakube assets PROFILE --dir DIR does, and downloads most of the files)',
    ])
    expect(await refusalOf(() => server.listen('192.0.2.1:0'))).toEqual([
      "serve/listen-address: this machine has no address 192.0.2.1:0 (use one of the machine's addresses, or :PORT for all of them)",
    ])
  })

  it('close idle connections at once, let a running download finish, and accept no new connection', async () => {
    const assets = assetDirectory()
    writeFileSync(join(assets, 'huge'), Buffer.alloc(30_000_000, 'x'))
    const { port, server } = await serve({ assets })
    const idle = await open(port)
    const used = await open(port)
    used.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => used.once('data', resolve))
    const running = await open(port)
    running.write('GET /assets/huge HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => running.once('readable', resolve))
    const ends = [rest(idle), rest(used)]
    const closed = server.close()
    await Promise.all(ends)
    await expect(open(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    const text = withoutDate(await rest(running))
    expect(text.length - text.indexOf('\r\n\r\n') - 4).toBe(30_000_000)
    await closed
  })

  it('do not wait for a stalled client', async () => {
    const assets = assetDirectory()
    const file = join(assets, 'huge')
    writeFileSync(file, '')
    truncateSync(file, 200_000_000)
    const { port, server, lines } = await serve({ assets, limits: { stop: 50 } })
    const socket = await open(port)
    socket.write(get('/assets/huge'))
    await begun(socket)
    await server.close()
    expect(withoutTimes(lines)[0]).toMatch(/^127\.0\.0\.1 - GET \/assets\/huge 200 \d+ aborted$/)
  })
})
