import { printable } from '../../diagnostics/excerpt.ts'
import type { ServedSite } from '../served-site.ts'
import { mostFrame } from './frames.ts'
import { createMask, maskLine } from './mask.ts'
import { longestText, readSyslog } from './message.ts'
import { createTimeline, type Timeline, type TimelineBounds } from './timeline.ts'

/** Syslog messages, assigned to machines. */
export type Heard = {
  timeline: Timeline
  /** Receives a message. */
  hear(from: string, message: Buffer): void
  /** A machine has requested its own file, or reported, from this address. */
  seen(from: string, mac: string): void
  /** Sets the machines and their addresses after a change of the site. */
  siteIs(site: ServedSite): void
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
  return {
    timeline,
    hear(from, message) {
      const at = now()
      const time = at.toISOString()
      const sender = senderOf(from, at.getTime())
      const passed = Math.max(0, at.getTime() - sender.time) / 1000
      sender.tokens = Math.min(burst, sender.tokens + passed * perSecond)
      sender.time = at.getTime()
      if (sender.tokens < 1) {
        sender.dropped++
        return
      }
      const key = keyOf(from)
      if (sender.dropped > 0) {
        const text = `${sender.dropped} lines are missing here: more than ${perSecond} came in a second`
        timeline.add(key, { time, from, severity: 'warning', program: 'hakube', text })
        sender.dropped = 0
      }
      // Each line counts, because one message may contain thousands.
      const pieces = message
        .subarray(0, mostFrame)
        .toString('utf8')
        .split(/[\r\n\0]+/)
        .filter((line) => line !== '')
      const taken = pieces.slice(0, Math.floor(sender.tokens))
      sender.tokens -= Math.max(1, taken.length)
      sender.dropped += pieces.length - taken.length
      // Before parsing, because a word that marks a secret may look like the name of a program.
      const lines = taken.map((line) => sender.mask(line.slice(0, longestText)))
      const { severity, program, text } = readSyslog(lines[0] ?? '')
      // Each line of a message becomes a separate line.
      for (const line of [text, ...lines.slice(1)]) {
        const shown = printable(maskLine(line)).trimEnd()
        if (shown !== '')
          timeline.add(key, { time, from, severity, program: program && printable(program), text: shown })
      }
    },
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
