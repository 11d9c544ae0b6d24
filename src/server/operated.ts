import { canonicalMac } from '../network/mac.ts'
import type { Keeper, KnownMachine } from '../state/keeper.ts'
import type { Followed } from './followed.ts'
import type { Readers } from './page/access.ts'
import type { ServedSite } from './served-site.ts'
import type { Heard } from './syslog/heard.ts'
import type { Webhook } from './webhook.ts'

/** What a server works with that keeps the state of its machines. */
export type Operated = {
  keeper: Keeper
  /** The operator's. */
  token: string
  /** Machines must enrol from the address that the profile gives them. */
  strictSource?: boolean
  /** Who may read the page; default: those on this machine. */
  readers?: Readers
  /** Takes a sentence that somebody has to read at once. */
  alarm?: (sentence: string) => void
  /** How it stands with the repository that is followed. */
  followed?: () => Followed
  /** What machines say by syslog. */
  heard?: Heard
  /** Takes the word of a forge that something was pushed. */
  webhook?: Webhook
}

export const apiPrefix = '/api/v1/'

/** Each machine of the site once. */
export function machinesOf(site: ServedSite): KnownMachine[] {
  const machines = new Map([...site.machines.values()].map((machine) => [machine.mac, machine]))
  return [...machines.values()]
}

/** Machines by the words of people: a name, or a MAC address in any spelling. */
export function machineFinder(site: ServedSite): (word: string) => KnownMachine | null {
  const byName = new Map(machinesOf(site).map((machine) => [machine.name, machine]))
  return (word) => byName.get(word) ?? site.machines.get(canonicalMac(word) ?? '') ?? null
}
