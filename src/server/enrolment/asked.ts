import { clientOf } from '../client.ts'
import { type Exchange, sendText } from '../exchange.ts'
import type { Operated } from '../operated.ts'
import type { Enrolling } from '../served-site.ts'
import type { KnownMachine } from '../../state/keeper.ts'

export const end = ['Connection', 'close']

/** A request of a machine, as far as it is sure whom it is about. */
export type Asked = { exchange: Exchange; enrolling: Enrolling; operated: Operated; machine: KnownMachine }

/** Writes into the journal what a machine asked for, and the status that it got. */
export function noteFetched(
  { exchange, operated: { keeper }, machine: { mac, name } }: Asked,
  what: 'certificate' | 'secrets',
  status: number,
): void {
  // Without the query: who varies it would write a line of the journal with each request.
  const path = (exchange.request.url ?? '').replace(/[?#].*$/s, '').slice(0, 256)
  const from = clientOf(exchange.request.socket)
  keeper.note({ type: 'fetched', time: keeper.now(), mac, name, what, path, from, status })
}

/** Answers with the reason, and writes that into the journal. */
export function refuse(asked: Asked, what: 'certificate' | 'secrets', status: number, why: string): void {
  noteFetched(asked, what, status)
  sendText(asked.exchange, status, `${asked.machine.name} ${why}`, end)
}
