import type { z } from 'zod'
import type { LogEntry } from './schemas.ts'

const bad: ReadonlySet<string> = new Set(['emergency', 'alert', 'critical', 'error', 'warning'])

/** Whether a line tells of something that went wrong. */
export const isBad = (severity: string | null): boolean => severity !== null && bad.has(severity)

/** One line: time, address, kind of source, program, severity, text. */
export function logText({ time, kind, from, program, severity, text }: z.infer<typeof LogEntry>): string {
  const who = kind === 'event' ? 'seen' : `said ${program ?? '-'}`
  return `${time} ${from ?? '-'} ${who}: ${isBad(severity) ? `${severity}: ` : ''}${text}\n`
}

/** A line about the oldest lines, which were dropped; empty if none were. */
export const leftText = (left: number): string => (left === 0 ? '' : `(${left} older lines were discarded)\n`)
