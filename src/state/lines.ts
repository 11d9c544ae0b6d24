import { parseEvent, type StateEvent } from './events.ts'

/** The first line of a journal. */
export const header = '{"journal":1}\n'

/** The contents of a journal. */
export type Lines = {
  /** Unreadable lines in the middle are replaced by a `damaged` event. */
  events: StateEvent[]
  /** Bytes at the end that are not a whole line: a write that a crash interrupted, and that was never acknowledged. */
  torn: Buffer
  /** Lines in the middle that hakube did not write, because of a disk error or an editor. */
  damaged: Buffer[]
  /** A newer hakube wrote the journal. */
  newer: boolean
}

const lineEnd = 0x0a

/**
 * Parses the bytes of a journal, however damaged.
 *
 * @param now time of the events that replace unreadable lines
 */
export function readLines(bytes: Buffer, now: string): Lines {
  const events: StateEvent[] = []
  const damaged: Buffer[] = []
  let newer = false
  /** Unreadable lines since the last good one. */
  let bad: Buffer[] = []
  let start = 0
  let goodEnd = 0
  for (let end = bytes.indexOf(lineEnd); end !== -1; end = bytes.indexOf(lineEnd, start)) {
    const line = bytes.subarray(start, end + 1)
    start = end + 1
    const text = line.toString('utf8')
    const version = /^\{"journal":(\d+)\}\n$/.exec(text)?.[1]
    const event = version === undefined ? parseEvent(text) : null
    if (version !== undefined && version !== '1') newer = true
    if (version === undefined && !event) {
      bad.push(line)
      continue
    }
    if (bad.length > 0) {
      damaged.push(...bad)
      events.push({ type: 'damaged', time: now, lines: bad.length })
      bad = []
    }
    if (event) events.push(event)
    goodEnd = start
  }
  return { events, torn: bytes.subarray(goodEnd), damaged, newer }
}
