import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import {
  contains,
  isBroadcastAddress,
  isNetworkAddress,
  parseAddress,
  parseNetwork,
} from '../../network/addresses.ts'
import type { Address, Network } from '../../network/addresses.ts'
import { forExample } from '../free-address.ts'
import type { Profile } from '../schema.ts'

const subnetPath: Path = ['network', 'subnet']

/**
 * A subnet that contains no machine is itself wrong, or was forgotten when a profile was copied for another rack. This gives one message
 * instead of one for every address.
 *
 * @param subnets of the profile; the first is `network.subnet`
 */
export function checkWholeSubnet(profile: Profile, subnets: readonly Network[]): Diagnostic[] {
  const [subnet] = subnets
  const addresses = profile.machines.flatMap(({ address }) => parseAddress(address) ?? [])
  const isInside = (address: Address) => subnets.some((each) => contains(each, address))
  if (!subnet || addresses.length === 0 || addresses.some((address) => isInside(address))) return []
  const gateway = parseAddress(profile.network.gateway)
  const gatewayIsInside = gateway !== null && contains(subnet, gateway)
  // A single machine may have the wrong address.
  if (addresses.length === 1 && gatewayIsInside) return []
  const own = smallestAround(gateway && !gatewayIsInside ? [...addresses, gateway] : addresses)
  const network = own === null ? 'the network of the machines' : `their network, e.g. ${own}`
  return [
    error('address/outside-subnet', `no machine has an address in the subnet ${subnet.text}`, {
      hint: gatewayIsInside
        ? `write ${network}, and its router in network.gateway; or correct the addresses of the machines`
        : `write ${network}`,
      path: subnetPath,
    }),
  ]
}

/** The network around all addresses, from /24 to /16; null if they are further apart. */
function smallestAround(addresses: readonly Address[]): string | null {
  const [first] = addresses
  if (!first) return null
  for (let length = 24; length >= 16; length--) {
    const network = parseNetwork(`${first.text}/${length}`)
    if (network && addresses.every((address) => contains(network, address))) return network.text
  }
  return null
}

/** Where else an address of this kind may be. */
function elsewhere([place, , field]: Path): string {
  if (place === 'machines')
    return '; the subnet of another rack belongs in network.subnets, an address in an additional network in addresses'
  return place === 'loadBalancing' && field === 'address'
    ? '; a virtual address may also be in a network of network.additional that its machines are in'
    : ''
}

/** Checks an address in the machines' network: whether it is inside, and whether a machine can have it. */
export function checkInSubnet(profile: Profile, address: Address, subnet: Network, path: Path): Diagnostic[] {
  const related = [{ path: subnetPath, message: 'the subnet is set here' }]
  if (!contains(subnet, address)) {
    return [
      error('address/outside-subnet', `${address.text} is not in the subnet ${subnet.text}`, {
        hint: `write an address of ${subnet.text}${forExample(profile)}, or widen the subnet${elsewhere(path)}`,
        path,
        related,
      }),
    ]
  }
  const [what, is] = isNetworkAddress(subnet, address)
    ? ['network', true]
    : ['broadcast', isBroadcastAddress(subnet, address)]
  if (!is) return []
  return [
    error('address/reserved', `${address.text} is the ${what} address of ${subnet.text}`, {
      hint: `write another address of the subnet${forExample(profile)}`,
      path,
      related,
    }),
  ]
}
