import type { z } from 'zod'
import { readBody } from '../body.ts'
import { clientOf } from '../client.ts'
import { sendText } from '../exchange.ts'
import { canonicalMac } from '../../network/mac.ts'
import type { Severity } from '../syslog/message.ts'
import type { Call, Operation } from './operation.ts'
import { Progress } from './schemas.ts'

/** An event has a few hundred bytes; only those with `files`, which nobody asks for, are longer. */
const mostBody = 16 * 1024

const severityOf: ReadonlyMap<string | undefined, Severity> = new Map([
  ['FAIL', 'error'],
  ['WARN', 'warning'],
])

/** As cloud-init and curtin themselves write it in their logs (cloudinit/reporting/events.py, as_string). */
const words = ({ event_type: type, name, result, description }: z.infer<typeof Progress>): string =>
  [type, name, ...(result === undefined ? [] : [result]), description].join(': ')

function parseProgress(text: string): z.infer<typeof Progress> | null {
  try {
    const parsed = Progress.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/**
 * Takes an event of cloud-init or of Ubuntu's installer into the log of a machine.
 *
 * Both could only authenticate by OAuth 1, with a secret that would be in a public file. So an event is worth as much as a line of syslog:
 * it is shown, and nothing follows from it. In particular it neither changes the state of the machine nor assigns an address to it.
 */
async function takeProgress({ exchange, site, operated: { heard }, parameter }: Call): Promise<void> {
  const machine = site.machines.get(canonicalMac(parameter) ?? '')
  const end = ['Connection', 'close']
  if (!machine || !heard)
    return sendText(
      exchange,
      404,
      heard ? 'no machine of the profile has this MAC address' : 'this server does not listen to machines',
      end,
    )
  exchange.machine = machine.name
  const from = clientOf(exchange.request.socket)
  if (heard.isOfAnother(from, machine.mac))
    return sendText(exchange, 403, 'this address belongs to another machine', end)
  if (!heard.mayTell(from)) return sendText(exchange, 429, 'too many lines', ['Retry-After', '1', ...end])
  const text = await readBody(exchange, mostBody)
  if (exchange.gone) return
  if (text === null) return sendText(exchange, 413, 'the event is too long', end)
  const event = parseProgress(text)
  if (!event) return sendText(exchange, 400, 'this is not an event of cloud-init or curtin')
  heard.tell(machine.mac, from, {
    severity: severityOf.get(event.result) ?? 'info',
    program: event.origin ?? null,
    text: words(event),
  })
  sendText(exchange, 200, 'noted')
}

export const progress: Operation = {
  name: 'progress',
  kind: 'report',
  summary:
    'cloud-init or Ubuntu’s installer reports its progress (reporting of type webhook). Not authenticated: the event appears in the log of the machine, and has no other effect.',
  body: Progress,
  answers: {
    200: { words: 'Shown.', schema: null },
    403: { words: 'The address of the client belongs to another machine in the profile.', schema: null },
    404: {
      words: 'No machine has this MAC address, or the server does not listen to machines.',
      schema: null,
    },
    429: { words: 'More than 100 lines in a second from this address.', schema: null },
  },
  run: takeProgress,
}
