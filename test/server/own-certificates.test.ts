import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import forge from 'node-forge'
import { describe, expect, it, vi } from 'vitest'
import { makeEnrolment } from '../../src/secrets/make.ts'
import { systemSources } from '../../src/secrets/sources.ts'
import { alternativeNames, usagesOf } from '../../src/secrets/examine.ts'
import { fingerprintOf, longestRequest } from '../../src/secrets/signing-request.ts'
import { StoreError } from '../../src/state/store.ts'
import { type KeyPairOf, makeKey, pemOf, requestDer, requestOf } from '../secrets/request-of.ts'
import { macs } from '../site/files.ts'
import {
  askTls,
  type Enrolled,
  enrolledSite,
  etcdAuthority,
  operateEnrolled,
  type Shown,
} from './enrolled.ts'
import { post } from './operated.ts'
import type { Answer } from './serve.ts'

const known = { mac: macs.one, name: 'lb1' }
const below = `/api/v1/machines/${macs.one}`
const client = `${below}/certificates/etcd-client`
const server = `${below}/certificates/etcd-server`
const print = ({ publicKey }: KeyPairOf) => fingerprintOf(publicKey)
const makeRsaKey = (modulusLength = 2048, publicExponent = 65_537): KeyPairOf =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })

/** A rack in which a machine has enrolled; by default all are armed. */
async function enrolled(
  mac: string = macs.one,
  rack?: Enrolled,
): Promise<{ rack: Enrolled; shown: Shown; key: KeyPairOf }> {
  const opened = rack ?? (await operateEnrolled())
  if (!rack) await post(opened.port, '/api/v1/arm', JSON.stringify({ machines: 'all' }))
  const key = makeKey()
  const { body: cert } = await askTls(opened.tls, `/api/v1/machines/${mac}/enrol`, {
    method: 'POST',
    body: requestOf(key),
  })
  return {
    rack: opened,
    shown: { cert, key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    key,
  }
}

const request = ({ tls }: Enrolled, path: string, body: string, shown?: Shown): Promise<Answer> =>
  askTls(tls, path, { method: 'POST', body, ...(shown ? { shown } : {}) })

type Event = { type: string; certificate?: string; key?: string; from?: string }

const certifiedIn = ({ directory }: Enrolled): Event[] =>
  readFileSync(join(directory, 'journal'), 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as Event)
    .filter(({ type }) => type === 'certified')
    .map(({ certificate, key, from }) => ({ type: 'certified', certificate, key, from }) as Event)

/** A request that asks for everything that a machine may not have. */
function greedyRequest(): { text: string; key: KeyPairOf } {
  const key = makeRsaKey()
  const pem = key.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const csr = forge.pki.createCertificationRequest()
  csr.publicKey = forge.pki.publicKeyFromPem(key.publicKey.export({ type: 'spki', format: 'pem' }).toString())
  csr.setSubject([
    { name: 'organizationName', value: 'system:masters' },
    { name: 'commonName', value: 'lb2' },
  ])
  csr.setAttributes([
    {
      name: 'extensionRequest',
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true },
        { name: 'extKeyUsage', codeSigning: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 2, value: 'etcd-peer' },
            { type: 7, ip: '10.10.10.12' },
          ],
        },
      ],
    },
  ])
  csr.sign(forge.pki.privateKeyFromPem(pem), forge.md.sha256.create())
  return { text: forge.pki.certificationRequestToPem(csr).replaceAll('\r', ''), key }
}

describe('a key that a machine makes itself', () => {
  it('is signed with what the profile says, whatever the request asks for', async () => {
    const { rack, shown } = await enrolled()
    const { text, key } = greedyRequest()
    const { status, body, headers } = await request(rack, server, text, shown)
    expect(status).toBe(200)
    expect(headers['cache-control']).toBe('no-store')
    const certificate = new X509Certificate(body)
    const authority = new X509Certificate(etcdAuthority.certificate)
    expect({
      subject: certificate.subject,
      ...alternativeNames(certificate),
      usages: usagesOf(certificate),
      ca: certificate.ca,
      issued: certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
      key: fingerprintOf(certificate.publicKey),
      days: Math.round((Date.parse(certificate.validTo) - Date.now()) / 86_400_000),
    }).toEqual({
      subject: 'CN=lb1',
      names: ['localhost', 'lb1'],
      addresses: ['127.0.0.1', '::1'],
      usages: ['server', 'client'],
      ca: false,
      issued: true,
      key: print(key),
      days: 30,
    })
    expect(certifiedIn(rack)).toEqual([
      { type: 'certified', certificate: 'etcd-server', key: print(key), from: '127.0.0.1' },
    ])
  })

  it('is signed as often as the machine asks, also when it is ready, and noted once', async () => {
    const { rack, shown } = await enrolled()
    const own = makeKey()
    for (let count = 0; count < 3; count++)
      expect((await request(rack, client, requestOf(own), shown)).status).toBe(200)
    const report = JSON.stringify({ state: 'ready' })
    await request(rack, `${below}/report`, report, shown)
    const { body } = await request(rack, client, requestOf(own), shown)
    expect(fingerprintOf(new X509Certificate(body).publicKey)).toBe(print(own))
    expect(certifiedIn(rack)).toHaveLength(1)
    expect(rack.keeper.machine(known).certificates).toEqual({ 'etcd-client': print(own) })
    expect(rack.alarms).toEqual([])
    // No private key is in the answer or in the journal, and no certificate in the journal.
    const journal = readFileSync(join(rack.directory, 'journal'), 'utf8')
    expect(`${body}${journal}`).not.toContain('PRIVATE KEY')
    expect(journal).not.toContain('BEGIN')
  })

  it('may be replaced by the machine, which raises an alarm', async () => {
    const { rack, shown } = await enrolled()
    const [one, two] = [makeKey(), makeKey()]
    await request(rack, client, requestOf(one), shown)
    expect((await request(rack, client, requestOf(two), shown)).status).toBe(200)
    expect(rack.alarms).toEqual([
      `lb1 made another key for its certificate etcd-client: before ${print(one)}, now ${print(two)}, from 127.0.0.1`,
    ])
    expect(certifiedIn(rack).map(({ key }) => key)).toEqual([print(one), print(two)])
    // Armed again, it begins anew.
    await post(rack.port, '/api/v1/arm', JSON.stringify({ machines: ['lb1'] }))
    expect(rack.keeper.machine(known).certificates).toEqual({})
    const again = await enrolled(macs.one, rack)
    expect((await request(rack, client, requestOf(makeKey()), again.shown)).status).toBe(200)
    expect(rack.alarms).toHaveLength(1)
  })

  it('is not signed for anybody else', async () => {
    const { rack, shown } = await enrolled()
    const other = await enrolled(macs.other, rack)
    const good = requestOf(makeKey())
    const status = async (path: string, body: string, by?: Shown): Promise<number> =>
      (await request(rack, path, body, by)).status
    const foreign = requestDer(makeKey(), makeKey().privateKey)
    expect({
      stranger: await status(client, good),
      otherMachine: await status(client, good, other.shown),
      otherWay: await status(`/api/v1/machines/${macs.other}/certificates/etcd-client`, good, shown),
      madeByNobody: await status(
        `/api/v1/machines/${macs.other}/certificates/etcd-client`,
        good,
        other.shown,
      ),
      unknownMachine: await status(
        '/api/v1/machines/52-54-00-00-00-99/certificates/etcd-client',
        good,
        shown,
      ),
      unknownName: await status(`${below}/certificates/kubernetes`, good, shown),
      notOwn: await status(`${below}/certificates/etcd-peer`, good, shown),
      inherited: await status(`${below}/certificates/constructor`, good, shown),
      up: await status(`${below}/certificates/../../${macs.other}/certificates/etcd-client`, good, shown),
      get: (await askTls(rack.tls, client, { shown })).status,
      garbage: await status(client, 'garbage', shown),
      empty: await status(client, '', shown),
      otherSignature: await status(client, pemOf(foreign), shown),
      long: await status(client, 'x'.repeat(longestRequest + 1), shown),
      huge: await status(client, 'x'.repeat(10_000_000), shown).catch(() => 'connection closed'),
      otherCurve: await status(client, requestOf(makeKey('secp384r1')), shown),
      rsaForP256: await status(client, requestOf(makeRsaKey()), shown),
      p256ForRsa: await status(server, good, shown),
      shortRsa: await status(server, requestOf(makeRsaKey(1024)), shown),
      oddRsa: await status(server, requestOf(makeRsaKey(2048, 3)), shown),
    }).toEqual({
      stranger: 401,
      otherMachine: 403,
      otherWay: 403,
      madeByNobody: 404,
      unknownMachine: 404,
      unknownName: 404,
      notOwn: 404,
      inherited: 404,
      up: 404,
      get: 405,
      garbage: 400,
      empty: 400,
      otherSignature: 400,
      long: 413,
      huge: expect.toBeOneOf([413, 'connection closed']),
      otherCurve: 400,
      rsaForP256: 400,
      p256ForRsa: 400,
      shortRsa: 400,
      oddRsa: 400,
    })
    expect(certifiedIn(rack)).toEqual([])
    expect(await request(rack, server, good, shown)).toMatchObject({
      body: 'etcd-server needs an RSA key with 2048 bits\n',
    })
  })

  it('is not signed for a machine that was disarmed, armed again, or of which two keys were presented', async () => {
    const { rack, shown } = await enrolled()
    const good = requestOf(makeKey())
    await post(rack.port, '/api/v1/disarm', JSON.stringify({ machines: ['lb1'] }))
    expect(await request(rack, client, good, shown)).toMatchObject({
      status: 403,
      body: 'lb1 gets no certificate, because it is not armed\n',
    })
    await post(rack.port, '/api/v1/arm', JSON.stringify({ machines: ['lb1'] }))
    expect((await request(rack, client, good, shown)).status).toBe(403)
    const again = await enrolled(macs.one, rack)
    expect((await request(rack, client, good, again.shown)).status).toBe(200)
    await enrolled(macs.one, rack)
    expect(await request(rack, client, good, again.shown)).toMatchObject({
      status: 403,
      body: 'lb1 gets no certificate, because two keys were presented for it: hakube status says which\n',
    })
  })

  it('does not depend on the CA of machines, which may be replaced: for the known key it signs again', async () => {
    const { rack, shown, key } = await enrolled()
    const { machineAuthority } = await makeEnrolment(systemSources, { keyBits: 2048 })
    const site = enrolledSite()
    rack.server.replaceSite({
      ...site,
      enrolling: site.enrolling.map((each) => ({ ...each, machineAuthority })),
    })
    const good = requestOf(makeKey())
    expect((await request(rack, client, good, shown)).status).toBe(401)
    const machine = `${below}/certificates/machine`
    expect(await request(rack, machine, requestOf(makeKey()))).toMatchObject({
      status: 403,
      body: 'lb1 gets no certificate, because its key is another one\n',
    })
    expect((await request(rack, machine, 'garbage')).status).toBe(400)
    const { status, body: cert } = await request(rack, machine, requestOf(key))
    expect(status).toBe(200)
    expect((await request(rack, client, good, { ...shown, cert })).status).toBe(200)
    // Armed again, the system that still runs does not take the place of the one that is installed next.
    await post(rack.port, '/api/v1/arm', JSON.stringify({ machines: ['lb1'] }))
    expect((await request(rack, machine, requestOf(key))).status).toBe(403)
    expect(rack.keeper.machine(known)).toMatchObject({ key: null, alarm: null })
  })

  it('is not signed when its fingerprint cannot be stored', async () => {
    const { rack, shown } = await enrolled()
    const record = vi
      .spyOn(rack.keeper, 'record')
      .mockImplementation(() => Promise.reject(new StoreError('the disk is full')))
    const good = requestOf(makeKey())
    expect(await request(rack, client, good, shown)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '30' },
    })
    record.mockRestore()
    expect((await request(rack, client, good, shown)).status).toBe(200)
  })

  it('is not signed without end', async () => {
    const { rack, shown } = await enrolled()
    const statuses: number[] = []
    for (let count = 0; count < 31; count++) statuses.push((await request(rack, client, 'x', shown)).status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(1)
    // It may still fetch its secrets.
    expect((await askTls(rack.tls, `${below}/secrets`, { shown })).status).toBe(200)
  })
})
