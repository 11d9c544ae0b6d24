import { parseEvent, type StateEvent } from './events.ts'

/** First line of a journal. */
export const header = '{"journal":1}\n'

/** What a journal holds. */
export type Lines = {
  /** In place of lines in the middle that cannot be read stands a `damaged` event. */
  events: StateEvent[]
  /** Bytes at the end that are not a whole line: a write that a crash cut off, and that was never acknowledged. */
  torn: Buffer
  /** Lines in the middle that are none of hakube's: the disk, or someone with an editor. */
  damaged: Buffer[]
  /** The journal was written by a hakube that knows more. */
  newer: boolean
}

const lineEnd = 0x0a

/**
 * Reads the bytes of a journal, however damaged.
 *
 * @param now for what is noted in place of lines that cannot be read
 */
export function readLines(bytes: Buffer, now: string): Lines {
  const events: StateEvent[] = []
  const damaged: Buffer[] = []
  let newer = false
  /** Lines that could not be read since the last good one. */
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
