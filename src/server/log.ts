/** A completed request. */
export type LogEntry = {
  time: Date
  client: string
  /** Name of the machine whose file was requested; null if unknown. */
  machine: string | null
  /** The requested MAC address, if no machine has it. */
  unknownMac?: string | null
  method: string
  /** As the client sent it, without the query. */
  path: string
  status: number
  /** Bytes of the body that the system accepted. */
  bytes: number
  milliseconds: number
  /** The client disconnected before it had received everything. */
  aborted: boolean
}

/** Connections that were refused before they could send a request. */
export type RefusedEntry = { time: Date; client: string; count: number; reason: string }

export type LogFormat = 'text' | 'json'

const longestPath = 256

/**
 * Makes untrusted text safe for a log line: it escapes everything but visible ASCII, and the backslash, so that different texts stay
 * different; and it limits the length.
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

/**
 * `time client machine method path status bytes ms`, followed by `aborted` and `unknown MAC …` where they apply; or the same as one JSON
 * object.
 */
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

/** `time hakube: refused …`, or JSON with a field `refused`. */
export function formatRefused({ time, client, count, reason }: RefusedEntry, format: LogFormat): string {
  if (format === 'json') return JSON.stringify({ time: time.toISOString(), client, refused: count, reason })
  const what = count === 1 ? `a connection of ${client}` : `${count} connections, the last of ${client}`
  return `${time.toISOString()} hakube: refused ${what}: ${reason}`
}

/** A line with the number of dropped lines. */
export function formatDropped(dropped: number, time: Date, format: LogFormat): string {
  if (format === 'json') return JSON.stringify({ time: time.toISOString(), dropped })
  const lines = dropped === 1 ? 'a log line is' : `${dropped} log lines are`
  return `${time.toISOString()} hakube: ${lines} missing here: the log reader was too slow`
}
