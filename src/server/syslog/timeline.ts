import type { Severity } from './message.ts'

/** A line from a machine. Anyone in its network can have sent it. */
export type LogLine = {
  time: string
  /** Source address. */
  from: string
  severity: Severity | null
  program: string | null
  text: string
}

export type Timeline = {
  add(key: string, line: LogLine): void
  /** Oldest first. */
  of(key: string): readonly LogLine[]
  /** The number of old lines that were dropped because there were too many. */
  left(key: string): number
  keys(): readonly string[]
}

export type TimelineBounds = {
  /** Maximum bytes of one machine. */
  machine: number
  /** Maximum bytes in total. */
  total: number
  keys: number
}

export const defaultTimelineBounds: TimelineBounds = {
  machine: 256 * 1024,
  total: 128 * 1024 * 1024,
  keys: 20_000,
}

/** The approximate memory of a line in addition to its text. */
const overhead = 160

const sizeOf = ({ text, program, from }: LogLine): number =>
  2 * (text.length + (program?.length ?? 0) + from.length) + overhead

type Own = { lines: LogLine[]; size: number; left: number }

/**
 * Lines by machine, in bounded memory: each machine's oldest lines are dropped first, and if the total is too large, those of each
 * machine.
 */
export function createTimeline(bounds: TimelineBounds = defaultTimelineBounds): Timeline {
  const all = new Map<string, Own>()
  let total = 0
  const shrink = (own: Own, most: number): void => {
    let gone = 0
    for (const line of own.lines) {
      if (own.size <= most) break
      const size = sizeOf(line)
      own.size -= size
      total -= size
      gone++
    }
    own.lines.splice(0, gone)
    own.left += gone
  }
  return {
    add(key, line) {
      const own = all.get(key) ?? { lines: [], size: 0, left: 0 }
      // Machines are ordered by their latest line; the most recent is dropped last.
      all.delete(key)
      all.set(key, own)
      own.lines.push(line)
      const size = sizeOf(line)
      own.size += size
      total += size
      // Drops more than necessary, so that not every line moves all others.
      if (own.size > bounds.machine) shrink(own, bounds.machine * 0.9)
      const [oldest = ''] = all.keys()
      if (all.size > bounds.keys) {
        total -= all.get(oldest)?.size ?? 0
        all.delete(oldest)
      }
      if (total > bounds.total) for (const each of all.values()) shrink(each, (bounds.total * 0.9) / all.size)
    },
    of: (key) => all.get(key)?.lines ?? [],
    left: (key) => all.get(key)?.left ?? 0,
    keys: () => [...all.keys()],
  }
}
