import { canonicalMac } from '../../network/mac.ts'
import { mostFound, type StateEvent } from '../../state/events.ts'
import { StoreError } from '../../state/store.ts'
import { judgeLook } from '../../state/view.ts'
import { readBody } from '../body.ts'
import { clientOf } from '../client.ts'
import { isTooOften } from '../enrolment/turns.ts'
import { sendText } from '../exchange.ts'
import type { Call, Operation } from './operation.ts'
import { Look } from './schemas.ts'

const mostBody = 4 * 1024

function parseLook(text: string): string | null {
  try {
    const parsed = Look.safeParse(JSON.parse(text))
    // Anyone can send it, and it is shown on screens.
    return parsed.success ? parsed.data.found.replaceAll(/[^\x20-\x7e]/g, '?').trim() : null
  } catch {
    return null
  }
}

/**
 * Answers an installer that has looked at the disks which it would erase: one line, because the wget of Debian's installer shows neither the
 * status of an answer nor the body of a refusal.
 *
 * An installer has no credential yet, so anyone may ask. That permits nothing: only `hakube arm --wipe` does.
 */
async function answerLook({ exchange, site, operated: { keeper }, parameter }: Call): Promise<void> {
  const machine = site.machines.get(canonicalMac(parameter) ?? '')
  const end = ['Connection', 'close']
  if (!machine) return sendText(exchange, 404, 'no machine of the profile has this MAC address', end)
  exchange.machine = machine.name
  const { mac, name } = machine
  const from = clientOf(exchange.request.socket)
  if (isTooOften(keeper, `look ${mac}`, from))
    return sendText(exchange, 429, 'too many requests', ['Retry-After', '60', ...end])
  const text = await readBody(exchange, mostBody)
  if (exchange.gone) return
  if (text === null) return sendText(exchange, 413, 'the body is too long', end)
  const found = parseLook(text)
  if (found === null)
    return sendText(exchange, 400, `the body is not {"found": "…"} of at most ${mostFound} characters`)
  const time = keeper.now()
  const record = keeper.machine(machine)
  const { do: answer, why } = judgeLook(record, time, found !== '')
  // A machine that waits repeats its question.
  if (answer !== 'keep' || record.found !== found) {
    const event: StateEvent = { type: 'looked', time, mac, name, from, found, answer }
    try {
      await keeper.record(event)
    } catch (fault) {
      if (!(fault instanceof StoreError)) throw fault
      return sendText(exchange, 503, 'the server cannot store its state', ['Retry-After', '30'])
    }
  }
  if (!exchange.gone) sendText(exchange, 200, `${answer} ${record.armedAt ?? '-'} ${why}`.trim())
}

export const look: Operation = {
  name: 'look',
  summary: 'An installer asks whether it may erase the disks that it has looked at.',
  body: Look,
  answers: {
    200: {
      words:
        'One line: `erase`, `keep` or `restart`, the time at which the machine was armed, and why. An installer that reads anything else must not erase a living system.',
      schema: null,
    },
    404: { words: 'No machine has this MAC address.', schema: null },
    429: { words: 'More than 30 requests in a minute.', schema: null },
    503: { words: 'The server cannot store its state. Try again.', schema: null },
  },
  run: answerLook,
}
