/** RFC 5424, section 6.2.1. */
export const severities = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
] as const
export type Severity = (typeof severities)[number]

export type SyslogMessage = {
  /** Null if the message does not contain it. */
  severity: Severity | null
  /** The program; null if the message does not contain it. */
  program: string | null
  text: string
}

/** Characters of a message that are stored. */
export const longestText = 2048

/** `Nov 30 06:00:00`, optionally followed by a year, as some RFC 3164 senders write it; or an RFC 3339 time, as rsyslog writes it. */
const times = [
  /^[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: |$)/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)(?: |$)/,
] as const

/**
 * `program[pid]: ` or `program: `, optionally preceded by a host. Names of hosts and programs contain no spaces (RFC 3164, section
 * 4.1.3).
 */
const header = /^(?:[\w.:-]{0,254}[\w.-] )?([\w.,/@()-]{1,64})(?:\[[\w.-]{0,32}\])?: ?/

/** Version 1 of RFC 5424: time, host, program, process, message ID, data; `-` means none. */
const modern = /^1 (?:-|\S{1,64}) (?:-|\S{1,255}) (\S{1,48}) \S{1,128} \S{1,32} /

/** Structured data of RFC 5424, section 6.3: the index after it; -1 if it has no end. */
function endOfData(text: string): number {
  if (text.startsWith('-')) return 1
  let at = 0
  while (text[at] === '[') {
    let isQuoted = false
    for (at++; at < text.length && (isQuoted || text[at] !== ']'); at++) {
      if (text[at] === '\\') at++
      else if (text[at] === '"') isQuoted = !isQuoted
    }
    if (at >= text.length) return -1
    at++
  }
  return at === 0 ? -1 : at
}

/**
 * Parses a syslog message in RFC 5424 and RFC 3164 format, and in variants such as iPXE's, which has no time. Whatever cannot be
 * recognized is text. Times are ignored, because clocks of machines that are being installed are wrong.
 *
 * @param line without its line break
 */
export function readSyslog(line: string): SyslogMessage {
  let rest = line
  let severity: Severity | null = null
  const [all = '', digits = ''] = /^<(\d{1,3})>/.exec(rest) ?? []
  if (all !== '' && Number(digits) <= 191) {
    severity = severities[Number(digits) % 8] ?? null
    rest = rest.slice(all.length)
  }
  const found = severity === null ? null : modern.exec(rest)
  if (found) {
    const behind = rest.slice(found[0].length)
    const end = endOfData(behind)
    const text =
      end === -1
        ? behind
        : behind
            .slice(end)
            .replace(/^ /, '')
            .replace(/^\uFEFF/, '')
    return {
      severity,
      program: found[1] === '-' ? null : (found[1] ?? null),
      text: text.slice(0, longestText),
    }
  }
  for (const time of times) rest = rest.replace(time, '')
  const head = header.exec(rest)
  if (!head) return { severity, program: null, text: rest.slice(0, longestText) }
  return {
    severity,
    program: head[1] ?? null,
    text: rest.slice(head[0].length, head[0].length + longestText),
  }
}
