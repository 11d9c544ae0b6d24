import { type KeyObject, X509Certificate } from 'node:crypto'
import { type SecureContextOptions, TLSSocket } from 'node:tls'
import { canonicalMac } from '../network/mac.ts'
import { certifyMachine } from '../secrets/machine-certificate.ts'
import type { KeyPair } from '../secrets/secrets.ts'
import { type Issuer, readIssuer } from '../secrets/sign.ts'
import { fingerprintOf, longestRequest, readRequest, type ShownKey } from '../secrets/signing-request.ts'
import type { MachineEvent } from '../state/events.ts'
import type { Keeper, KnownMachine } from '../state/keeper.ts'
import { mayEnrol, stageAt } from '../state/machine-state.ts'
import { StoreError } from '../state/store.ts'
import { refusesKey } from '../state/view.ts'
import { apiPrefix, type Operated } from './operated.ts'
import { readBody } from './body.ts'
import { clientOf } from './client.ts'
import { type Exchange, neverStored, sendBody, sendText } from './exchange.ts'
import { takeReport } from './reports.ts'
import { targetPath } from './target.ts'
import type { Enrolling, ServedSite } from './served-site.ts'

/*
 * What machines ask for by TLS, and nothing else is answered there. A machine shows the key that it has made itself; the first key in the
 * armed window is its key. From then on whoever has the private half gets the machine's secrets, as often as it asks, so that neither a
 * power cut nor a lost answer leaves a machine behind.
 */

/** Options of the listener. Certificates of clients are asked for and not insisted on: who enrols has none yet. */
export const secureOptions = ({ server, machineAuthority }: Enrolling) => ({
  cert: server.certificate,
  key: server.key,
  ca: machineAuthority.certificate,
  requestCert: true,
  rejectUnauthorized: false,
  // curl of CentOS 7 has it, and nothing older is wanted.
  minVersion: 'TLSv1.2' as const satisfies SecureContextOptions['minVersion'],
})

const end = ['Connection', 'close']

/** One after the other for each machine: of two keys that come at the same time, one is the first. */
const turns = new WeakMap<Keeper, Map<string, Promise<void>>>()

async function inTurn(keeper: Keeper, mac: string, work: () => Promise<void>): Promise<void> {
  const ofKeeper = turns.get(keeper) ?? new Map<string, Promise<void>>()
  turns.set(keeper, ofKeeper)
  const mine = (ofKeeper.get(mac) ?? Promise.resolve()).then(work)
  const settled = mine.catch(() => {})
  ofKeeper.set(mac, settled)
  try {
    await mine
  } finally {
    if (ofKeeper.get(mac) === settled) ofKeeper.delete(mac)
  }
}

/** Requests for a certificate that one address may make in a minute for one machine. */
const mostPerMinute = 30
const mostCounted = 10_000
type Window = { begin: number; count: number }
const windows = new WeakMap<Keeper, Map<string, Window>>()

function isTooOften(keeper: Keeper, mac: string, client: string): boolean {
  const ofKeeper = windows.get(keeper) ?? new Map<string, Window>()
  windows.set(keeper, ofKeeper)
  const now = performance.now()
  const name = `${mac} ${client}`
  const known = ofKeeper.get(name)
  if (known && now - known.begin <= 60_000) {
    known.count++
    return known.count > mostPerMinute
  }
  if (ofKeeper.size >= mostCounted) ofKeeper.clear()
  ofKeeper.set(name, { begin: now, count: 1 })
  return false
}

type Signer = { issuer: Issuer; publicKey: KeyObject; notAfter: Date }
const signers = new WeakMap<KeyPair, Signer>()

function signerOf(authority: KeyPair): Signer {
  const known = signers.get(authority)
  if (known) return known
  const { publicKey, validTo } = new X509Certificate(authority.certificate)
  const signer = { issuer: readIssuer(authority), publicKey, notAfter: new Date(validTo) }
  signers.set(authority, signer)
  return signer
}

/**
 * The fingerprint of the key that a connection has shown to have, with a certificate that we have signed; null without one. TLS has compared it
 * with the CA of then: a connection may be older than the site.
 */
function keyOf({ request: { socket } }: Exchange, { machineAuthority }: Enrolling): string | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null
  const certificate = socket.getPeerX509Certificate()
  if (!certificate?.verify(signerOf(machineAuthority).publicKey)) return null
  return fingerprintOf(certificate.publicKey)
}

/** A request of a machine, as far as it is sure whom it is about. */
type Asked = { exchange: Exchange; enrolling: Enrolling; operated: Operated; machine: KnownMachine }

function noteFetched(
  { exchange, operated: { keeper }, machine: { mac, name } }: Asked,
  what: 'certificate' | 'secrets',
  status: number,
): void {
  // Without the query: who varies it would write a line of the journal with each request.
  const path = (exchange.request.url ?? '').replace(/[?#].*$/s, '').slice(0, 256)
  const from = clientOf(exchange.request.socket)
  keeper.note({ type: 'fetched', time: keeper.now(), mac, name, what, path, from, status })
}

function refuse(asked: Asked, what: 'certificate' | 'secrets', status: number, why: string): void {
  noteFetched(asked, what, status)
  sendText(asked.exchange, status, `${asked.machine.name} ${why}`, end)
}

function sendCertificate(asked: Asked, { publicKey }: ShownKey): void {
  const { exchange, enrolling, operated, machine } = asked
  const { issuer, notAfter } = signerOf(enrolling.machineAuthority)
  const now = new Date(operated.keeper.now())
  const body = Buffer.from(certifyMachine({ name: machine.name, publicKey, now, notAfter }, issuer))
  noteFetched(asked, 'certificate', 200)
  const type = 'application/pem-certificate-chain'
  sendBody(exchange, 200, ['Content-Type', type, 'Content-Length', String(body.length), ...neverStored], body)
}

/** Decides about a key that a request has shown to have. Runs in turn with others of the same machine. */
async function decideKey(asked: Asked, shown: ShownKey): Promise<void> {
  const { exchange, enrolling, operated, machine } = asked
  const { keeper } = operated
  const { mac, name } = machine
  const time = keeper.now()
  const record = keeper.machine(machine)
  const stage = stageAt(record, time)
  const from = clientOf(exchange.request.socket)
  const expected = enrolling.addresses.get(mac)
  const isElsewhere = expected !== undefined && expected !== from
  const event = async (what: MachineEvent): Promise<boolean> => {
    try {
      await keeper.record(what)
      return true
    } catch (fault) {
      if (!(fault instanceof StoreError)) throw fault
      sendText(exchange, 503, 'the server cannot store its state, so no machine enrols', [
        'Retry-After',
        '30',
      ])
      return false
    }
  }
  const twoKeys = (first: string | null, second: string): void =>
    refuse(
      asked,
      'certificate',
      409,
      `gets nothing, because two keys were shown for it: first ${first}, then ${second}. Look for the stranger, then: hakube arm PROFILE ${name}`,
    )
  if (record.alarm) return twoKeys(record.key, record.alarm.key)
  if (stage !== 'idle' && record.key === shown.fingerprint) return sendCertificate(asked, shown)
  if (!mayEnrol(stage)) {
    const why = stage === 'idle' ? 'it is not armed' : 'it is installed, with another key'
    return refuse(
      asked,
      'certificate',
      403,
      `may not enrol, because ${why}; to install it: hakube arm PROFILE ${name}`,
    )
  }
  if (isElsewhere && operated.strictSource === true) {
    operated.alarm?.(
      `${name} was not enrolled: the request came from ${from}, and the profile says ${expected}`,
    )
    return refuse(asked, 'certificate', 403, `may not enrol from ${from}: its address is ${expected}`)
  }
  if (record.key === null) {
    const about = { time, mac, name, from, key: shown.fingerprint }
    const enrolled = { type: 'enrolled' as const, ...about, ...(isElsewhere ? { expected } : {}) }
    if (!(await event(enrolled))) return
    if (isElsewhere)
      operated.alarm?.(
        `${name} enrolled from ${from}, and the profile says ${expected}; its key is ${shown.fingerprint}`,
      )
    return sendCertificate(asked, shown)
  }
  if (!(await event({ type: 'conflict', time, mac, name, from, key: shown.fingerprint }))) return
  operated.alarm?.(
    `two keys were shown for ${name}, so it gets nothing: first ${record.key}, then ${shown.fingerprint} from ${from}`,
  )
  twoKeys(record.key, shown.fingerprint)
}

async function enrol(asked: Asked): Promise<void> {
  const { exchange, operated, machine } = asked
  const { keeper } = operated
  if (exchange.request.method !== 'POST')
    return sendText(exchange, 405, 'only POST', ['Allow', 'POST', ...end])
  if (isTooOften(keeper, machine.mac, clientOf(exchange.request.socket)))
    return sendText(exchange, 429, 'too many requests', ['Retry-After', '60', ...end])
  const text = await readBody(exchange, longestRequest)
  if (exchange.gone) return
  if (text === null) return sendText(exchange, 413, 'the request is too long', end)
  const shown = readRequest(text)
  if (!shown)
    return sendText(exchange, 400, 'this is not a certificate request with a key that is accepted', end)
  await inTurn(keeper, machine.mac, async () => {
    if (!exchange.gone) await decideKey(asked, shown)
  })
}

async function giveSecrets(asked: Asked, key: string | null): Promise<void> {
  const { exchange, enrolling, operated, machine } = asked
  const { keeper } = operated
  if (exchange.request.method !== 'GET') return sendText(exchange, 405, 'only GET', ['Allow', 'GET', ...end])
  if (key === null) return refuse(asked, 'secrets', 401, 'must show its certificate')
  const why = refusesKey(keeper.machine(machine), keeper.now(), key)
  if (why !== null) return refuse(asked, 'secrets', 403, `gets no secrets, because ${why}`)
  const body = await enrolling.secrets(machine.mac)
  if (exchange.gone) return
  if (!body) return sendText(exchange, 404, 'not found')
  noteFetched(asked, 'secrets', 200)
  sendBody(
    exchange,
    200,
    ['Content-Type', 'application/x-tar', 'Content-Length', String(body.length), ...neverStored],
    body,
  )
}

/** Answers a request that came by TLS. */
export function answerEnrolled(
  exchange: Exchange,
  site: ServedSite,
  operated: Operated,
): Promise<void> | null {
  const { enrolling } = site
  const { keeper } = operated
  const path = targetPath(exchange.request.url ?? '')
  const below = typeof path === 'string' && path.startsWith(apiPrefix) ? path.slice(apiPrefix.length) : ''
  const [, spelling = '', what] = /^machines\/([^/]+)\/(enrol|secrets|report)$/.exec(below) ?? []
  const mac = canonicalMac(spelling)
  const machine = mac === null ? undefined : site.machines.get(mac)
  if (!enrolling || !machine) {
    exchange.unknownMac = mac
    sendText(exchange, 404, 'not found', end)
    return null
  }
  exchange.machine = machine.name
  exchange.kind = what === 'enrol' ? 'certificate' : what === 'report' ? 'report' : 'secrets'
  const asked = { exchange, enrolling, operated, machine }
  if (what === 'enrol') return enrol(asked)
  const key = keyOf(exchange, enrolling)
  if (what === 'report')
    return takeReport(
      exchange,
      site,
      keeper,
      spelling,
      (known) => key !== null && refusesKey(keeper.machine(known), keeper.now(), key) === null,
    )
  return giveSecrets(asked, key)
}
