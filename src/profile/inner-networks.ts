import type { Path } from '../diagnostics/diagnostic.ts'
import { type Network, parseNetwork } from '../network/addresses.ts'
import { isIPv6 } from '../text/address-family.ts'
import { defaults } from './defaults.ts'
import type { Profile } from './schema.ts'

/* The pod and service networks, which exist only within the nodes: one of each, or one for each family. */

type Key = 'podNetwork' | 'serviceNetwork'

export type InnerNetwork = {
  key: Key
  what: 'pod network' | 'service network'
  text: string
  /** Path of the text; of the field if it is the default. */
  path: Path
  /** Null for a default. */
  written: string | null
}

const kinds = [
  ['podNetwork', 'pod network'],
  ['serviceNetwork', 'service network'],
] as const

/** The networks in the profile, or the defaults. */
export const innerNetworks = ({ kubernetes }: Pick<Profile, 'kubernetes'>): InnerNetwork[] =>
  kinds.flatMap(([key, what]): InnerNetwork[] => {
    const path = ['kubernetes', key]
    const given = kubernetes[key]
    if (given === undefined) return [{ key, what, text: defaults[key], path, written: null }]
    if (typeof given === 'string') return [{ key, what, text: given, path, written: given }]
    return given.map((text, index) => ({ key, what, text, path: [...path, index], written: text }))
  })

/** The networks that can be parsed. */
export const readInnerNetworks = (
  profile: Pick<Profile, 'kubernetes'>,
): (InnerNetwork & { network: Network })[] =>
  innerNetworks(profile).flatMap((each) => {
    const network = parseNetwork(each.text)
    return network ? [{ ...each, network }] : []
  })

/** Whether pods have IPv6 addresses. */
export const podsUseIPv6 = (profile: Pick<Profile, 'kubernetes'>): boolean =>
  innerNetworks(profile).some(({ key, text }) => key === 'podNetwork' && isIPv6(text))
