import type { Code } from '../../diagnostics/codes/index.ts'
import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { contains, isNetworkAddress, parseAddress, parseNetwork } from '../../network/addresses.ts'
import type { Address, Network } from '../../network/addresses.ts'
import { kernelArgumentsOf } from '../kernel-arguments.ts'
import type { Profile, Role } from '../schema.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

/* IPv6 addresses of load balancers, in addition to IPv4. The machines themselves use IPv4, so the IPv4 address of the API comes first. */

const subnet6Path: Path = ['network', 'subnet6']

/** Addresses that routers forward: global unicast and unique local addresses (RFC 4291 2.4, RFC 4193). */
const routable = ['2000::/3', 'fc00::/7'].flatMap((text) => parseNetwork(text) ?? [])

export const isRoutable6 = (network: Network): boolean => routable.some((each) => contains(each, network))

const wrongSubnet6 = (message: string, hint: string): Diagnostic[] => [
  error('network/subnet6', message, { hint, path: subnet6Path }),
]

/** The IPv6 network itself. */
export function checkSubnet6({ subnet6: text }: Profile['network']): Diagnostic[] {
  if (text === undefined) return []
  const network = parseNetwork(text)
  if (network?.family !== 6)
    return wrongSubnet6(`${JSON.stringify(text)} is not an IPv6 network`, 'write e.g. fd00:10:10::/64')
  if (network.hostBits)
    return wrongSubnet6(
      `${text} has bits set after the prefix: the network is ${network.text}`,
      `write ${network.text}`,
    )
  if (network.prefixLength > 126 || !isRoutable6(network))
    return wrongSubnet6(
      `${text} is not a network that machines can share`,
      'write a network within 2000::/3 or fd00::/8, usually a /64',
    )
  return []
}

/** An IPv6 virtual address. */
export function checkIPv6(address: Address, { subnet6 }: Profile['network'], path: Path): Diagnostic[] {
  if (subnet6 === undefined) {
    const hint = 'set network.subnet6 to the IPv6 network of this address, e.g. fd00:10:10::/64'
    const message = `${address.text} is IPv6, but network.subnet6 is not set`
    return [error('address/no-subnet6', message, { hint, path })]
  }
  const network = parseNetwork(subnet6)
  // An invalid network says nothing about the address.
  if (network?.family !== 6) return []
  const related = [{ path: subnet6Path, message: 'the network is set here' }]
  return checkIn(network, address).map(([code, message]) =>
    error(code, message, { hint: `write an address of ${network.text}`, path, related }),
  )
}

function checkIn(network: Network, address: Address): [code: Code, message: string][] {
  if (!contains(network, address))
    return [['address/outside-subnet', `${address.text} is not in the network ${network.text}`]]
  if (isNetworkAddress(network, address))
    return [['address/reserved', `${address.text} is the subnet-router anycast address of ${network.text}`]]
  return []
}

/** The first address of the API is the cluster's endpoint, and that of VRRP. */
export function noIPv6First(texts: string | readonly string[]): Diagnostic[] {
  const [first = ''] = [texts].flat()
  if (parseAddress(first)?.family !== 6) return []
  const path = ['loadBalancing', 'api', 'address', ...(typeof texts === 'string' ? [] : [0])]
  const message = `machines use the first address of the API, ${first}, but they have only IPv4`
  const hint = 'write an IPv4 address before this one'
  return [error('load-balancing/ipv6-first', message, { hint, path })]
}

/** Settings that disable what the virtual addresses need. */
export const ipv6OffRules: Rule = ({ profile }) => {
  const { loadBalancing: balancing } = profile
  if (!balancing || balancing.placement === 'external') return []
  const addresses = [balancing.api.address, balancing.ingress?.address ?? []].flat()
  const address = addresses.find((text) => parseAddress(text)?.family === 6)
  if (address === undefined) return []
  return ipv6Off(profile, (what) => ({
    code: 'load-balancing/ipv6-off',
    message: `${what} disables IPv6, but ${address} is a virtual address`,
  }))
}

/**
 * Settings that disable IPv6 on machines.
 *
 * @param say describes what is wrong
 * @param concerns whether settings for that role (null: all) matter
 */
export function ipv6Off(
  profile: Profile,
  say: (what: string) => { code: Code; message: string },
  concerns: (role: Role | null) => boolean = () => true,
): Diagnostic[] {
  const off = (path: Path, what: string, onKey: boolean) => {
    const { code, message } = say(what)
    return error(code, message, { hint: 'remove one of the two', path, onKey })
  }
  return [...settingsPlaces(profile)].flatMap(({ path, role, settings }) => {
    if (!concerns(role)) return []
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
