import { readWebAddress } from '../text/web-address.ts'
import type { Default } from './default.ts'
import { defaultOf } from './defaults.ts'
import { installMethodOf } from './install-method.ts'
import type { Profile } from './schema.ts'
import { type ProfileSystem, systemsOf } from './systems.ts'

/* How machines get their secrets. Rules and the cluster need the same. */

/** Systems that are gone after a reboot, with the key that the machine made. */
export const systemsInMemory = (profile: Profile): ProfileSystem[] =>
  systemsOf(profile).filter((system) => installMethodOf(system)?.keepsDisk === false)

export type SecretDelivery = 'inline' | 'enrolled'

/** What holds where the profile does not say. One machine that cannot enrol is enough: a profile has one way for all. */
export const usualDelivery = (profile: Profile): Default<SecretDelivery> =>
  defaultOf.secretDelivery.of(systemsInMemory(profile).length > 0)

export const deliveryOf = (profile: Profile): SecretDelivery =>
  profile.secrets?.delivery ?? usualDelivery(profile).value

/** The port of an address that machines reach hakube's server by; undefined where it is no address. */
export function serverPort(server: string): number | undefined {
  const url = readWebAddress(server)
  return url ? Number(url.port || (url.protocol === 'https:' ? 443 : 80)) : undefined
}

/** Where `hakube serve` listens by TLS, where the profile does not say. */
export const usualDeliveryPortOf = ({ server, syslogPort }: Profile): Default<number> =>
  defaultOf.deliveryPort.of([serverPort(server), syslogPort])

export const deliveryPortOf = (profile: Profile): number =>
  profile.secrets?.deliveryPort ?? usualDeliveryPortOf(profile).value
