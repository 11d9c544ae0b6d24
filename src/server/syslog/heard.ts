import { printable } from '../../diagnostics/excerpt.ts'
import type { ServedSite } from '../served-site.ts'
import { mostFrame } from './frames.ts'
import { createMask, maskLine } from './mask.ts'
import { longestText, readSyslog } from './message.ts'
import { createTimeline, type Timeline, type TimelineBounds } from './timeline.ts'

/** What machines said by syslog, and which machine it was. */
export type Heard = {
  timeline: Timeline
  /** Takes a message. */
  hear(from: string, message: Buffer): void
  /** A machine has just asked for a file of its own from an address, or reported from there. */
  seen(from: string, mac: string): void
  /** The machines and their addresses are others now. */
  siteIs(site: ServedSite): void
}

/** Lines that one address may send: so many at once, and so many a second for long. */
const burst = 5000
const perSecond = 100
/** Addresses that are told apart. Whoever invents more of them resets all. */
const mostSources = 20_000

/** Milliseconds after which an address may be another machine's: an installation is over by then, and so is a DHCP lease that nobody renews. */
const longestStay = 3_600_000

/** Who fetched files of its own from an address, and when last. Null where several machines did: behind a router nobody can tell. */
type Guest = { mac: string | null; last: number }

type Sender = { tokens: number; time: number; dropped: number; mask: (line: string) => string }

/** The lines of a sender that is not a machine of the site. */
export const strangerKey = (from: string): string => `unknown ${from}`

/**
 * Hears machines. A line belongs to the machine whose address in the profile is the source address, else to the one that last fetched a file of
 * its own from there: before its network is set up, a machine has the address that DHCP gave it. Where several did within an hour, it is
 * nobody's, unless the one before was seen at another address since: then DHCP gave its address to the next.
 */
export function createHeard(now: () => Date = () => new Date(), bounds?: TimelineBounds): Heard {
  const timeline = createTimeline(bounds)
  const senders = new Map<string, Sender>()
  let ofProfile = new Map<string, string>()
  const learned = new Map<string, Guest>()
  /** By MAC address: where a machine was learned. */
  const stays = new Map<string, string>()
  const keyOf = (from: string): string => ofProfile.get(from) ?? learned.get(from)?.mac ?? strangerKey(from)
  /** A machine is at an address now, so the one where it was before is free. */
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
      // Each line counts: one message may hold thousands.
      const pieces = message
        .subarray(0, mostFrame)
        .toString('utf8')
        .split(/[\r\n\0]+/)
        .filter((line) => line !== '')
      const taken = pieces.slice(0, Math.floor(sender.tokens))
      sender.tokens -= Math.max(1, taken.length)
      sender.dropped += pieces.length - taken.length
      // Before it is taken apart: what says that something is a secret may look like the name of a program.
      const lines = taken.map((line) => sender.mask(line.slice(0, longestText)))
      const { severity, program, text } = readSyslog(lines[0] ?? '')
      // Several lines in one message: each is a line of its own.
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
