import type { LookAnswer, MachineFacts, StateEvent } from './events.ts'
import { fetchedWords } from './machine-state.ts'

const lookWords: Readonly<Record<LookAnswer, string>> = {
  erase: 'it may erase them',
  keep: 'it may not erase them, because it was armed without --wipe',
  restart: 'it has to restart, because it is no longer being installed',
}

/** What an installer found on the disks that it would erase, and what it was told. */
export const lookedWords = ({ found, answer }: Extract<StateEvent, { type: 'looked' }>): string =>
  `looked at its disks, found ${found === '' ? 'no living system' : found}: ${lookWords[answer]}`

/** Describes an event, for people. */
export function eventWords(event: StateEvent): string {
  switch (event.type) {
    case 'armed':
      return `armed by ${event.by}${event.wipe ? ' even if a living system is on its disks' : ''}${event.until === null ? '' : `, until ${event.until}`}`
    case 'disarmed':
      return `disarmed by ${event.by}`
    case 'removed':
      return 'removed from the profile'
    case 'fetched': {
      const { status, path, what, commit, repeats } = event
      const verb = status < 400 ? 'fetched' : `was refused (${status})`
      const more = repeats === undefined ? '' : `, and ${repeats} times before`
      return `${verb} ${fetchedWords[what]}: ${path}${commit === undefined ? '' : ` of commit ${commit.slice(0, 12)}`}${more}`
    }
    case 'reported': {
      const { state, step, text } = event
      const last = text?.trim().split('\n').at(-1) ?? ''
      return `reported ${state}${step === undefined ? '' : `: ${step}`}${last === '' ? '' : `: ${last}`}`
    }
    case 'looked':
      return lookedWords(event)
    case 'enrolled':
      return `enrolled with the key ${event.key}`
    case 'conflict':
      return `ALARM: presented a second key, ${event.key}`
    case 'certified':
      return `made the key ${event.key} for its certificate ${event.certificate}`
    case 'continued':
      return `continues with ${event.commit === null ? 'the current version' : `commit ${event.commit.slice(0, 12)}`}: ${event.reason}`
    case 'described':
      return 'sent a hardware report'
    case 'unknown':
      return 'asked for a boot script, and is not in the profile'
    case 'followed':
      return event.fault === undefined
        ? `serving commit ${event.commit}`
        : `commit ${event.commit}: ${event.fault}`
    case 'damaged':
      return `${event.lines} lines of the journal cannot be read`
    default:
      return event satisfies never
  }
}

/** What iPXE reported of a machine, in a line. */
export const factWords = (facts: MachineFacts): string =>
  [
    facts.manufacturer,
    facts.product,
    facts.serial && `serial ${facts.serial}`,
    facts.uuid,
    facts.firmware,
    facts.architecture,
    facts.processor,
    facts.memory && `${facts.memory} MiB of memory`,
  ]
    .filter((word) => word !== undefined && word !== '')
    .join(', ')
