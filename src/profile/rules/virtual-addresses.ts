import type { Code } from '../../diagnostics/codes/index.ts'
import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { contains, isNetworkAddress, parseAddress, parseNetwork } from '../../network/addresses.ts'
import type { Address, Network } from '../../network/addresses.ts'
import { kernelArgumentsOf } from '../kernel-arguments.ts'
import type { Profile } from '../schema.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

/*
 * IPv6, which virtual addresses can have beside IPv4. The machines themselves have IPv4, so that of the API comes first.
 */

const subnet6Path: Path = ['network', 'subnet6']

/** What routers carry: global unicast and unique local addresses (RFC 4291 2.4, RFC 4193). */
const routable = ['2000::/3', 'fc00::/7'].flatMap((text) => parseNetwork(text) ?? [])

const wrongSubnet6 = (message: string, hint: string): Diagnostic[] => [
  error('network/subnet6', message, { hint, path: subnet6Path }),
]

/** The network of IPv6 itself. */
export function checkSubnet6({ subnet6: text }: Profile['network']): Diagnostic[] {
  if (text === undefined) return []
  const network = parseNetwork(text)
  if (network?.family !== 6)
    return wrongSubnet6(`${JSON.stringify(text)} is not an IPv6 network`, 'write e.g. fd00:10:10::/64')
  if (network.hostBits)
    return wrongSubnet6(
      `${text} has bits set behind the prefix: the network is ${network.text}`,
      `write ${network.text}`,
    )
  if (network.prefixLength > 126 || !routable.some((each) => contains(each, network)))
    return wrongSubnet6(
      `${text} is no network that machines share`,
      'write a network of 2000::/3 or fd00::/8, mostly a /64',
    )
  return []
}

/** A virtual address of IPv6. */
export function checkIPv6(address: Address, { subnet6 }: Profile['network'], path: Path): Diagnostic[] {
  if (subnet6 === undefined) {
    const hint = 'write network.subnet6, the IPv6 network that it is in, e.g. fd00:10:10::/64'
    const message = `${address.text} is IPv6, and the profile names no IPv6 network`
    return [error('address/no-subnet6', message, { hint, path })]
  }
  const network = parseNetwork(subnet6)
  // A network that is wrong itself says nothing about the address.
  if (network?.family !== 6) return []
  const related = [{ path: subnet6Path, message: 'the network stands here' }]
  return checkIn(network, address).map(([code, message]) =>
    error(code, message, { hint: `write an address of ${network.text}`, path, related }),
  )
}

function checkIn(network: Network, address: Address): [code: Code, message: string][] {
  if (!contains(network, address))
    return [['address/outside-subnet', `${address.text} is not in the network ${network.text}`]]
  if (isNetworkAddress(network, address))
    return [['address/reserved', `${address.text} is the address of all routers of ${network.text}`]]
  return []
}

/** The first address of the API is the cluster's endpoint, and what VRRP speaks of. */
export function noIPv6First(texts: string | readonly string[]): Diagnostic[] {
  const [first = ''] = [texts].flat()
  if (parseAddress(first)?.family !== 6) return []
  const path = ['loadBalancing', 'api', 'address', ...(typeof texts === 'string' ? [] : [0])]
  const message = `machines use the first address of the API, ${first}, and they have IPv4 only`
  const hint = 'write an IPv4 address first, and this one behind it'
  return [error('load-balancing/ipv6-first', message, { hint, path })]
}

/** Settings that switch off what the virtual addresses need. */
export const ipv6OffRules: Rule = ({ profile }) => {
  const { loadBalancing: balancing } = profile
  if (!balancing || balancing.placement === 'external') return []
  const addresses = [balancing.api.address, balancing.ingress?.address ?? []].flat()
  const address = addresses.find((text) => parseAddress(text)?.family === 6)
  if (address === undefined) return []
  const off = (path: Path, what: string, onKey: boolean) =>
    error('load-balancing/ipv6-off', `${what} switches IPv6 off, and ${address} is a virtual address`, {
      hint: 'remove one of the two',
      path,
      onKey,
    })
  return [...settingsPlaces(profile)].flatMap(({ path, settings }) => {
    const sysctls = Object.entries(settings.sysctls ?? {}).filter(
      ([key, value]) => /^-?net[./]ipv6[./]conf[./].+[./]disable_ipv6$/.test(key) && String(value) === '1',
    )
    return [
      ...sysctls.map(([key]) => off([...path, 'sysctls', key], key, true)),
      ...kernelArgumentsOf(settings, path)
        .filter(({ argument, appliesTo }) => argument === 'ipv6.disable=1' && appliesTo !== 'installer')
        .map(({ argument, path: at }) => off(at, argument, false)),
    ]
  })
}
