import { canonicalMac } from '../network/mac.ts'
import type { Keeper, KnownMachine } from '../state/keeper.ts'
import type { Followed } from './followed.ts'
import { ownName } from './machine-name.ts'
import type { Readers } from './page/access.ts'
import type { ServedSite } from './served-site.ts'
import type { Heard } from './syslog/heard.ts'
import type { Webhook } from './webhook.ts'

/** What a server needs to keep the state of its machines. */
export type Operated = {
  keeper: Keeper
  /** The operator's token. */
  token: string
  /** Machines must enrol from the address that they have in the profile. */
  strictSource?: boolean
  /** Who may view the page; default: clients on this machine. */
  readers?: Readers
  /** Receives sentences that need immediate attention. */
  alarm?: (sentence: string) => void
  /** The state of the repository that the server follows. */
  followed?: () => Followed
  /** Syslog messages of machines. */
  heard?: Heard
  /** Receives push notifications of a git forge. */
  webhook?: Webhook
}

export const apiPrefix = '/api/v1/'

/** Each machine of the site once. */
export function machinesOf(site: ServedSite): KnownMachine[] {
  const machines = new Map([...site.machines.values()].map((machine) => [machine.mac, machine]))
  return [...machines.values()]
}

/**
 * Finds machines by name, or by MAC address in any spelling. The name in a cluster is enough if no other cluster has it.
 *
 * @returns also null for a name that several clusters have
 */
export function machineFinder(site: ServedSite): (word: string) => KnownMachine | null {
  const machines = machinesOf(site)
  const byName = new Map(machines.map((machine) => [machine.name, machine]))
  const byOwnName = new Map<string, KnownMachine | null>()
  for (const machine of machines) {
    const name = ownName(machine.name)
    byOwnName.set(name, byOwnName.has(name) ? null : machine)
  }
  return (word) =>
    byName.get(word) ?? byOwnName.get(word) ?? site.machines.get(canonicalMac(word) ?? '') ?? null
}
