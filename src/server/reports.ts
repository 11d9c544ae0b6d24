import { createHash, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import { canonicalMac } from '../network/mac.ts'
import type { Keeper, KnownMachine } from '../state/keeper.ts'
import { StoreError } from '../state/store.ts'
import { Report } from './api/schemas.ts'
import { readBody } from './body.ts'
import { clientOf } from './client.ts'
import { type Exchange, sendText } from './exchange.ts'
import type { Operated } from './operated.ts'
import type { ServedSite } from './served-site.ts'

const mostBody = 16 * 1024

/** Reports that a machine may send in a minute; the reporting program sends fewer. */
const mostPerMinute = 60

type Window = { begin: number; count: number }
const windows = new WeakMap<Keeper, Map<string, Window>>()

/** Whether a machine has reported too often. Only machines of the site are counted, so the table stays small. */
function isTooOften(keeper: Keeper, mac: string): boolean {
  const ofKeeper = windows.get(keeper) ?? new Map<string, Window>()
  windows.set(keeper, ofKeeper)
  const now = performance.now()
  const known = ofKeeper.get(mac)
  if (!known || now - known.begin > 60_000) {
    ofKeeper.set(mac, { begin: now, count: 1 })
    return false
  }
  known.count++
  return known.count > mostPerMinute
}

/** Whether a request has the token from the machine's seed. */
function isFrom(header: string | undefined, reporter: string | undefined): boolean {
  const [, token] = /^Bearer (\S+)$/.exec(header ?? '') ?? []
  if (token === undefined || reporter === undefined) return false
  return timingSafeEqual(createHash('sha256').update(token).digest(), Buffer.from(reporter, 'hex'))
}

function parseReport(text: string): z.infer<typeof Report> | null {
  try {
    const parsed = Report.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/**
 * Accepts a report of an installed system. It is acknowledged once it is on the disk; otherwise the machine repeats it.
 *
 * @param isMachine whether the request is from that machine; default: it has the token
 */
export async function takeReport(
  exchange: Exchange,
  site: ServedSite,
  { keeper, heard }: Pick<Operated, 'keeper' | 'heard'>,
  spelling: string,
  isMachine: (machine: KnownMachine) => boolean = ({ mac }) =>
    isFrom(exchange.request.headers.authorization, site.reporters.get(mac)),
): Promise<void> {
  const { method, socket } = exchange.request
  const end = ['Connection', 'close']
  if (method !== 'POST') return sendText(exchange, 405, 'only POST', ['Allow', 'POST', ...end])
  const machine = site.machines.get(canonicalMac(spelling) ?? '')
  if (!machine || !isMachine(machine))
    return sendText(exchange, 401, 'this needs the token or the certificate of the machine', [
      'WWW-Authenticate',
      'Bearer',
      ...end,
    ])
  exchange.machine = machine.name
  if (isTooOften(keeper, machine.mac))
    return sendText(exchange, 429, 'too many reports', ['Retry-After', '60', ...end])
  const text = await readBody(exchange, mostBody)
  if (exchange.gone) return
  if (text === null) return sendText(exchange, 413, 'the report is too long', end)
  const report = parseReport(text)
  if (!report) return sendText(exchange, 400, 'this is not a report')
  const { mac, name } = machine
  heard?.seen(clientOf(socket), mac)
  try {
    await keeper.record({
      type: 'reported',
      time: keeper.now(),
      mac,
      name,
      from: clientOf(socket),
      ...report,
    })
  } catch (fault) {
    if (!(fault instanceof StoreError)) throw fault
    return sendText(exchange, 503, 'the server cannot store its state', ['Retry-After', '30'])
  }
  if (!exchange.gone) sendText(exchange, 200, 'noted')
}
