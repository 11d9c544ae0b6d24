import type { SecureContextOptions } from 'node:tls'
import { canonicalMac } from '../../network/mac.ts'
import { longestRequest, readRequest } from '../../secrets/signing-request.ts'
import { refusesKey } from '../../state/view.ts'
import { readBody } from '../body.ts'
import { clientOf } from '../client.ts'
import { type Exchange, neverStored, sendBody, sendText } from '../exchange.ts'
import { apiPrefix, type Operated } from '../operated.ts'
import { takeReport } from '../reports.ts'
import type { Enrolling, ServedSite } from '../served-site.ts'
import { targetPath } from '../target.ts'
import { type Asked, end, noteFetched, refuse } from './asked.ts'
import { keyOf } from './certificates.ts'
import { decideKey } from './decide-key.ts'
import { giveCertificate } from './own-certificate.ts'
import { inTurn, isTooOften } from './turns.ts'

/*
 * Requests of machines over TLS; this listener answers nothing else. A machine authenticates with a key that it generated. The first key
 * within the armed window becomes its key. From then on, anyone who has the private half can fetch the machine's secrets any number of
 * times, so that neither a power cut nor a lost answer leaves a machine behind.
 */

/** Options of the listener. Client certificates are requested but not required, because a machine that enrols has none yet. */
export const secureOptions = ({ server, machineAuthority }: Enrolling) => ({
  cert: server.certificate,
  key: server.key,
  ca: machineAuthority.certificate,
  requestCert: true,
  rejectUnauthorized: false,
  // The curl of CentOS 7 supports it; nothing older is needed.
  minVersion: 'TLSv1.2' as const satisfies SecureContextOptions['minVersion'],
})

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
  if (key === null) return refuse(asked, 'secrets', 401, 'must present its certificate')
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

/**
 * Answers a request that arrived over TLS.
 *
 * @param profile whose machines use this listener, and whose CAs
 */
export function answerEnrolled(
  exchange: Exchange,
  site: ServedSite,
  operated: Operated,
  profile: string,
): Promise<void> | null {
  const enrolling = site.enrolling.find((each) => each.profile === profile)
  const { keeper } = operated
  const path = targetPath(exchange.request.url ?? '')
  const below = typeof path === 'string' && path.startsWith(apiPrefix) ? path.slice(apiPrefix.length) : ''
  const [, spelling = '', what, name] =
    /^machines\/([^/]+)\/(?:(enrol|secrets|report)|certificates\/([a-z0-9-]{1,64}))$/.exec(below) ?? []
  const mac = canonicalMac(spelling)
  const machine = mac === null ? undefined : site.machines.get(mac)
  if (!enrolling || !machine || !enrolling.addresses.has(machine.mac)) {
    exchange.unknownMac = mac
    sendText(exchange, 404, 'not found', end)
    return null
  }
  exchange.machine = machine.name
  exchange.kind =
    what === 'enrol' || name !== undefined ? 'certificate' : what === 'report' ? 'report' : 'secrets'
  const asked = { exchange, enrolling, operated, machine }
  if (what === 'enrol') return enrol(asked)
  const key = keyOf(exchange, enrolling)
  if (name !== undefined) return giveCertificate(asked, name, key)
  if (what === 'report')
    return takeReport(
      exchange,
      site,
      operated,
      spelling,
      (known) => key !== null && refusesKey(keeper.machine(known), keeper.now(), key) === null,
    )
  return giveSecrets(asked, key)
}
