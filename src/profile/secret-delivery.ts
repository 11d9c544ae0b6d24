import { portOfAddress, readWebAddress } from '../text/web-address.ts'
import type { Default } from './default.ts'
import { defaultOf } from './defaults.ts'
import { installMethodOf } from './install-method.ts'
import type { Profile } from './schema.ts'
import { type ProfileSystem, systemsOf } from './systems.ts'

/* How machines get their secrets, for the rules and for the cluster. */

/** Systems that run from memory, so that a reboot loses the key that the machine made. */
export const systemsInMemory = (profile: Profile): ProfileSystem[] =>
  systemsOf(profile).filter((system) => installMethodOf(system)?.keepsDisk === false)

export type SecretDelivery = 'inline' | 'enrolled'

/** The default. A single machine that cannot enrol makes it `inline`, because all machines of a profile use the same way. */
export const usualDelivery = (profile: Profile): Default<SecretDelivery> =>
  defaultOf.secretDelivery.of(systemsInMemory(profile).length > 0)

export const deliveryOf = (profile: Profile): SecretDelivery =>
  profile.secrets?.delivery ?? usualDelivery(profile).value

/** The port in the address of hakube's server; undefined if that is not a valid address. */
export function serverPort(server: string): number | undefined {
  const url = readWebAddress(server)
  return url ? portOfAddress(url) : undefined
}

/** The port on which `hakube serve` listens for TLS if the profile does not set one. */
export const usualDeliveryPortOf = ({ server, syslogPort }: Profile): Default<number> =>
  defaultOf.deliveryPort.of([serverPort(server), syslogPort])

export const deliveryPortOf = (profile: Profile): number =>
  profile.secrets?.deliveryPort ?? usualDeliveryPortOf(profile).value
