import { describe, expect, it } from 'vitest'
import { request } from 'node:http'
import { isHere, isOwnName } from '../../src/server/page/access.ts'
import { keepLive } from '../../src/server/page/live.ts'
import { keepSessions } from '../../src/server/page/session.ts'
import { escapeHtml, Html, renderHtml } from '../../src/templates/html.ts'
import { operatorsToken } from './operated.ts'
import { bringIntoStates, macOf, operateRack as rack, rackSite } from './pages.ts'
import { type Answer, ask, open, waitUntil } from './serve.ts'

/** A form as a browser sends it. */
async function submit(
  port: number,
  path: string,
  fields: [string, string][],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = new URLSearchParams(fields).toString()
  return new Promise((resolve, reject) => {
    const all = {
      origin: `http://127.0.0.1:${port}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
      ...headers,
    }
    const sent = request(
      { host: '127.0.0.1', port, path, method: 'POST', headers: all, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

const formOf = ({ body }: Answer): string => /name="form" value="([^"]*)"/.exec(body)?.[1] ?? ''

/** Signs in. */
async function signIn(port: number): Promise<{ cookie: string; form: string }> {
  const { headers } = await submit(port, '/sign-in', [['token', operatorsToken]])
  const cookie = String(headers['set-cookie']?.[0]).replace(/;.*/, '')
  return { cookie, form: formOf(await ask(port, '/', { headers: { cookie } })) }
}

const from = (remoteAddress: string, localAddress: string) =>
  isHere({ socket: { remoteAddress, localAddress }, headers: {} } as never)

const asked = (cookie: string) => ({ socket: { localPort: 8080 }, headers: { cookie } }) as never

const exchange = (remoteAddress: string) =>
  ({
    request: { socket: { remoteAddress } },
    response: { writeHead() {}, write() {}, end() {} },
    wake: null,
  }) as never

describe('who may read the page', () => {
  it('is only who is on the serving machine', async () => {
    const { port } = await rack()
    expect((await ask(port, '/')).status).toBe(200)
    // 127.0.0.2 is loopback as well; a proxy says for whom it asks.
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])
      expect(await ask(port, '/', { headers: { [name]: '10.10.10.99' } })).toMatchObject({
        status: 403,
        body: expect.stringContaining('ssh -L'),
      })
    for (const path of ['/machines/cp-1', '/live', '/page/live.js', '/sign-in'])
      expect((await ask(port, path, { headers: { via: 'x' } })).status).toBe(403)
  })

  it('is everyone with --page all, read-only, and nobody with --page none', async () => {
    const all = await rack('all')
    const via = { via: '1.1 proxy' }
    const { status, body } = await ask(all.port, '/', { headers: via })
    expect({ status, readOnly: body.includes('Read only.') }).toEqual({ status: 200, readOnly: true })
    expect((await ask(all.port, '/sign-in', { headers: via })).status).toBe(403)
    expect((await submit(all.port, '/sign-in', [['token', operatorsToken]], via)).status).toBe(403)
    const { cookie } = await signIn(all.port)
    expect((await ask(all.port, '/', { headers: { ...via, cookie } })).body).toContain('Read only.')
    expect((await ask((await rack('none')).port, '/')).status).toBe(404)
  })

  it('cannot make the server render pages without limit from elsewhere', async () => {
    const { port } = await rack('all')
    const statuses: number[] = []
    for (let turn = 0; turn < 200 && !statuses.includes(503); turn++)
      statuses.push((await ask(port, '/page/icon.svg', { headers: { via: 'x' } })).status)
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    expect((await ask(port, '/page/icon.svg')).status).toBe(200)
  })

  it.each([
    ['127.0.0.1:8080', true],
    ['10.10.10.5', true],
    ['[::1]:8080', true],
    ['localhost:8080', true],
    ['LOCALHOST', true],
    ['rack.localhost', true],
    ['server.example:8080', true],
    ['evil.example:8080', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['server.example.evil', false],
    ['a b', false],
    ['', false],
    [undefined, false],
  ])('has used one of its own names: %s', (host, expected) => {
    expect(isOwnName(host, 'http://server.example:8080')).toBe(expected)
  })

  it('gets nothing under a foreign name, whose page would read it (DNS rebinding)', async () => {
    const { port } = await rack()
    const headers = { host: `evil.example:${port}` }
    for (const path of ['/', '/machines/cp-1', '/live', '/sign-in'])
      expect((await ask(port, path, { headers })).status).toBe(421)
    expect((await submit(port, '/arm', [], headers)).status).toBe(421)
    expect((await ask(port, `/ipxe/${macOf('cp-1')}`, { headers })).status).toBe(200)
  })

  it('is determined by both ends of the connection', () => {
    expect([
      from('127.0.0.1', '127.0.0.1'),
      from('::1', '::1'),
      from('::ffff:127.0.0.1', '::ffff:127.0.0.1'),
      from('10.10.10.5', '10.10.10.5'),
      from('10.10.10.6', '10.10.10.5'),
      from('::ffff:10.10.10.6', '::ffff:10.10.10.5'),
      from('fd00::6', 'fd00::5'),
    ]).toEqual([true, true, true, true, false, false, false])
  })
})

describe('signing in', () => {
  it('exchanges the token of the operator for a cookie that is not the token', async () => {
    const { port, lines } = await rack()
    expect(await submit(port, '/sign-in', [['token', 'wrong']])).toMatchObject({
      status: 401,
      body: expect.stringContaining('That is not the operator’s token.'),
    })
    const { status, headers } = await submit(port, '/sign-in', [['token', ` ${operatorsToken}\n`]])
    expect({ status, to: headers.location }).toEqual({ status: 303, to: '/' })
    const [cookie = ''] = headers['set-cookie'] ?? []
    expect(cookie).toMatch(/^hakube-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800$/)
    expect([cookie, ...lines].join('\n')).not.toContain(operatorsToken)
  })

  it('is required for arming, and ends', async () => {
    const { port, keeper } = await rack()
    const { cookie, form } = await signIn(port)
    const machine = ['machine', macOf('cp-1')] as [string, string]
    const confirmed = ['confirmed', 'yes'] as [string, string]
    const stage = () => keeper.machine({ mac: macOf('cp-1'), name: 'cp-1' }).stage
    for (const [fields, headers, status] of [
      [[machine, confirmed, ['form', form]], {}, 401],
      [[machine, confirmed, ['form', 'x']], { cookie }, 401],
      [[machine, confirmed], { cookie }, 401],
      [[machine, confirmed, ['form', form]], { cookie, origin: 'http://evil.example' }, 403],
      [[machine, confirmed, ['form', form]], { cookie, origin: `http://127.0.0.1:${port + 1}` }, 403],
      [[machine, confirmed, ['form', form]], { cookie, origin: 'null' }, 403],
      [[machine, confirmed, ['form', form]], { cookie, 'sec-fetch-site': 'same-site' }, 403],
      [[confirmed, ['form', form]], { cookie }, 400],
      [[['machine', 'nobody'], confirmed, ['form', form]], { cookie }, 400],
      [[machine, confirmed, ['form', form], ['seconds', '1']], { cookie }, 400],
    ] as [[string, string][], Record<string, string>, number][])
      expect({ fields, headers, status: (await submit(port, '/arm', fields, headers)).status }).toEqual({
        fields,
        headers,
        status,
      })
    expect(stage()).toBe('idle')
    // The first time it only asks.
    const asked = await submit(port, '/arm', [machine, ['form', form], ['seconds', '7200']], { cookie })
    expect({ status: asked.status, asks: asked.body.includes('Arm cp-1?'), stage: stage() }).toEqual({
      status: 200,
      asks: true,
      stage: 'idle',
    })
    expect((await submit(port, '/arm', [machine, confirmed, ['form', form]], { cookie })).status).toBe(303)
    expect(stage()).toBe('armed')
    const shown = (await ask(port, '/', { headers: { cookie } })).body
    expect(shown).toContain('Armed: cp-1.')
    expect((await ask(port, '/', { headers: { cookie } })).body).not.toContain('Armed: cp-1.')
    expect((await submit(port, '/disarm', [machine, ['form', form]], { cookie })).status).toBe(303)
    expect(stage()).toBe('idle')
    expect((await submit(port, '/sign-out', [['form', form]], { cookie })).status).toBe(303)
    expect((await submit(port, '/disarm', [machine, ['form', form]], { cookie })).status).toBe(401)
  })

  it('limits forms, sessions and their time', async () => {
    const { port } = await rack()
    expect((await submit(port, '/sign-in', [['token', 'x'.repeat(70_000)]])).status).toBe(413)
    let now = 0
    const sessions = keepSessions(() => now)
    const cookies = Array.from({ length: 101 }, () => sessions.begin(asked('')).replace(/;.*/, ''))
    expect(cookies.filter((cookie) => sessions.find(asked(`a=b; ${cookie}`)) !== null).length).toBe(100)
    expect(sessions.find(asked(cookies[0]!))).toBe(null)
    now = 8 * 3600 * 1000
    expect(sessions.find(asked(cookies[100]!))).toBe(null)
  })
})

describe('the page', () => {
  it('loads nothing from elsewhere, runs no inline scripts, and is never stored', async () => {
    const { port } = await rack()
    for (const path of ['/', `/machines/${macOf('cp-1')}`, '/sign-in', '/machines/nobody']) {
      const { headers, body } = await ask(port, path)
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'x-frame-options': 'DENY',
      })
      expect(body).not.toMatch(
        /<script(?! src="\/page\/live\.js" defer><\/script>)|\son\w+=|style=|https?:\/\//,
      )
    }
  })

  it('shows no secret: neither the content of a file nor a token', async () => {
    const running = await rack()
    await bringIntoStates(running)
    const { port } = running
    const { cookie } = await signIn(port)
    for (const path of ['/', `/machines/${macOf('cp-1')}`]) {
      const { body } = await ask(port, path, { headers: { cookie } })
      expect(body).not.toMatch(/#cloud-config|token-of-|token-of-the-operator/)
    }
    const { body } = await ask(port, `/machines/${macOf('cp-1')}`)
    expect(body).toContain(`<code>/seed/${macOf('cp-1')}/user-data</code></th><td>21</td><td>has secrets`)
  })

  it('shows the latest lines that a machine has said, and all of them to the operator', async () => {
    const running = await rack('all')
    const { port, say } = running
    const path = `/machines/${macOf('cp-1')}`
    expect((await ask(port, path)).body).toContain('Nothing has come from its address.')
    for (let turn = 1; turn <= 120; turn++) say('cp-1', `<14>dracut: line ${turn}`)
    say('cp-1', '<11>sshd: <b>& password: hunter2')
    say('cp-2', '<14>dracut: of another machine')
    const { body } = await ask(port, path)
    const log = /<section id="log".*?<\/section>/s.exec(body)?.[0] ?? ''
    expect({ rows: log.match(/<tr><td>/g)?.length, lines: log.split('\n').slice(0, 8) }).toEqual({
      rows: 100,
      lines: [
        `<section id="log" aria-labelledby="log-title" data-machine="${macOf('cp-1')}">`,
        '<h2 id="log-title">What it says</h2>',
        '<p>Nothing proves who sent these lines. What looks like a secret is hidden. 21 older ones are not shown here.</p>',
        '<table class="log">',
        '<thead><tr><th scope="col" class="time">Time</th><th scope="col">Line</th><th scope="col" class="from">From</th></tr></thead>',
        '<tbody>',
        '<tr><td><time datetime="2026-11-21T12:00:00.000Z">2026-11-21 12:00:00</time></td><td><span class="program">sshd</span> <strong class="why">error: &lt;b&gt;&amp; password: ********</strong></td><td>10.10.10.12</td></tr>',
        '<tr><td><time datetime="2026-11-21T12:00:00.000Z">2026-11-21 12:00:00</time></td><td><span class="program">dracut</span> line 120</td><td>10.10.10.12</td></tr>',
      ],
    })
    expect(body).not.toContain('of another machine')
    // All of them only to who has signed in.
    const { cookie } = await signIn(port)
    expect((await ask(port, `${path}/log`)).status).toBe(401)
    expect((await ask(port, `${path}/log`, { headers: { cookie, via: 'x' } })).status).toBe(401)
    expect((await ask(port, '/machines/nobody/log', { headers: { cookie } })).status).toBe(404)
    const whole = await ask(port, `${path}/log`, { headers: { cookie } })
    expect({
      status: whole.status,
      type: whole.headers['content-type'],
      policy: whole.headers['content-security-policy']?.slice(0, 18),
      first: whole.body.split('\n')[0],
      count: whole.body.split('\n').length,
    }).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      policy: "default-src 'none'",
      first: '2026-11-21T12:00:00.000Z 10.10.10.12 said dracut: line 1',
      count: 122,
    })
  })

  it('escapes whatever it prints', () => {
    expect(escapeHtml(`<script>alert("1")</script>&'\u0000\u001b[31m\u0085`)).toBe(
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\ufffd\ufffd[31m\ufffd',
    )
    expect(escapeHtml(new Html('<b>'))).toBe('<b>')
    for (const value of [null, undefined, {}, []]) expect(() => escapeHtml(value)).toThrow(/a page prints/)
    expect(renderHtml('page/message.ejs', { title: '<i>', text: '"><img src=x>' }).text).toContain(
      '<h1>&lt;i&gt;</h1>\n<p>&quot;&gt;&lt;img src=x&gt;</p>',
    )
    expect(() => renderHtml('page/message.ejs', { title: 'x' })).toThrow(/text/)
  })

  it('is divided by cluster, if there are several', async () => {
    const { port, server } = await rack()
    const site = rackSite()
    const machines = [...site.machines].map(([mac, machine], index) => {
      const name = `${index % 2 === 0 ? 'rack-7' : 'rack-8'}/${machine.name}`
      return [mac, { ...machine, name }] as const
    })
    server.replaceSite({ ...site, machines: new Map(machines) })
    const { body } = await ask(port, '/')
    expect(body.match(/<section[^>]*>\n<h2.*|<th scope="row">.*?<\/a>/g)?.join('\n')).toMatchInlineSnapshot(`
      "<section id="rack-7-load-balancer" aria-labelledby="rack-7-load-balancer-title">
      <h2 id="rack-7-load-balancer-title">rack-7: Load balancers</h2>
      <th scope="row"><a href="/machines/52-54-00-00-00-11">lb-1</a>
      <section id="rack-7-control-plane" aria-labelledby="rack-7-control-plane-title">
      <h2 id="rack-7-control-plane-title">rack-7: Control planes</h2>
      <th scope="row"><a href="/machines/52-54-00-00-00-13">cp-2</a>
      <section id="rack-7-worker" aria-labelledby="rack-7-worker-title">
      <h2 id="rack-7-worker-title">rack-7: Workers</h2>
      <th scope="row"><a href="/machines/52-54-00-00-00-15">worker-1</a>
      <th scope="row"><a href="/machines/52-54-00-00-00-17">worker-3</a>
      <section id="rack-8-control-plane" aria-labelledby="rack-8-control-plane-title">
      <h2 id="rack-8-control-plane-title">rack-8: Control planes</h2>
      <th scope="row"><a href="/machines/52-54-00-00-00-12">cp-1</a>
      <th scope="row"><a href="/machines/52-54-00-00-00-14">cp-3</a>
      <section id="rack-8-worker" aria-labelledby="rack-8-worker-title">
      <h2 id="rack-8-worker-title">rack-8: Workers</h2>
      <th scope="row"><a href="/machines/52-54-00-00-00-16">worker-2</a>
      <th scope="row"><a href="/machines/52-54-00-00-00-18">worker-4</a>"
    `)
  })

  it('is divided for a large rack', async () => {
    const { port, server } = await rack()
    const site = rackSite()
    const machines = Array.from({ length: 1200 }, (_, index) => {
      const mac = `52-54-00-01-${String(Math.floor(index / 100)).padStart(2, '0')}-${String(index % 100).padStart(2, '0')}`
      return [mac, { name: `m-${index}`, mac }] as const
    })
    server.replaceSite({ ...site, machines: new Map(machines) })
    const rows = async (path: string) => (await ask(port, path)).body.match(/<tr id="m-/g)?.length
    expect([
      await rows('/'),
      await rows('/?page=3'),
      await rows('/?page=99'),
      await rows('/?page=x'),
    ]).toEqual([500, 200, 200, 500])
  })
})

describe('notifications of open pages', () => {
  it('are sent when something changes, at a limited rate, and end with the server', async () => {
    const { port, keeper, server } = await rack()
    const socket = await open(port)
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    socket.write(`GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
    await waitUntil(() => text.includes('retry: 3000'))
    expect(text).toContain('Content-Type: text/event-stream')
    const arm = () =>
      keeper.record({
        type: 'armed',
        time: keeper.now(),
        mac: macOf('cp-1'),
        name: 'cp-1',
        until: null,
        by: 'x',
      })
    for (let turn = 0; turn < 20; turn++) await arm()
    await waitUntil(() => text.split('event: change').length === 3)
    server.replaceSite(rackSite())
    await waitUntil(() => text.split('event: change').length === 4)
    const ended = new Promise((resolve) => socket.once('end', resolve))
    await server.close()
    await ended
  })

  it('are sent to the page of a machine when it says something, and to no other page', async () => {
    const { port, say, server } = await rack()
    const listen = async (path: string) => {
      const socket = await open(port)
      const heard = { text: '' }
      socket.on('data', (chunk: Buffer) => (heard.text += chunk.toString()))
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
      await waitUntil(() => heard.text.includes('retry: 3000'))
      return heard
    }
    const its = await listen(`/live?machine=${macOf('cp-1')}`)
    const others = await listen(`/live?machine=${macOf('cp-2')}`)
    const racks = await listen('/live')
    for (let turn = 0; turn < 20; turn++) say('cp-1', '<14>x')
    await waitUntil(() => its.text.split('event: change').length === 3)
    server.replaceSite(rackSite())
    await waitUntil(() => its.text.split('event: change').length === 4)
    await waitUntil(() => [others, racks].every(({ text }) => text.split('event: change').length === 2))
  })

  it('are sent to a limited number of pages', () => {
    const live = keepLive({ listeners: 3, listenersPerClient: 2, pause: 1000, heartbeat: 1000 })
    const gone = exchange('10.0.0.1')
    expect(
      [gone, exchange('10.0.0.1'), exchange('10.0.0.1'), exchange('10.0.0.2'), exchange('10.0.0.3')].map(
        (each) => live.add(each),
      ),
    ).toEqual([true, true, false, true, false])
    ;(gone as { wake: () => void }).wake()
    expect(live.add(exchange('10.0.0.3'))).toBe(true)
    live.close()
    expect(live.add(exchange('10.0.0.3'))).toBe(true)
    live.close()
  })
})
