import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { contains, parseAddress, parseNetwork } from '../../network/addresses.ts'
import type { Address } from '../../network/addresses.ts'
import { forExample, likelySubnet } from '../free-address.ts'
import { podsUseIPv6 } from '../inner-networks.ts'
import { additionalNetworks, readFurtherAddress, subnetsOf } from '../layout.ts'
import { derivedAddress6 } from '../node-addresses6.ts'
import type { Profile } from '../schema.ts'
import { isHostName, readHostAndPort } from '../../text/host-and-port.ts'
import { isApiName } from '../api-name.ts'
import { hostOfAddress, readWebAddress } from '../../text/web-address.ts'
import { isLinkLocal6 } from './link-subnets.ts'
import { checkInSubnet, checkWholeSubnet } from './outside-subnet.ts'
import type { Rule } from './rule.ts'
import { checkIPv6, checkSubnet6, noIPv6First } from './virtual-addresses.ts'

/** Addresses of machines, gateways and name servers, and virtual addresses. */
export const addressRules: Rule = ({ profile }) => {
  const { network, loadBalancing: balancing } = profile
  const subnet = parseNetwork(network.subnet)
  // An invalid subnet says nothing about the addresses.
  const useful = subnet?.family === 4 && subnet.prefixLength <= 30
  const further = subnetsOf(profile).slice(1)
  const wrongSubnet = useful ? checkWholeSubnet(profile, [subnet, ...further.map((each) => each.subnet)]) : []
  const elsewhere = additionalNetworks(profile)
  const diagnostics: Diagnostic[] = []
  const owners = new Map<string, { path: Path; owner: string }>()

  const take = (text: string, path: Path, owner: string, place: Place = 'subnet'): void => {
    const address = readAddress(profile, text, path, diagnostics, place)
    if (!address) return
    if (place !== 'anywhere') {
      // vrrp-networks.ts checks which machines are in those.
      const isElsewhere = place === 'virtual' && elsewhere.some((each) => contains(each, address))
      if (isElsewhere) return takeOnce(address, path, owner)
      if (address.family === 6) diagnostics.push(...checkIPv6(address, network, path))
      else if (useful && wrongSubnet.length === 0) {
        const others = owner === 'the gateway' ? [] : further
        const own = others.find((each) => contains(each.subnet, address)) ?? { subnet }
        diagnostics.push(...checkInSubnet(profile, address, own.subnet, path))
      }
    }
    // A router can also balance load.
    if (place === 'anywhere' && owners.get(address.text)?.owner === 'the gateway') return
    takeOnce(address, path, owner)
  }

  const takeOnce = (address: Address, path: Path, owner: string): void => {
    const earlier = owners.get(address.text)
    if (!earlier) {
      owners.set(address.text, { path, owner })
      return
    }
    diagnostics.push(
      error(
        'address/duplicate',
        `the address ${address.text} of ${owner} is already used by ${earlier.owner}`,
        {
          hint: `give each its own address${address.family === 4 ? forExample(profile) : ''}`,
          path,
          related: [{ path: earlier.path, message: 'first used here' }],
        },
      ),
    )
  }

  const takeAll = (texts: string | readonly string[], path: Path, owner: string, place: Place) => {
    if (typeof texts === 'string') return take(texts, path, owner, place)
    for (const [index, text] of texts.entries()) take(text, [...path, index], owner, place)
  }

  if (subnet?.family === 4 && !useful) {
    const hint = `write the network of the machines, e.g. ${likelySubnet(profile) ?? '10.10.10.0/24'}`
    const path: Path = ['network', 'subnet']
    diagnostics.push(
      error('network/too-small', `${network.subnet} is too small for a cluster`, { hint, path }),
    )
  }
  diagnostics.push(...wrongSubnet, ...checkSubnet6(network))
  take(network.gateway, ['network', 'gateway'], 'the gateway')
  for (const [index, machine] of profile.machines.entries()) {
    take(machine.address, ['machines', index, 'address'], machine.name)
    for (const [position, text] of (machine.addresses ?? []).entries()) {
      const read = readFurtherAddress(text)
      if (read) takeOnce(read.address, ['machines', index, 'addresses', position], machine.name)
    }
  }
  for (const { text, path } of otherGateways(network)) {
    const address = parseAddress(text)
    if (address && !isLinkLocal6(address)) takeOnce(address, path, 'the gateway')
  }
  if (balancing) {
    const { api, ingress, sourceAddress } = balancing
    // External load balancers may be anywhere.
    const place = balancing.placement === 'external' ? 'anywhere' : 'virtual'
    diagnostics.push(...noIPv6First(api.address))
    const named = place === 'anywhere' && typeof api.address === 'string' && isApiName(api.address)
    if (named) diagnostics.push(...checkNameTwice(api))
    else takeAll(api.address, ['loadBalancing', 'api', 'address'], 'the API', place)
    if (ingress) takeAll(ingress.address, ['loadBalancing', 'ingress', 'address'], 'the ingress', place)
    if (sourceAddress !== undefined) take(sourceAddress, ['loadBalancing', 'sourceAddress'], 'sourceAddress')
  }
  diagnostics.push(...checkDerived(profile, owners), ...checkServers(profile))
  return diagnostics
}

/** Gateways other than that of IPv4 in the first subnet. */
const otherGateways = (network: Profile['network']): { text: string; path: Path }[] =>
  [
    { path: ['network'] as Path, gateway: undefined, gateway6: network.gateway6 },
    ...(network.subnets ?? []).map((each, index) => ({ ...each, path: ['network', 'subnets', index] })),
  ].flatMap(({ gateway, gateway6, path }) => [
    ...(gateway === undefined ? [] : [{ text: gateway, path: [...path, 'gateway'] }]),
    ...(gateway6 === undefined ? [] : [{ text: gateway6, path: [...path, 'gateway6'] }]),
  ])

/** IPv6 addresses of nodes that are derived from IPv4 addresses: only addresses in the profile can collide with them. */
function checkDerived(
  profile: Profile,
  owners: ReadonlyMap<string, { path: Path; owner: string }>,
): Diagnostic[] {
  if (!podsUseIPv6(profile)) return []
  const subnets = subnetsOf(profile)
  return profile.machines.flatMap((machine, index) => {
    const address = derivedAddress6(subnets, machine)
    const earlier = address && owners.get(address.text)
    if (!earlier) return []
    return [
      error(
        'address/duplicate',
        `the address ${address.text} of ${machine.name} is already used by ${earlier.owner}`,
        {
          hint: `give ${earlier.owner} another one, or write addresses of ${machine.name}: this one is made of ${machine.address}`,
          path: ['machines', index, 'address'],
          related: [{ path: earlier.path, message: 'first used here' }],
        },
      ),
    ]
  })
}

/** A name in `address` suffices, so `name` must not repeat it. */
const checkNameTwice = ({ address, name }: NonNullable<Profile['loadBalancing']>['api']): Diagnostic[] =>
  name === undefined
    ? []
    : [
        error(
          'load-balancing/two-names',
          `the API has two names, ${inQuotes(String(address))} and ${inQuotes(name)}`,
          {
            hint: 'keep the one that machines and clients use, and add the other to kubernetes.certificateNames',
            path: ['loadBalancing', 'api', 'name'],
          },
        ),
      ]

/** Where an address may be; outside the subnet, IPv6 is allowed too. */
type Place = 'subnet' | 'virtual' | 'anywhere'

/** Parses an address, and reports it if it is invalid or of the wrong family. */
function readAddress(
  profile: Profile,
  text: string,
  path: Path,
  diagnostics: Diagnostic[],
  place: Place = 'subnet',
): Address | null {
  const address = parseAddress(text)
  if (address && (address.family === 4 || place !== 'subnet')) return address
  diagnostics.push(address ? noIPv6(text, path) : malformed(profile, text, path))
  return null
}

/** hakube supports IPv6, but only for virtual addresses in this place. */
export const noIPv6 = (text: string, path: Path): Diagnostic =>
  error('address/ipv6', `${text} is IPv6, but hakube supports only IPv4 here`, {
    hint: 'write an IPv4 address or network',
    path,
  })

function malformed(profile: Profile, text: string, path: Path): Diagnostic {
  const shown = inQuotes(text)
  let hint = `write four numbers from 0 to 255${forExample(profile)}`
  const inside = addressInside(text)
  if (inside !== null) hint = `write only the address: ${inside}`
  else if (text.includes('/'))
    hint = `write the address without the prefix length: ${text.replace(/\/.*$/, '')}`
  else if (/^\d+(?:\.\d+){3}$/.test(text)) {
    const octet = text.split('.').find((each) => Number(each) > 255)
    if (octet !== undefined) hint = `${octet} is larger than 255`
    else if (/(?:^|\.)0\d/.test(text))
      hint = 'write the numbers without leading zeros, which some programs read as octal'
  } else if (isHostName(text) && /[a-z]/i.test(text)) {
    hint = 'write the IP address, not a name'
    if (path[1] === 'api')
      hint =
        profile.loadBalancing?.placement === 'external'
          ? 'write the name in lower case, alone'
          : `write the virtual address, and name: ${text.toLowerCase()} below it; only an external load balancer can be known by name alone`
  }
  return error('address/malformed', `${shown} is not an IPv4 address`, { hint, path })
}

/** The address in a web address, or before a port. */
function addressInside(text: string): string | null {
  const url = readWebAddress(text)
  const host = url ? hostOfAddress(url) : readHostAndPort(text)?.host
  return host !== undefined && host !== text && parseAddress(host)?.family === 4 ? host : null
}

function checkServers(profile: Profile): Diagnostic[] {
  const { network } = profile
  const diagnostics: Diagnostic[] = []
  for (const [index, text] of network.nameServers.entries()) {
    const path: Path = ['network', 'nameServers', index]
    const address = readAddress(profile, text, path, diagnostics)
    if (address && network.nameServers.indexOf(text) < index) {
      diagnostics.push(
        warning('address/name-server-twice', `${text} is in this list twice`, { hint: 'remove one', path }),
      )
    }
  }
  diagnostics.push(...checkNumberOfServers(network.nameServers))
  return diagnostics
}

/** MAXNS of glibc's resolv.h, and the kubelet's limit for pods. */
const mostNameServers = 3

function checkNumberOfServers(texts: readonly string[]): Diagnostic[] {
  const servers = [...new Set(texts)]
  const unused = servers.slice(mostNameServers)
  const [first] = unused
  if (first === undefined) return []
  const never = `${unused.join(', ')} ${unused.length === 1 ? 'is' : 'are'} never used`
  return [
    warning('address/many-name-servers', `programs and pods use three name servers: ${never}`, {
      hint: 'keep three; otherwise the kubelet warns about every pod',
      path: ['network', 'nameServers', texts.indexOf(first)],
      source: 'resolv.conf(5), MAXNS; https://github.com/kubernetes/kubernetes/issues/82756',
    }),
  ]
}
