import { describe, expect, it } from 'vitest'
import { createHeard } from '../../src/server/syslog/heard.ts'
import { macs } from '../site/files.ts'
import { pemBlock } from '../support/pem.ts'
import { operate, operatedSite, post } from './operated.ts'
import { macOf, operateRack } from './pages.ts'
import { ask } from './serve.ts'

const event = {
  name: 'modules-final/config-runcmd',
  description: 'running config-runcmd with frequency once-per-instance',
  event_type: 'finish',
  origin: 'cloudinit',
  timestamp: 1_700_000_000.5,
  result: 'SUCCESS',
}
const path = (name: string): string => `/api/v1/machines/${macOf(name)}/progress`
const shown = { time: '2026-11-21T12:00:00.000Z', from: '127.0.0.1', program: 'cloudinit' }

describe('reports of cloud-init and Ubuntu’s installer', () => {
  it('are in the log of the machine', async () => {
    const { port, heard } = await operateRack()
    const { result: _, ...start } = { ...event, event_type: 'start' }
    for (const each of [
      start,
      event,
      { ...event, result: 'WARN', files: [{ path: '/x', content: 'eA==', encoding: 'base64' }] },
      {
        ...event,
        result: 'FAIL',
        origin: 'curtin',
        level: 'ERROR',
        name: 'subiquity/Install',
        description: 'a\nb',
      },
    ])
      expect(await post(port, path('cp-1'), JSON.stringify(each), null)).toMatchObject({ status: 200 })
    const about = `modules-final/config-runcmd: ${event.description}`
    expect(heard.timeline.of(macOf('cp-1'))).toEqual([
      { ...shown, severity: 'info', text: `start: ${about}` },
      { ...shown, severity: 'info', text: `finish: ${about.replace(': ', ': SUCCESS: ')}` },
      { ...shown, severity: 'warning', text: `finish: ${about.replace(': ', ': WARN: ')}` },
      { ...shown, severity: 'error', program: 'curtin', text: 'finish: subiquity/Install: FAIL: a' },
      { ...shown, severity: 'error', program: 'curtin', text: 'b' },
    ])
  })

  it('change nothing: neither the state of the machine, nor the owner of its address', async () => {
    const { port, keeper, heard, say } = await operateRack()
    await post(port, '/api/v1/arm', JSON.stringify({ machines: ['cp-1'] }))
    const before = {
      record: keeper.machine({ mac: macOf('cp-1'), name: 'cp-1' }),
      events: keeper.history(macOf('cp-1')),
    }
    for (const result of ['SUCCESS', 'FAIL'])
      await post(port, path('cp-1'), JSON.stringify({ ...event, result }), null)
    expect({
      record: keeper.machine({ mac: macOf('cp-1'), name: 'cp-1' }),
      events: keeper.history(macOf('cp-1')),
    }).toEqual(before)
    heard.hear('127.0.0.1', Buffer.from('<14>x: whose?'))
    say('cp-1', '<14>x: its own')
    expect(
      heard.timeline
        .of(macOf('cp-1'))
        .map(({ text }) => text)
        .slice(2),
    ).toEqual(['its own'])
    expect((await ask(port, `/seed/${macOf('cp-1')}/user-data`)).status).toBe(200)
  })

  it('contain no secrets and no control characters', async () => {
    const { port, heard } = await operateRack()
    const key = pemBlock('PRIVATE KEY', 'AAAA', 'BBBB')
    for (const description of ['password: hunter2', 'token abcdef.0123456789abcdef', key, 'a\u001b[2Jb'])
      await post(port, path('cp-1'), JSON.stringify({ ...event, description, origin: 'token=hunter2' }), null)
    const text = JSON.stringify(heard.timeline.of(macOf('cp-1')))
    expect(text).not.toMatch(/hunter2|0123456789abcdef|AAAA|BBBB|\\u001b/)
    expect(heard.timeline.of(macOf('cp-1')).length).toBe(7)
  })

  it('are refused under the MAC address of another machine, and if the server does not listen', async () => {
    const { port, heard, server } = await operateRack()
    const body = JSON.stringify(event)
    expect(await post(port, '/api/v1/machines/52-54-00-ff-ff-ff/progress', body, null)).toMatchObject({
      status: 404,
    })
    const site = operatedSite()
    const machines = new Map([[macs.one, { role: 'worker', address: '127.0.0.1' }]])
    heard.siteIs({ ...site, described: { ...site.described, machines } })
    server.replaceSite(site)
    const of = (mac: string) => post(port, `/api/v1/machines/${mac}/progress`, body, null)
    expect([(await of(macs.one)).status, (await of(macs.other)).status]).toEqual([200, 403])
    expect(heard.timeline.of(macs.other)).toEqual([])
    const deaf = await operate()
    expect(await post(deaf.port, `/api/v1/machines/${macs.one}/progress`, body, null)).toMatchObject({
      status: 404,
    })
  })

  it('are limited in size and rate, for each address', async () => {
    const heard = createHeard(() => new Date('2026-11-21T12:00:00Z'))
    const { port } = await operate({}, true, () => {}, { heard })
    const send = (body: string) => post(port, `/api/v1/machines/${macs.one}/progress`, body, null)
    for (const [body, status] of [
      ['x'.repeat(17_000), 413],
      ['{', 400],
      ['[]', 400],
      [JSON.stringify({ ...event, name: 7 }), 400],
      [JSON.stringify({ ...event, description: '\ud800' }), 200],
    ] as const)
      expect({ body: body.slice(0, 9), status: (await send(body)).status }).toEqual({
        body: body.slice(0, 9),
        status,
      })
    // Syslog and HTTP have one limit: each line counts, and so does an event that is refused.
    for (let turn = 0; turn < 4994; turn++) heard.hear('127.0.0.1', Buffer.from('<14>x'))
    expect((await send(JSON.stringify(event))).status).toBe(200)
    expect(await send(JSON.stringify(event))).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
    expect(heard.mayTell('10.0.0.9')).toBe(true)
  })
})
