import { readFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { certifyMachine } from '../../src/secrets/machine-certificate.ts'
import { makeEnrolment } from '../../src/secrets/make.ts'
import { readIssuer } from '../../src/secrets/sign.ts'
import { fingerprintOf, longestRequest } from '../../src/secrets/signing-request.ts'
import { systemSources } from '../../src/secrets/sources.ts'
import { StoreError } from '../../src/state/store.ts'
import { type KeyPairOf, makeKey, requestOf } from '../secrets/request-of.ts'
import { macs } from '../site/files.ts'
import {
  askTls,
  authorities,
  type Enrolled,
  enrolledSite,
  operateEnrolled,
  secretsOf,
  type Shown,
} from './enrolled.ts'
import { operatorsToken, post, tokenOf } from './operated.ts'
import { type Answer, ask, open, rest } from './serve.ts'

const known = { mac: macs.one, name: 'lb1' }
const below = `/api/v1/machines/${macs.one}`
const armBody = JSON.stringify({ machines: ['lb1'] })
const arm = ({ port }: Enrolled) => post(port, '/api/v1/arm', armBody)
const print = ({ publicKey }: KeyPairOf) => fingerprintOf(publicKey)
const pemOfKey = ({ privateKey }: KeyPairOf): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

const enrol = (
  { tls }: Enrolled,
  key: KeyPairOf,
  path = `${below}/enrol`,
  localAddress?: string,
): Promise<Answer> =>
  askTls(tls, path, {
    method: 'POST',
    body: requestOf(key),
    ...(localAddress === undefined ? {} : { localAddress }),
  })

const shownBy = (key: KeyPairOf, { body }: Answer): Shown => ({ cert: body, key: pemOfKey(key) })
const fetchSecrets = ({ tls }: Enrolled, shown?: Shown, path = `${below}/secrets`): Promise<Answer> =>
  askTls(tls, path, shown ? { shown } : {})
const report = ({ tls }: Enrolled, shown: Shown | undefined, state: string, path = `${below}/report`) =>
  askTls(tls, path, { method: 'POST', body: JSON.stringify({ state }), ...(shown ? { shown } : {}) })

/** Status of the answer to a request for secrets. */
const status = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve, reject) => {
    socket.once('data', (data: Buffer) => resolve(data.toString('latin1').slice(9, 12)))
    socket.once('error', reject)
    socket.once('close', () => resolve('closed'))
    socket.write(`GET ${below}/secrets HTTP/1.1\r\nHost: x\r\n\r\n`)
  })

/** Types of the events in the journal, without requests. */
const eventsOf = ({ directory }: Enrolled): unknown[] =>
  readFileSync(join(directory, 'journal'), 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((line): { type: string; key?: string; from?: string; expected?: string } => JSON.parse(line))
    .filter(({ type }) => type !== 'fetched')
    .map(({ type, key, from, expected }) => ({
      type,
      ...(key === undefined ? {} : { key, from }),
      ...(expected === undefined ? {} : { expected }),
    }))

const twoKeys = (first: KeyPairOf, second: KeyPairOf): string =>
  `lb1 gets nothing, because two keys were presented for it: first ${print(first)}, then ${print(second)}. ` +
  'Find out who sent the other one, then: hakube arm PROFILE lb1\n'

describe('a machine that enrols', () => {
  it('gets its certificate and its secrets as often as it asks, and no other client does', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const key = makeKey()
    const first = await enrol(rack, key)
    expect(first.status).toBe(200)
    expect(rack.keeper.machine(known)).toMatchObject({ stage: 'armed', key: print(key), alarm: null })
    for (const answer of [first, await enrol(rack, key), await enrol(rack, key)]) {
      const got = await fetchSecrets(rack, shownBy(key, answer))
      expect(got).toMatchObject({ status: 200, body: secretsOf('lb1') })
      expect(got.headers['cache-control']).toBe('no-store')
    }
    expect(await fetchSecrets(rack)).toMatchObject({
      status: 401,
      body: 'lb1 must present its certificate\n',
    })
    const stranger = await operateEnrolled()
    await arm(stranger)
    expect(eventsOf(rack)).toEqual([
      { type: 'armed' },
      { type: 'enrolled', key: print(key), from: '127.0.0.1' },
    ])
    expect(rack.alarms).toEqual([])
  })

  it('gets the secrets of no other machine', async () => {
    const rack = await operateEnrolled()
    await post(rack.port, '/api/v1/arm', JSON.stringify({ machines: 'all' }))
    const key = makeKey()
    const shown = shownBy(key, await enrol(rack, key))
    const others = `/api/v1/machines/${macs.other}`
    expect(await fetchSecrets(rack, shown, `${others}/secrets`)).toMatchObject({
      status: 403,
      body: 'lb2 gets no secrets, because its key is another one\n',
    })
    expect((await report(rack, shown, 'ready', `${others}/report`)).status).toBe(401)
    // Under any of its own addresses, in any spelling, it is itself.
    expect((await fetchSecrets(rack, shown, `/api/v1/machines/5254.00aa.bb11/secrets`)).body).toBe(
      secretsOf('lb1'),
    )
  })

  it('reports with its certificate, and may fetch its secrets again when it is ready', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const key = makeKey()
    const shown = shownBy(key, await enrol(rack, key))
    await ask(rack.port, `/seed/${macs.one}/user-data`)
    expect((await report(rack, undefined, 'ready')).status).toBe(401)
    expect((await post(rack.port, `${below}/report`, '{"state":"ready"}', tokenOf('lb1'))).status).toBe(401)
    expect(rack.keeper.machine(known).stage).toBe('installing')
    expect(await report(rack, shown, 'ready')).toMatchObject({ status: 200, body: 'noted\n' })
    expect(rack.keeper.machine(known).stage).toBe('ready')
    expect((await fetchSecrets(rack, shown)).status).toBe(200)
    expect((await enrol(rack, key)).status).toBe(200)
    // Its window is over: another key changes nothing for it.
    expect(await enrol(rack, makeKey())).toMatchObject({
      status: 403,
      body: 'lb1 may not enrol, because it is installed, with another key; to install it: hakube arm PROFILE lb1\n',
    })
    expect((await fetchSecrets(rack, shown)).status).toBe(200)
    expect(rack.keeper.machine(known).alarm).toBeNull()
  })

  it('gets nothing when it is not armed', async () => {
    const rack = await operateEnrolled()
    const key = makeKey()
    expect(await enrol(rack, key)).toMatchObject({
      status: 403,
      body: 'lb1 may not enrol, because it is not armed; to install it: hakube arm PROFILE lb1\n',
    })
    await post(rack.port, '/api/v1/arm', armBody)
    const shown = shownBy(key, await enrol(rack, key))
    await post(rack.port, '/api/v1/disarm', armBody)
    expect((await fetchSecrets(rack, shown)).status).toBe(403)
    expect((await enrol(rack, key)).status).toBe(403)
  })

  it('is stopped, with an alarm, by a second key, until it is armed again', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const [one, two, three] = [makeKey(), makeKey(), makeKey()]
    const shown = shownBy(one, await enrol(rack, one))
    for (const key of [two, one, three])
      expect(await enrol(rack, key)).toMatchObject({ status: 409, body: twoKeys(one, two) })
    const why = 'two keys were presented for it: hakube status says which'
    expect(await fetchSecrets(rack, shown)).toMatchObject({
      status: 403,
      body: `lb1 gets no secrets, because ${why}\n`,
    })
    expect((await report(rack, shown, 'ready')).status).toBe(401)
    expect((await ask(rack.port, `/seed/${macs.one}/user-data`)).status).toBe(403)
    expect((await ask(rack.port, `/ipxe/${macs.one}`)).body).toContain(`echo hakube: ${why}.`)
    expect(rack.alarms).toEqual([
      `two keys were presented for lb1, so it gets nothing: first ${print(one)}, then ${print(two)} from 127.0.0.1`,
    ])
    const { body } = await ask(rack.port, '/api/v1/machines', {
      headers: { authorization: `Bearer ${operatorsToken}` },
    })
    expect(JSON.parse(body)).toMatchObject({
      machines: [
        {
          failed: `two keys were presented for it, so it gets nothing: first ${print(one)}, then ${print(two)} from 127.0.0.1`,
        },
        { failed: null },
      ],
    })
    expect(eventsOf(rack)).toEqual([
      { type: 'armed' },
      { type: 'enrolled', key: print(one), from: '127.0.0.1' },
      { type: 'conflict', key: print(two), from: '127.0.0.1' },
    ])
    await arm(rack)
    // The certificate of an earlier arming is worth nothing.
    expect((await fetchSecrets(rack, shown)).status).toBe(403)
    expect((await enrol(rack, two)).status).toBe(200)
  })

  it('is the first of two that ask at the same moment', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const keys = Array.from({ length: 8 }, () => makeKey())
    const statuses = (await Promise.all(keys.map((key) => enrol(rack, key)))).map(({ status }) => status)
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 409, 409, 409, 409, 409, 409, 409])
    expect(eventsOf(rack).map((event) => (event as { type: string }).type)).toEqual([
      'armed',
      'enrolled',
      'conflict',
    ])
  })

  it('is the same one after a restart of the server', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const key = makeKey()
    const shown = shownBy(key, await enrol(rack, key))
    rack.server.replaceSite(enrolledSite())
    expect((await fetchSecrets(rack, shown)).status).toBe(200)
  })

  it('keeps its key under another name, and is shown with that', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const key = makeKey()
    const shown = shownBy(key, await enrol(rack, key))
    const site = enrolledSite()
    const machines = [...site.machines].map(
      ([mac, each]) => [mac, each.name === 'lb1' ? { ...each, name: 'edge1' } : each] as const,
    )
    rack.server.replaceSite({ ...site, machines: new Map(machines) })
    const { body } = await ask(rack.port, '/api/v1/machines', {
      headers: { authorization: `Bearer ${operatorsToken}` },
    })
    const { machines: listed } = JSON.parse(body) as { machines: { name: string; state: string }[] }
    expect(listed.map(({ name, state }) => [name, state])).toEqual([
      ['edge1', 'armed'],
      ['lb2', 'idle'],
    ])
    expect((await fetchSecrets(rack, shown)).status).toBe(200)
  })

  it('is not enrolled if that cannot be stored', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const record = vi
      .spyOn(rack.keeper, 'record')
      .mockImplementation(() => Promise.reject(new StoreError('the disk is full')))
    const key = makeKey()
    expect(await enrol(rack, key)).toMatchObject({ status: 503, headers: { 'retry-after': '30' } })
    record.mockRestore()
    expect((await enrol(rack, makeKey())).status).toBe(200)
  })

  it('causes an alarm if it asks from an address that is not its own, and is refused with --strict-source', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const key = makeKey()
    expect((await enrol(rack, key, `${below}/enrol`, '127.0.0.2')).status).toBe(200)
    expect(rack.alarms).toEqual([
      `lb1 enrolled from 127.0.0.2, and the profile says 127.0.0.1; its key is ${print(key)}`,
    ])
    expect(eventsOf(rack)[1]).toEqual({
      type: 'enrolled',
      key: print(key),
      from: '127.0.0.2',
      expected: '127.0.0.1',
    })
    const strict = await operateEnrolled(true)
    await arm(strict)
    expect(await enrol(strict, key, `${below}/enrol`, '127.0.0.2')).toMatchObject({
      status: 403,
      body: 'lb1 may not enrol from 127.0.0.2: its address is 127.0.0.1\n',
    })
    expect((await enrol(strict, makeKey())).status).toBe(200)
  })

  it('must present a certificate of this server, for the key that it enrolled with', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const key = makeKey()
    await enrol(rack, key)
    const now = new Date()
    const notAfter = new Date(now.getTime() + 3_600_000)
    const certify = (authority: { certificate: string; key: string }, { publicKey }: KeyPairOf) =>
      certifyMachine({ name: 'lb1', publicKey, now, notAfter }, readIssuer(authority))
    const other = await makeEnrolment(systemSources, { keyBits: 2048 })
    const foreign = { cert: certify(other.machineAuthority, key), key: pemOfKey(key) }
    expect((await fetchSecrets(rack, foreign)).status).toBe(401)
    const second = makeKey()
    const good = { cert: certify(authorities.machineAuthority, second), key: pemOfKey(second) }
    expect((await fetchSecrets(rack, good)).status).toBe(403)
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'must present a certificate of the current CA, on older connections and sessions of %s too',
    async (maxVersion) => {
      const rack = await operateEnrolled()
      await arm(rack)
      const key = makeKey()
      const shown = shownBy(key, await enrol(rack, key))
      const sessions: Buffer[] = []
      const options = { port: rack.tls, host: '127.0.0.1', ca: authorities.serverAuthority.certificate }
      const open = (session?: Buffer): TLSSocket => {
        const socket = connect({ ...options, ...shown, maxVersion, ...(session ? { session } : {}) })
        socket.on('session', (each: Buffer) => sessions.push(each))
        onTestFinished(() => void socket.destroy())
        return socket
      }
      const first = open()
      expect(await status(first)).toBe('200')
      const again = open(sessions.at(-1))
      expect(await status(again)).toBe('200')
      expect(again.isSessionReused()).toBe(true)
      const { machineAuthority } = await makeEnrolment(systemSources, { keyBits: 2048 })
      const site = enrolledSite()
      rack.server.replaceSite({
        ...site,
        enrolling: site.enrolling.map((each) => ({ ...each, machineAuthority })),
      })
      expect(await status(open(sessions.at(-1)))).toBe('401')
      expect(await status(first)).toBe('401')
    },
  )

  it('learns what is wrong with a request', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const status = async (path: string, method = 'GET', body = '') =>
      (await askTls(rack.tls, path, { method, body })).status
    expect({
      get: await status(`${below}/enrol`),
      post: await status(`${below}/secrets`, 'POST', 'x'),
      noRequest: await status(`${below}/enrol`, 'POST', 'x'),
      long: await status(`${below}/enrol`, 'POST', 'x'.repeat(longestRequest + 1)),
      unknown: await status(`/api/v1/machines/52-54-00-00-00-99/enrol`, 'POST', requestOf(makeKey())),
      malformed: await status(`/api/v1/machines/nobody/enrol`, 'POST', requestOf(makeKey())),
      site: await status(`/seed/${macs.one}/user-data`),
      operator: await status('/api/v1/machines'),
      up: await status(`${below}/../${macs.other}/secrets`),
    }).toEqual({
      get: 405,
      post: 405,
      noRequest: 400,
      long: 413,
      unknown: 404,
      malformed: 404,
      site: 404,
      operator: 404,
      up: 404,
    })
    expect(rack.keeper.machine(known).key).toBeNull()
  })

  it('may not send requests without limit', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    const answers = []
    for (let count = 0; count < 31; count++)
      answers.push((await askTls(rack.tls, `${below}/enrol`, { method: 'POST', body: 'x' })).status)
    expect(answers.filter((status) => status === 429)).toHaveLength(1)
    // Whoever floods from another address does not keep it out.
    expect((await enrol(rack, makeKey(), `${below}/enrol`, '127.0.0.2')).status).toBe(200)
  })

  it('cannot fill the journal with requests that are refused', async () => {
    const rack = await operateEnrolled()
    await arm(rack)
    for (let count = 0; count < 20; count++)
      expect((await fetchSecrets(rack, undefined, `${below}/secrets?${count}`)).status).toBe(401)
    const refused = rack.keeper.history(macs.one).filter(({ type }) => type === 'fetched')
    expect(refused).toMatchObject([{ what: 'secrets', path: `${below}/secrets`, status: 401 }])
  })

  it('speaks TLS 1.2 or newer', async () => {
    const { tls } = await operateEnrolled()
    const handshake = (maxVersion: 'TLSv1.1' | 'TLSv1.2') =>
      new Promise<string>((resolve) => {
        const options = { minVersion: 'TLSv1' as const, maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }
        const socket = connect({ port: tls, host: '127.0.0.1', rejectUnauthorized: false, ...options })
        socket.once('secureConnect', () => {
          resolve(socket.getProtocol() ?? '')
          socket.destroy()
        })
        socket.once('error', () => resolve('refused'))
      })
    expect(await handshake('TLSv1.1')).toBe('refused')
    expect(await handshake('TLSv1.2')).toBe('TLSv1.2')
  })

  it('may wait longer for its handshake than for the head of a request, but not forever', async () => {
    const { tls } = await operateEnrolled(false, { head: 50, handshake: 600_000 })
    const late = await open(tls)
    // Well after the deadline of a head.
    await new Promise((resolve) => setTimeout(resolve, 300))
    const secured = connect({ socket: late, rejectUnauthorized: false })
    await new Promise((resolve, reject) => {
      secured.once('secureConnect', resolve)
      secured.once('error', reject)
    })
    secured.destroy()
    const strict = await operateEnrolled(false, { handshake: 50 })
    expect(await rest(await open(strict.tls))).toBe('')
  })
})
