import { printable } from '../../diagnostics/excerpt.ts'
import type { ServedSite } from '../served-site.ts'
import { mostFrame } from './frames.ts'
import { createMask, maskLine } from './mask.ts'
import { longestText, readSyslog, type SyslogMessage } from './message.ts'
import { createTimeline, type LogLine, type Timeline, type TimelineBounds } from './timeline.ts'

/** What machines say, by syslog and by HTTP, assigned to machines. */
export type Heard = {
  timeline: Timeline
  /** Receives a syslog message. */
  hear(from: string, message: Buffer): void
  /** Counts a message that an address sends by HTTP. False if it has sent too many lines, in whatever way. */
  mayTell(from: string): boolean
  /** Receives a message that names its machine, after `mayTell`. */
  tell(mac: string, from: string, message: SyslogMessage): void
  /** Whether an address is that of another machine in the profile. */
  isOfAnother(from: string, mac: string): boolean
  /** A machine has requested its own file, or reported, from this address. */
  seen(from: string, mac: string): void
  /** Sets the machines and their addresses after a change of the site. */
  siteIs(site: ServedSite): void
  /** @param listener receives the key of the timeline after each line */
  watch(listener: (key: string) => void): void
}

/** Lines that one address may send, at once and per second in the long run. */
const burst = 5000
const perSecond = 100
/** The maximum number of addresses that are tracked. More of them reset all. */
const mostSources = 20_000

/**
 * Milliseconds after which an address may belong to another machine: an installation is over by then, and a DHCP lease that is not
 * renewed has expired.
 */
const longestStay = 3_600_000

/**
 * The machine that fetched its own files from an address, and when it last did. Null if several machines did, because machines behind a
 * router cannot be told apart.
 */
type Guest = { mac: string | null; last: number }

type Sender = { tokens: number; time: number; dropped: number; mask: (line: string) => string }

const linesOf = (text: string): string[] => text.split(/[\r\n\0]+/).filter((line) => line !== '')

/** The key under which lines of unknown senders are stored. */
export const strangerKey = (from: string): string => `unknown ${from}`

/**
 * Assigns syslog lines to machines. A line belongs to the machine with the source address in the profile, or else to the one that last
 * fetched its own file from there, because before its network is set up a machine has an address from DHCP. If several machines did so
 * within an hour, the line belongs to none of them, unless the earlier one was seen at another address since: then DHCP assigned its
 * address to the next.
 */
export function createHeard(now: () => Date = () => new Date(), bounds?: TimelineBounds): Heard {
  const timeline = createTimeline(bounds)
  const senders = new Map<string, Sender>()
  let ofProfile = new Map<string, string>()
  const learned = new Map<string, Guest>()
  /** By MAC address: the address at which a machine was last seen. */
  const stays = new Map<string, string>()
  const keyOf = (from: string): string => ofProfile.get(from) ?? learned.get(from)?.mac ?? strangerKey(from)
  /** A machine is now at `from`, so its previous address is free. */
  const moveOut = (mac: string, from: string): void => {
    const before = stays.get(mac)
    if (before === undefined || before === from) return
    if (learned.get(before)?.mac === mac) learned.delete(before)
    stays.delete(mac)
  }
  const senderOf = (from: string, time: number): Sender => {
    const known = senders.get(from)
    if (known) return known
    if (senders.size >= mostSources) senders.clear()
    const sender = { tokens: burst, time, dropped: 0, mask: createMask() }
    senders.set(from, sender)
    return sender
  }
  /** The sender of a message, with a token for at least one line; null, and one more line is missing, without any. */
  const admit = (from: string): Sender | null => {
    const time = now().getTime()
    const sender = senderOf(from, time)
    const passed = Math.max(0, time - sender.time) / 1000
    sender.tokens = Math.min(burst, sender.tokens + passed * perSecond)
    sender.time = time
    if (sender.tokens >= 1) return sender
    sender.dropped++
    return null
  }
  const listeners: ((key: string) => void)[] = []
  const add = (key: string, line: Omit<LogLine, 'time'>): void => {
    timeline.add(key, { time: now().toISOString(), ...line })
    for (const listener of listeners) listener(key)
  }
  const addMissing = (key: string, from: string, sender: Sender): void => {
    if (sender.dropped === 0) return
    const text = `${sender.dropped} lines are missing here: more than ${perSecond} came in a second`
    add(key, { from, severity: 'warning', program: 'hakube', text })
    sender.dropped = 0
  }
  /** Each line of a message becomes a separate line. */
  const addLines = (
    key: string,
    from: string,
    { severity, program }: Omit<SyslogMessage, 'text'>,
    lines: readonly string[],
  ): void => {
    for (const line of lines) {
      const text = printable(maskLine(line)).trimEnd()
      if (text !== '') add(key, { from, severity, program: program && printable(program), text })
    }
  }
  return {
    timeline,
    hear(from, message) {
      const sender = admit(from)
      if (!sender) return
      const key = keyOf(from)
      addMissing(key, from, sender)
      // Each line counts, because one message may contain thousands.
      const pieces = linesOf(message.subarray(0, mostFrame).toString('utf8'))
      const taken = pieces.slice(0, Math.floor(sender.tokens))
      sender.tokens -= Math.max(1, taken.length)
      sender.dropped += pieces.length - taken.length
      // Before parsing, because a word that marks a secret may look like the name of a program.
      const lines = taken.map((line) => sender.mask(line.slice(0, longestText)))
      const { text, ...rest } = readSyslog(lines[0] ?? '')
      addLines(key, from, rest, [text, ...lines.slice(1)])
    },
    mayTell(from) {
      const sender = admit(from)
      if (sender) sender.tokens--
      return sender !== null
    },
    tell(mac, from, { text, ...rest }) {
      const sender = senderOf(from, now().getTime())
      addMissing(mac, from, sender)
      const pieces = linesOf(text)
      const taken = pieces.slice(0, 1 + Math.max(0, Math.floor(sender.tokens)))
      // `mayTell` has counted the first.
      sender.tokens -= Math.max(0, taken.length - 1)
      sender.dropped += pieces.length - taken.length
      const program = rest.program === null ? null : maskLine(rest.program)
      const lines = taken.map((line) => sender.mask(line.slice(0, longestText)))
      addLines(mac, from, { ...rest, program }, lines)
    },
    isOfAnother: (from, mac) => (ofProfile.get(from) ?? mac) !== mac,
    watch: (listener) => void listeners.push(listener),
    seen(from, mac) {
      moveOut(mac, from)
      const last = now().getTime()
      const before = learned.get(from)
      const isFree = before === undefined || last - before.last >= longestStay
      if (learned.size >= mostSources && before === undefined) {
        learned.clear()
        stays.clear()
      }
      learned.set(from, { mac: isFree || before.mac === mac ? mac : null, last })
      stays.set(mac, from)
    },
    siteIs({ machines, described }) {
      const known = new Set([...machines.values()].map(({ mac }) => mac))
      ofProfile = new Map(
        [...described.machines].flatMap(([mac, { address }]) => (known.has(mac) ? [[address, mac]] : [])),
      )
      for (const [from, { mac }] of learned) if (mac !== null && !known.has(mac)) learned.delete(from)
      for (const mac of stays.keys()) if (!known.has(mac)) stays.delete(mac)
    },
  }
}
