import type { KnownMachine } from '../../state/keeper.ts'
import { plainText } from '../../templates/site-file.ts'
import { logOf } from '../api/log.ts'
import { isBad, leftText, logText } from '../api/log-text.ts'
import type { Call, Operation } from '../api/operation.ts'
import { neverStored, sendBody } from '../exchange.ts'
import { machineFinder, type Operated } from '../operated.ts'
import { safeHead, sendMessage, sessionOf } from './frame.ts'
import { machinePath } from './rack.ts'
import { shownTime } from './words.ts'

/** Lines on the page of a machine: more are slow to compare when the page follows them. */
const mostLines = 100

/** The latest lines that a machine has said, latest first; null if the server does not listen. */
export function logLines({ heard }: Operated, { mac }: KnownMachine) {
  if (!heard) return null
  const all = heard.timeline.of(mac)
  const lines = all
    .slice(-mostLines)
    .toReversed()
    .map(({ time, from, severity, program, text }) => ({
      time,
      shown: shownTime(time),
      from,
      bad: isBad(severity) ? severity : null,
      program,
      text,
    }))
  return {
    lines,
    older: heard.timeline.left(mac) + all.length - lines.length,
    href: `${machinePath(mac)}/log`,
  }
}

function answerLog(call: Call): null {
  const { exchange, site, operated, parameter } = call
  const machine = machineFinder(site)(parameter)
  if (!machine)
    return sendMessage(
      call,
      404,
      'No such machine',
      'No machine of the profile has this name or MAC address.',
    )
  if (!sessionOf(call)) return sendMessage(call, 401, 'Not signed in', 'Sign in to read the whole log.')
  const left = leftText(operated.heard?.timeline.left(machine.mac) ?? 0)
  const body = Buffer.from(
    left +
      logOf(operated, machine)
        .map((line) => logText(line))
        .join(''),
  )
  const head = ['Content-Type', plainText, 'Content-Length', String(body.length), ...neverStored, ...safeHead]
  sendBody(exchange, 200, head, body)
  return null
}

export const logPage: Operation = {
  name: 'logPage',
  kind: 'page',
  summary: 'What a machine did and said, as plain text, for the operator.',
  body: null,
  answers: {},
  run: answerLog,
}
