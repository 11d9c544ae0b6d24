import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import {
  contains,
  isBroadcastAddress,
  isNetworkAddress,
  parseAddress,
  parseNetwork,
} from '../../network/addresses.ts'
import type { Address, Network } from '../../network/addresses.ts'
import { forExample, freeAddress, likelySubnet } from '../free-address.ts'
import type { Profile } from '../schema.ts'
import { isHostName, readHostAndPort } from '../../text/host-and-port.ts'
import { hostOfAddress, readWebAddress } from '../../text/web-address.ts'
import type { Rule } from './rule.ts'
import { checkIPv6, checkSubnet6, noIPv6First } from './virtual-addresses.ts'

/** Addresses of machines, of the gateway, virtual ones and of name servers. */
export const addressRules: Rule = ({ profile }) => {
  const { network, loadBalancing: balancing } = profile
  const subnet = parseNetwork(network.subnet)
  // A subnet that is wrong itself says nothing about the addresses.
  const useful = subnet?.family === 4 && subnet.prefixLength <= 30
  const diagnostics: Diagnostic[] = []
  const owners = new Map<string, { path: Path; owner: string }>()

  const take = (text: string, path: Path, owner: string, place: Place = 'subnet'): void => {
    const address = readAddress(profile, text, path, diagnostics, place)
    if (!address) return
    if (place !== 'anywhere') {
      if (address.family === 6) diagnostics.push(...checkIPv6(address, network, path))
      else if (useful) diagnostics.push(...checkInSubnet(profile, address, subnet, path))
    }
    const earlier = owners.get(address.text)
    // A router can balance load too.
    if (place === 'anywhere' && earlier?.owner === 'the gateway') return
    if (!earlier) {
      owners.set(address.text, { path, owner })
      return
    }
    diagnostics.push(
      error(
        'address/duplicate',
        `the address ${address.text} of ${owner} is already that of ${earlier.owner}`,
        {
          hint: `give each its own address${forExample(profile)}`,
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
    diagnostics.push(error('network/too-small', `${network.subnet} has no room for a rack`, { hint, path }))
  }
  diagnostics.push(...checkSubnet6(network))
  take(network.gateway, ['network', 'gateway'], 'the gateway')
  for (const [index, machine] of profile.machines.entries()) {
    take(machine.address, ['machines', index, 'address'], machine.name)
  }
  if (balancing) {
    const { api, ingress, sourceAddress } = balancing
    // Somebody else's load balancer is where they put it.
    const place = balancing.placement === 'external' ? 'anywhere' : 'virtual'
    diagnostics.push(...noIPv6First(api.address))
    takeAll(api.address, ['loadBalancing', 'api', 'address'], 'the API', place)
    if (ingress) takeAll(ingress.address, ['loadBalancing', 'ingress', 'address'], 'the ingress', place)
    if (sourceAddress !== undefined) take(sourceAddress, ['loadBalancing', 'sourceAddress'], 'sourceAddress')
  }
  diagnostics.push(...checkServers(profile))
  return diagnostics
}

/** Where an address may be; other places than the subnet have IPv6 as well. */
type Place = 'subnet' | 'virtual' | 'anywhere'

/** Reads an address; says why when it is none, or none of the right family. */
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

/** IPv6 is understood, but virtual addresses alone have it yet. */
export const noIPv6 = (text: string, path: Path): Diagnostic =>
  error('address/ipv6', `${text} is IPv6, and hakube sets up IPv4 only so far`, {
    hint: 'write an IPv4 address or network',
    path,
  })

function malformed(profile: Profile, text: string, path: Path): Diagnostic {
  const shown = inQuotes(text)
  let hint = `write four numbers from 0 to 255${forExample(profile)}`
  const inside = addressInside(text)
  if (inside !== null) hint = `write the address alone: ${inside}`
  else if (text.includes('/'))
    hint = `write the address without the prefix length: ${text.replace(/\/.*$/, '')}`
  else if (/^\d+(?:\.\d+){3}$/.test(text)) {
    const octet = text.split('.').find((each) => Number(each) > 255)
    if (octet !== undefined) hint = `${octet} is larger than 255`
    else if (/(?:^|\.)0\d/.test(text))
      hint = 'write the numbers without leading zeros, which some programs read as octal'
  } else if (isHostName(text) && /[a-z]/i.test(text)) hint = 'write the IP address, not a name'
  return error('address/malformed', `${shown} is not an IPv4 address`, { hint, path })
}

/** The address in a web address, or before a port. */
function addressInside(text: string): string | null {
  const url = readWebAddress(text)
  const host = url ? hostOfAddress(url) : readHostAndPort(text)?.host
  return host !== undefined && host !== text && parseAddress(host)?.family === 4 ? host : null
}

function checkInSubnet(profile: Profile, address: Address, subnet: Network, path: Path): Diagnostic[] {
  const subnetPath: Path = ['network', 'subnet']
  if (!contains(subnet, address)) {
    return [
      error('address/outside-subnet', `${address.text} is not in the subnet ${subnet.text}`, {
        hint: `write an address of ${subnet.text}${forExample(profile)}, or a wider subnet`,
        path,
        related: [{ path: subnetPath, message: 'the subnet stands here' }],
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
      related: [{ path: subnetPath, message: 'the subnet stands here' }],
    }),
  ]
}

function checkServers(profile: Profile): Diagnostic[] {
  const { network } = profile
  const diagnostics: Diagnostic[] = []
  for (const [index, text] of network.nameServers.entries()) {
    const path: Path = ['network', 'nameServers', index]
    const address = readAddress(profile, text, path, diagnostics)
    if (address && network.nameServers.indexOf(text) < index) {
      diagnostics.push(
        warning('address/name-server-twice', `${text} is in the list twice`, { hint: 'remove one', path }),
      )
    }
  }
  diagnostics.push(...checkNumberOfServers(network.nameServers))
  for (const [index, text] of (network.timeServers ?? []).entries()) {
    if (parseAddress(text) || (isHostName(text) && !/^[\d.]+$/.test(text))) continue
    diagnostics.push(
      error('address/time-server', `${JSON.stringify(text)} is neither a host name nor an address`, {
        hint: `write e.g. pool.ntp.org or ${parseAddress(network.gateway) ? network.gateway : (freeAddress(profile) ?? '10.10.10.1')}`,
        path: ['network', 'timeServers', index],
      }),
    )
  }
  return diagnostics
}

/** MAXNS of glibc's resolv.h, and the kubelet's limit for pods. */
const mostNameServers = 3

function checkNumberOfServers(texts: readonly string[]): Diagnostic[] {
  const servers = [...new Set(texts)]
  const unused = servers.slice(mostNameServers)
  const [first] = unused
  if (first === undefined) return []
  const never = `${unused.join(', ')} ${unused.length === 1 ? 'is' : 'are'} never asked`
  return [
    warning('address/many-name-servers', `programs and pods use three name servers: ${never}`, {
      hint: 'keep the three that are to be asked; the kubelet complains of each pod otherwise',
      path: ['network', 'nameServers', texts.indexOf(first)],
      source: 'resolv.conf(5), MAXNS; https://github.com/kubernetes/kubernetes/issues/82756',
    }),
  ]
}
