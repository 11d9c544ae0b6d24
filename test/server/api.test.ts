import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { createHeard } from '../../src/server/syslog/heard.ts'
import { macs } from '../site/files.ts'
import { checked, conforms, document } from './openapi.ts'
import { operate, operatorsToken, post, tokenOf } from './operated.ts'
import { ask } from './serve.ts'

const bearer = { authorization: `Bearer ${operatorsToken}` }
const get = async (port: number, path: string): Promise<unknown> => {
  const { status, body } = await ask(port, `/api/v1/${path}`, { headers: bearer })
  return status === 200 ? JSON.parse(body) : status
}
const time = '2026-11-21T12:00:00.000Z'
const key = (digit: string): string => digit.repeat(64)
const answer = (body: string) => ({ status: 200, headers: { 'content-type': 'application/json' }, body })
const lb1 = { mac: macs.one, name: 'lb1' }

describe('the OpenAPI document', () => {
  it('is one of version 3.1', async () => {
    const { port } = await operate()
    const { status, headers, body } = await ask(port, '/api/v1/openapi.json')
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' })
    expect(JSON.parse(body)).toEqual(document)
    const validator = new Validator()
    expect(await validator.validate(body)).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
    // The validator must be able to say no.
    expect((await new Validator().validate(body.replace('"responses"', '"replies"'))).valid).toBe(false)
  })

  it('contains every operation once, with its permitted clients', () => {
    const rows = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => {
        const { operationId, security } = described as unknown as { operationId: string; security: object[] }
        return `${method} ${path} ${operationId} ${security.flatMap((each) => Object.keys(each)).join()}`.trim()
      }),
    )
    expect(rows).toEqual([
      'get /api/v1/openapi.json describeApi',
      'get /api/v1/machines listMachines operator',
      'get /api/v1/machines/{machine} showMachine operator',
      'get /api/v1/machines/{machine}/events listMachineEvents operator',
      'post /api/v1/machines/{machine}/report report machine',
      'post /api/v1/machines/{machine}/look look',
      'post /api/v1/machines/{machine}/progress progress',
      'get /api/v1/machines/{machine}/log showLog operator',
      'get /api/v1/unknown/log listUnknownLogs operator',
      'get /api/v1/events listEvents operator',
      'get /api/v1/alarms listAlarms operator',
      'get /api/v1/unknown listUnknown operator',
      'post /api/v1/webhook webhook',
      'post /api/v1/arm arm operator',
      'post /api/v1/disarm disarm operator',
    ])
  })

  it('is what requests are validated against', () => {
    expect(() => conforms('POST', '/api/v1/arm', answer('{"machines":[1]}'))).toThrow(/must be string/)
    expect(() => conforms('GET', '/api/v1/machines', answer('{"machines":[]}'))).toThrow(/required/)
    expect(() => conforms('GET', '/api/v1/machines', { ...answer('x'), status: 418 })).toThrow(/418/)
  })
})

describe('the API', () => {
  it('shows a machine by its name and by any MAC address, with the steps of its first boot', async () => {
    const { port, clock } = await operate()
    await post(port, '/api/v1/arm', JSON.stringify({ machines: ['lb1'] }))
    await ask(port, `/kickstart/${macs.one}.ks`)
    const report = async (body: object): Promise<void> => {
      clock.pass(1)
      await post(port, `/api/v1/machines/${macs.one}/report`, JSON.stringify(body), tokenOf('lb1'))
    }
    await report({ state: 'installed' })
    await report({ state: 'configuring', step: 'packages' })
    await report({ state: 'failed', step: 'packages', text: 'no route to host' })
    const shown = await get(port, 'machines/lb1')
    expect(shown).toEqual({
      time: '2026-11-21T12:03:00.000Z',
      machine: {
        ...lb1,
        role: null,
        address: null,
        state: 'configuring',
        failed: 'step packages fails',
        output: 'no route to host',
        since: '2026-11-21T12:02:00.000Z',
        until: null,
        lastHeard: { time: '2026-11-21T12:03:00.000Z', words: 'reported failed: packages' },
        awaited: 'its next step, or its checks',
        commit: null,
        hardware: null,
      },
      steps: [
        { name: 'packages', state: 'fails', output: 'no route to host' },
        { name: 'checks', state: 'waiting', output: null },
      ],
      alarms: [],
      events: await get(port, 'machines/lb1/events').then((all) => (all as { events: unknown[] }).events),
    })
    expect(await get(port, `machines/${macs.second}`)).toEqual(shown)
    expect(await get(port, 'machines/lb9')).toBe(404)
    expect(await get(port, 'machines/lb9/events')).toBe(404)
  })

  it('shows the latest events of all machines', async () => {
    const { port } = await operate()
    await post(port, '/api/v1/arm', JSON.stringify({ machines: 'all' }))
    await ask(port, '/ipxe/52-54-00-ff-ff-01')
    const armed = { type: 'armed', time, until: null, by: 'operator' }
    const unknown = { type: 'unknown', time, mac: '52-54-00-ff-ff-01', from: '127.0.0.1', facts: {} }
    const all = [{ ...armed, ...lb1 }, { ...armed, mac: macs.other, name: 'lb2' }, unknown]
    expect(await get(port, 'events')).toEqual({ events: all })
    expect(await get(port, 'events?limit=1')).toEqual({ events: [unknown] })
    for (const limit of ['0', '-1', 'x', '1e9', ''])
      expect(await get(port, `events?limit=${limit}`)).toEqual({ events: all })
    expect(await get(port, 'unknown')).toEqual({
      time,
      unknown: [{ mac: '52-54-00-ff-ff-01', time, from: '127.0.0.1', facts: {} }],
    })
  })

  it('shows the alarms until the machine is armed again', async () => {
    const { port, keeper } = await operate()
    await post(port, '/api/v1/arm', JSON.stringify({ machines: ['lb1'] }))
    await keeper.record({
      type: 'enrolled',
      time,
      ...lb1,
      from: '10.9.9.9',
      key: key('a'),
      expected: '10.0.0.1',
    })
    await keeper.record({ type: 'conflict', time, ...lb1, from: '10.0.0.1', key: key('b') })
    expect(await get(port, 'alarms')).toEqual({
      time,
      alarms: [
        {
          machine: 'lb1',
          mac: macs.one,
          time,
          kind: 'other-address',
          words: `it enrolled from 10.9.9.9, and the profile says 10.0.0.1; its key is ${key('a')}`,
        },
        {
          machine: 'lb1',
          mac: macs.one,
          time,
          kind: 'two-keys',
          words: `two keys were presented for it, so it gets nothing: first ${key('a')}, then ${key('b')} from 10.0.0.1`,
        },
      ],
    })
    await post(port, '/api/v1/arm', JSON.stringify({ machines: ['lb1'] }))
    expect(await get(port, 'alarms')).toEqual({ time, alarms: [] })
  })

  it('shows what a machine did and said, and unknown senders', async () => {
    const heard = createHeard(() => new Date('2026-11-21T12:01:00Z'))
    const { port } = await operate({}, true, () => {}, { heard })
    await post(port, '/api/v1/arm', '{"machines":["lb1"]}')
    await ask(port, `/ipxe/${macs.one}`)
    heard.hear('127.0.0.1', Buffer.from('<11>Nov 30 06:00:01 partman: No disk found'))
    heard.hear('10.0.0.9', Buffer.from('<14>ipxe: hello'))
    const event = { kind: 'event', severity: null, program: null, time }
    expect(await get(port, 'machines/lb1/log')).toEqual({
      machine: 'lb1',
      left: 0,
      lines: [
        { ...event, from: null, text: 'armed by operator' },
        { ...event, from: '127.0.0.1', text: `fetched its boot script: /ipxe/${macs.one}` },
        {
          time: '2026-11-21T12:01:00.000Z',
          kind: 'log',
          from: '127.0.0.1',
          severity: 'error',
          program: 'partman',
          text: 'No disk found',
        },
      ],
    })
    expect(await get(port, 'machines/none/log')).toBe(404)
    expect(await get(port, 'unknown/log')).toMatchObject({
      senders: [{ from: '10.0.0.9', left: 0, lines: [{ program: 'ipxe', text: 'hello' }] }],
    })
    expect((await ask(port, '/api/v1/machines/lb1/log')).status).toBe(401)
  })

  it('returned every JSON answer of the document in the tests above', async () => {
    const { port } = await operate()
    for (const verb of ['arm', 'disarm'])
      expect((await post(port, `/api/v1/${verb}`, '{"machines":["lb9"]}')).status).toBe(404)
    await post(port, '/api/v1/disarm', '{"machines":"all"}')
    await get(port, 'machines')
    await ask(port, '/api/v1/openapi.json')
    const answers = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        Object.entries(responses).flatMap(([status, { content }]) =>
          content && 'application/json' in content ? [`${method.toUpperCase()} ${path} ${status}`] : [],
        ),
      ),
    )
    expect(answers.length).toBeGreaterThan(9)
    expect(answers.filter((each) => !checked.has(each))).toEqual([])
  })
})
