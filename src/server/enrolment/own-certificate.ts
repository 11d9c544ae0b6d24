import { certificateKinds, type CertificateKind } from '../../secrets/certificate-need.ts'
import { certifyOwn, isWantedKey, wantedKeyWords } from '../../secrets/own-certificate.ts'
import { longestRequest, readRequest, type ShownKey } from '../../secrets/signing-request.ts'
import { StoreError } from '../../state/store.ts'
import { refusesKey } from '../../state/view.ts'
import { readBody } from '../body.ts'
import { clientOf } from '../client.ts'
import { sendText } from '../exchange.ts'
import { type Asked, end, refuse, sendCertificate } from './asked.ts'
import { signerOf } from './certificates.ts'
import { certify } from './decide-key.ts'
import { inTurn, isTooOften } from './turns.ts'

/*
 * Certificates for the keys that a machine makes itself. Only a machine that has enrolled may ask, with the key that it enrolled with, and
 * only for itself. The request proves that it has the private key; everything else in the certificate is from the profile.
 */

const isKind = (name: string): name is CertificateKind => certificateKinds.some((each) => each === name)

/**
 * Answers `POST …/certificates/NAME`.
 *
 * @param key fingerprint of the key with which the connection authenticated; null if it did not
 */
export async function giveCertificate(asked: Asked, name: string, key: string | null): Promise<void> {
  const { exchange, enrolling, operated, machine } = asked
  const { keeper } = operated
  if (exchange.request.method !== 'POST')
    return sendText(exchange, 405, 'only POST', ['Allow', 'POST', ...end])
  if (isTooOften(keeper, `certificates ${machine.mac}`, clientOf(exchange.request.socket)))
    return sendText(exchange, 429, 'too many requests', ['Retry-After', '60', ...end])
  if (name === 'machine') return renewMachine(asked)
  if (key === null) return refuse(asked, 'certificate', 401, 'must present its certificate')
  const why = refusesKey(keeper.machine(machine), keeper.now(), key)
  if (why !== null) return refuse(asked, 'certificate', 403, `gets no certificate, because ${why}`)
  const own = enrolling.ownCertificates(machine.mac)
  const need = isKind(name) ? own?.needs.find(({ kind }) => kind === name) : undefined
  if (!own || !need) return refuse(asked, 'certificate', 404, 'makes no key of this name itself')
  const shown = await shownKey(asked)
  if (!shown) return
  if (!isWantedKey(shown.publicKey, need, own.policy))
    return sendText(exchange, 400, `${name} needs ${wantedKeyWords(need, own.policy)}`, end)
  await inTurn(keeper, machine.mac, async () => {
    if (exchange.gone) return
    // It may have been disarmed, or a second key presented for it, since the body arrived.
    const record = keeper.machine(machine)
    const changed = refusesKey(record, keeper.now(), key)
    if (changed !== null) return refuse(asked, 'certificate', 403, `gets no certificate, because ${changed}`)
    const before = record.certificates[need.kind]
    if (before !== shown.fingerprint && !(await isStored(asked, need.kind, shown.fingerprint))) return
    if (before !== undefined && before !== shown.fingerprint)
      operated.alarm?.(
        `${machine.name} made another key for its certificate ${name}: before ${before}, now ${shown.fingerprint}, from ${clientOf(exchange.request.socket)}`,
      )
    const { issuer, notAfter } = signerOf(own.authority)
    const now = new Date(keeper.now())
    sendCertificate(asked, certifyOwn(shown.publicKey, need, own.policy, { issuer, notAfter, now }))
  })
}

/** The key of a request; null if it was refused. */
async function shownKey({ exchange }: Asked): Promise<ShownKey | null> {
  const text = await readBody(exchange, longestRequest)
  if (exchange.gone) return null
  const shown = text === null ? null : readRequest(text)
  if (text === null) sendText(exchange, 413, 'the request is too long', end)
  else if (!shown)
    sendText(exchange, 400, 'this is not a certificate request with a key that is accepted', end)
  return shown
}

/**
 * The certificate by which the machine identifies itself, when the CA that signed it was replaced. Unlike enrolling, this accepts no new
 * key: a system that runs until its machine is installed again must not take the place of the new one.
 */
async function renewMachine(asked: Asked): Promise<void> {
  const shown = await shownKey(asked)
  if (!shown) return
  const { keeper } = asked.operated
  const why = refusesKey(keeper.machine(asked.machine), keeper.now(), shown.fingerprint)
  if (why !== null) return refuse(asked, 'certificate', 403, `gets no certificate, because ${why}`)
  certify(asked, shown)
}

/** Records the key before the certificate is sent. */
async function isStored(asked: Asked, certificate: CertificateKind, key: string): Promise<boolean> {
  const { exchange, operated, machine } = asked
  const { keeper } = operated
  const { mac, name } = machine
  const from = clientOf(exchange.request.socket)
  try {
    await keeper.record({ type: 'certified', time: keeper.now(), mac, name, from, certificate, key })
    return true
  } catch (fault) {
    if (!(fault instanceof StoreError)) throw fault
    const words = 'the server cannot store its state, so it signs nothing'
    sendText(exchange, 503, words, ['Retry-After', '30'])
    return false
  }
}
