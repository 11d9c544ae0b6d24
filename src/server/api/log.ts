import type { z } from 'zod'
import { eventWords } from '../../state/words.ts'
import type { KnownMachine } from '../../state/keeper.ts'
import { sendText } from '../exchange.ts'
import { machineFinder, type Operated } from '../operated.ts'
import { strangerKey } from '../syslog/heard.ts'
import { type Operation, sendJson } from './operation.ts'
import { Log, type LogEntry, UnknownLogs } from './schemas.ts'

type Entry = z.infer<typeof LogEntry>

/** Everything known about a machine in chronological order: the events of the server, and its syslog lines. */
export function logOf({ keeper, heard }: Operated, { mac }: KnownMachine): Entry[] {
  const events = keeper.history(mac).map((event): Entry => ({
    time: event.time,
    kind: 'event',
    from: 'from' in event ? event.from : null,
    severity: null,
    program: null,
    text: eventWords(event),
  }))
  const lines = (heard?.timeline.of(mac) ?? []).map((line): Entry => ({ kind: 'log', ...line }))
  // Both lists are sorted, and a stable sort keeps their order where times are equal.
  return [...events, ...lines].toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
}

export const showLog: Operation = {
  name: 'showLog',
  summary:
    'What a machine did and said, oldest first. Lines of syslog are not authenticated: anyone in the network can have sent them. Secrets in them are hidden.',
  body: null,
  answers: {
    200: { words: 'Its timeline.', schema: Log },
    404: { words: 'No machine has this name or MAC address.', schema: null },
  },
  run({ exchange, site, operated, parameter }) {
    const machine = machineFinder(site)(parameter)
    if (!machine) {
      sendText(exchange, 404, 'no machine has this name or MAC address')
      return null
    }
    return sendJson(exchange, 200, {
      machine: machine.name,
      left: operated.heard?.timeline.left(machine.mac) ?? 0,
      lines: logOf(operated, machine),
    } satisfies z.infer<typeof Log>)
  },
}

const stranger = strangerKey('')

export const listUnknownLogs: Operation = {
  name: 'listUnknownLogs',
  summary: 'What came by syslog from addresses that belong to no machine of the profile.',
  body: null,
  answers: { 200: { words: 'Lines by source address.', schema: UnknownLogs } },
  run({ exchange, operated: { heard } }) {
    const keys = heard?.timeline.keys().filter((key) => key.startsWith(stranger)) ?? []
    return sendJson(exchange, 200, {
      senders: keys.map((key) => ({
        from: key.slice(stranger.length),
        left: heard?.timeline.left(key) ?? 0,
        lines: (heard?.timeline.of(key) ?? []).map((line): Entry => ({ kind: 'log', ...line })),
      })),
    } satisfies z.infer<typeof UnknownLogs>)
  },
}
