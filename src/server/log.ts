/** One request, as it ended. */
export type LogEntry = {
  time: Date
  client: string
  /** Name of the machine whose file was asked for; null when unknown. */
  machine: string | null
  /** The MAC address that was asked for, when no machine has it. */
  unknownMac?: string | null
  method: string
  /** As the client wrote it, without the query. */
  path: string
  status: number
  /** Of the body, that the system took from us. */
  bytes: number
  milliseconds: number
  /** The client went away before it had everything. */
  aborted: boolean
}

/** Connections that were turned away before they could ask for anything. */
export type RefusedEntry = { time: Date; client: string; count: number; reason: string }

export type LogFormat = 'text' | 'json'

const longestPath = 256

/**
 * Text from outside, made safe for a line of words: everything but visible ASCII is escaped, the backslash too, so that no
 * two texts look the same; and no line grows without end.
 */
export function safeWord(text: string): string {
  const word = text
    .slice(0, longestPath)
    .replaceAll(
      /[^\x21-\x7e]|\\/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  return (text.length > longestPath ? `${word}...` : word) || '-'
}

/** `time client machine method path status bytes ms`, then `aborted` and `unknown MAC …` where it was; or the same as one JSON object. */
export function formatLogEntry(entry: LogEntry, format: LogFormat): string {
  const { client, status, bytes, aborted, unknownMac = null } = entry
  const time = entry.time.toISOString()
  const machine = entry.machine === null ? null : safeWord(entry.machine)
  const method = safeWord(entry.method)
  const path = safeWord(entry.path)
  const ms = Number(entry.milliseconds.toFixed(1))
  if (format === 'json') {
    const unknown = unknownMac === null ? {} : { unknownMac }
    return JSON.stringify({ time, client, machine, method, path, status, bytes, ms, aborted, ...unknown })
  }
  const notes = `${aborted ? ' aborted' : ''}${unknownMac === null ? '' : ` unknown MAC ${unknownMac}`}`
  return `${time} ${client} ${machine ?? '-'} ${method} ${path} ${status} ${bytes} ${ms.toFixed(1)}${notes}`
}

/** `time hakube: refused …`, or JSON with `refused` in it. */
export function formatRefused({ time, client, count, reason }: RefusedEntry, format: LogFormat): string {
  if (format === 'json') return JSON.stringify({ time: time.toISOString(), client, refused: count, reason })
  const what = count === 1 ? `a connection of ${client}` : `${count} connections, the last of ${client}`
  return `${time.toISOString()} hakube: refused ${what}: ${reason}`
}

/** How many lines nobody could be given. */
export function formatDropped(dropped: number, time: Date, format: LogFormat): string {
  if (format === 'json') return JSON.stringify({ time: time.toISOString(), dropped })
  const lines = dropped === 1 ? 'a log line is' : `${dropped} log lines are`
  return `${time.toISOString()} hakube: ${lines} missing here: the log reader was too slow`
}
