import { clientOf } from '../client.ts'
import { type Exchange, neverStored, sendBody, sendText } from '../exchange.ts'
import type { Operated } from '../operated.ts'
import type { Enrolling } from '../served-site.ts'
import type { KnownMachine } from '../../state/keeper.ts'

export const end = ['Connection', 'close']

/** A request of a machine, once it is certain which machine it concerns. */
export type Asked = { exchange: Exchange; enrolling: Enrolling; operated: Operated; machine: KnownMachine }

/** Records in the journal what a machine asked for, and the status of the answer. */
export function noteFetched(
  { exchange, operated: { keeper }, machine: { mac, name } }: Asked,
  what: 'certificate' | 'secrets',
  status: number,
): void {
  // Without the query: otherwise a client could cause a journal line with each request by varying it.
  const path = (exchange.request.url ?? '').replace(/[?#].*$/s, '').slice(0, 256)
  const from = clientOf(exchange.request.socket)
  keeper.note({ type: 'fetched', time: keeper.now(), mac, name, what, path, from, status })
}

/** Answers with the reason, and records it in the journal. */
export function refuse(asked: Asked, what: 'certificate' | 'secrets', status: number, why: string): void {
  noteFetched(asked, what, status)
  sendText(asked.exchange, status, `${asked.machine.name} ${why}`, end)
}

/** Sends a certificate, and records it in the journal. */
export function sendCertificate(asked: Asked, certificate: string): void {
  const body = Buffer.from(certificate)
  noteFetched(asked, 'certificate', 200)
  const type = 'application/pem-certificate-chain'
  sendBody(
    asked.exchange,
    200,
    ['Content-Type', type, 'Content-Length', String(body.length), ...neverStored],
    body,
  )
}
