import type { StateEvent } from '../../state/events.ts'
import { lookedWords } from '../../state/words.ts'

const fetched = {
  'boot-script': 'fetched its boot script',
  disk: 'fetched the boot script that starts its disk',
  menu: 'fetched its boot menu',
  answers: 'fetched its answers',
  script: 'fetched its installation script',
  done: 'fetched permission to start from its disk',
  certificate: 'asked for its certificate',
  secrets: 'asked for its secrets',
  other: 'fetched a file',
} as const

/** Describes an event, in a sentence without its subject. */
export function eventWords(event: StateEvent): string {
  switch (event.type) {
    case 'armed':
      return `armed by ${event.by}${event.wipe ? ' even if a living system is on its disks' : ''}${event.until === null ? '' : `, until ${event.until}`}`
    case 'disarmed':
      return `disarmed by ${event.by}`
    case 'removed':
      return 'removed from the profile'
    case 'fetched': {
      const { what, path, status, repeats = 0 } = event
      const refused = status >= 400 ? `, refused with ${status}` : ''
      return `${fetched[what]}: ${path}${refused}${repeats === 0 ? '' : `, and ${repeats} times before`}`
    }
    case 'reported': {
      const about = event.step === undefined ? '' : `: ${event.step}`
      return `reported ${event.state}${about}${event.text === undefined || event.text === '' ? '' : `\n${event.text}`}`
    }
    case 'looked':
      return lookedWords(event)
    case 'enrolled':
      return `enrolled with the key ${event.key}${event.expected === undefined ? '' : `, though the profile says ${event.expected}`}`
    case 'conflict':
      return `a second key was presented: ${event.key}`
    case 'certified':
      return `made a key for its certificate ${event.certificate}: ${event.key}`
    case 'continued':
      return `continues with ${event.commit === null ? 'the current version' : `commit ${event.commit}`}: ${event.reason}`
    case 'described':
      return 'sent a hardware report'
    case 'unknown':
      return 'asked for a boot script, and is not in the profile'
    case 'followed':
      return event.fault === undefined
        ? `commit ${event.commit} is served`
        : `commit ${event.commit} is refused: ${event.fault}`
    case 'damaged':
      return `${event.lines} lines of the journal cannot be read`
    default:
      return event satisfies never
  }
}

/** A time for display: `2026-11-21 12:15:00`. */
export const shownTime = (time: string): string => time.slice(0, 19).replace('T', ' ')
