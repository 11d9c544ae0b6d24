import { setTimeout as wait } from 'node:timers/promises'
import type { z } from 'zod'
import { leftText, logText } from '../../server/api/log-text.ts'
import type { LogEntry } from '../../server/api/schemas.ts'
import { choiceOf, type Command, type Context, exit } from '../context.ts'
import { readLog, readUnknownLogs, serverOf } from '../running-server.ts'

type Entry = z.infer<typeof LogEntry>

/** Milliseconds between two polls of the server. */
const pause = 1000

async function showUnknown(context: Context, json: boolean): Promise<void> {
  const { stdout, signals } = context
  const { senders } = await readUnknownLogs(serverOf(context), signals.stop)
  if (json) {
    stdout.write(`${JSON.stringify(senders, null, 2)}\n`)
    return
  }
  if (senders.length === 0) stdout.write('nothing was received from other senders\n')
  for (const { from, left, lines } of senders)
    stdout.write(`from ${from}:\n${leftText(left)}${lines.map((line) => logText(line)).join('')}`)
}

/** `hakube logs PROFILE MACHINE` */
export const action: Command = async (context) => {
  const { options, parameters, stdout, stderr, signals } = context
  const [, machine] = parameters
  const json = choiceOf(options, 'format', ['text', 'json']) === 'json'
  if (options.flag('unknown') !== (machine === undefined)) {
    stderr.write('hakube: name a machine, or use --unknown\n')
    return exit.usage
  }
  if (machine === undefined) {
    await showUnknown(context, json)
    return exit.success
  }
  const access = serverOf(context)
  const show = (line: Entry): string => (json ? `${JSON.stringify(line)}\n` : logText(line))
  /** The lines of the last poll, with their counts, because equal lines may occur. */
  let before = new Map<string, number>()
  let isFirst = true
  while (!signals.stop.aborted) {
    const { left, lines } = await readLog(access, machine, signals.stop)
    if (isFirst && !json) stdout.write(leftText(left))
    const now = new Map<string, number>()
    for (const line of lines) {
      const text = show(line)
      const number = (now.get(text) ?? 0) + 1
      now.set(text, number)
      if (number > (before.get(text) ?? 0)) stdout.write(text)
    }
    before = now
    isFirst = false
    if (!options.flag('follow')) break
    await wait(pause, undefined, { signal: signals.stop }).catch(() => {})
  }
  return exit.success
}
