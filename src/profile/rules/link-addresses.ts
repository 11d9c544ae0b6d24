import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import {
  contains,
  isBroadcastAddress,
  isNetworkAddress,
  parseAddress,
  parseNetwork,
  type Address,
} from '../../network/addresses.ts'
import {
  cardIndex,
  firstCard,
  networkOfAddress,
  readFurtherAddress,
  type MergedLayout,
  type Subnet,
} from '../layout.ts'
import { installMethodOf } from '../install-method.ts'
import type { Profile } from '../schema.ts'
import { systemAt } from '../systems.ts'

/** The additional addresses of a machine, the cards that they need, and the network that its installer uses. */
export function checkMachine(
  profile: Profile,
  index: number,
  layout: MergedLayout,
  subnets: readonly Subnet[],
): Diagnostic[] {
  const machine = profile.machines[index]
  if (!machine) return []
  const first = parseAddress(machine.address)
  const subnet = (first && subnets.find((each) => contains(each.subnet, first))) ?? null
  const diagnostics: Diagnostic[] = []
  const names = new Set<string | null>()
  for (const [position, text] of (machine.addresses ?? []).entries()) {
    const path: Path = ['machines', index, 'addresses', position]
    const read = readFurtherAddress(text)
    if (!read) {
      diagnostics.push(
        error('address/malformed', `${inQuotes(text)} is not an address`, {
          hint: 'write an address, e.g. 10.2.0.13 or 10.2.0.13/24',
          path,
        }),
      )
      continue
    }
    const found = networkOfAddress(read.address, subnet, layout.additional)
    if (!found) {
      // The address may be in a network that cannot be parsed, which another rule reports.
      if (!areRead(layout)) continue
      const other = subnets.find((each) => networkOfAddress(read.address, each, new Map()) !== null)
      diagnostics.push(
        subnet && other
          ? elsewhere(machine.name, read.address, subnet, other, path)
          : noNetwork(machine.name, read.address.text, read.prefixLength, [machine.mac].flat().length, path),
      )
      continue
    }
    names.add(found.name)
    if (read.prefixLength !== null && read.prefixLength !== found.network.prefixLength)
      diagnostics.push(
        error('link/prefix', `${text} is in the network ${found.network.text}`, {
          hint: `write ${read.address.text}, or ${read.address.text}/${found.network.prefixLength}`,
          path,
        }),
      )
    if (isNetworkAddress(found.network, read.address) || isBroadcastAddress(found.network, read.address))
      diagnostics.push(
        error(
          'address/reserved',
          `${read.address.text} is the network or broadcast address of ${found.network.text}`,
          {
            hint: 'write another address of this network',
            path,
          },
        ),
      )
    const on = found.name === null ? null : layout.additional.get(found.name)
    const gateway = parseAddress(on?.value.gateway ?? '')
    if (on && gateway?.text === read.address.text)
      diagnostics.push(
        error('address/duplicate', `${machine.name} would be its own gateway in the network ${found.name}`, {
          hint: `write another address of ${found.network.text}, or the router in gateway`,
          path,
          related: [{ path: [...on.path, 'gateway'], message: 'the gateway is set here' }],
        }),
      )
    if (on?.value.interface !== undefined)
      diagnostics.push(...checkCard(machine, on.value.interface, [...on.path, 'interface']))
  }
  for (const [name, { value, path }] of layout.additional)
    if (value.dhcp === true && value.interface !== undefined && !names.has(name))
      diagnostics.push(...checkCard(machine, value.interface, [...path, 'interface']))
  return [...diagnostics, ...checkInstaller(profile, index, layout, names)]
}

/** The interface of a network is needed only on machines in that network. */
function checkCard(machine: Profile['machines'][number], name: string, path: Path): Diagnostic[] {
  const position = cardIndex(name)
  const cards = [machine.mac].flat().length
  if (position === null || position < cards) return []
  return [
    error(
      'link/no-card',
      `${machine.name} has ${cards === 1 ? 'one MAC address' : `${cards} MAC addresses`}, so there is no ${name}`,
      {
        hint: `add the MAC address of the card to mac of ${machine.name}; ${firstCard} is the first`,
        path,
      },
    ),
  ]
}

const areRead = ({ additional }: MergedLayout): boolean =>
  [...additional.values()].every(({ value: { subnet, subnet6 } }) =>
    [subnet, subnet6].every((text) => text === undefined || parseNetwork(text) !== null),
  )

/** A machine must have addresses in the subnet of its first address. */
function elsewhere(machine: string, address: Address, own: Subnet, other: Subnet, path: Path): Diagnostic {
  const wanted = address.family === 6 ? own.subnet6 : own.subnet
  const network = address.family === 6 ? other.subnet6 : other.subnet
  return error(
    'link/no-network',
    `${address.text} is in ${network?.text}, the network of the machines in ${other.subnet.text}, but ${machine} is in ${own.subnet.text}`,
    {
      hint: wanted
        ? `write an address of ${wanted.text}`
        : `remove it, or write subnet6 and gateway6 of ${own.subnet.text} and an address of that`,
      path,
    },
  )
}

function noNetwork(
  machine: string,
  address: string,
  length: number | null,
  cards: number,
  path: Path,
): Diagnostic {
  const network =
    parseNetwork(`${address}/${length ?? (address.includes(':') ? 64 : 24)}`)?.text ?? '10.2.0.0/24'
  const key = address.includes(':') ? 'subnet6' : 'subnet'
  return error(
    'link/no-network',
    `the address ${address} of ${machine} is not in any network of the profile`,
    {
      hint: `define the network under network: "additional: {second: {${key}: ${network}, interface: ${cards > 1 ? 'card1' : 'card0'}}}"`,
      path,
    },
  )
}

/**
 * The installer fetches everything from the server. Ubuntu's installer and live systems configure all networks of the machine, installers
 * with answers only this one.
 */
function checkReach(profile: Profile, index: number, layout: MergedLayout, name: string): Diagnostic[] {
  const { server } = profile
  const found = layout.additional.get(name)
  if (!found || found.value.dhcp === true || found.value.gateway !== undefined) return []
  const { configuresOneCard = null } = installMethodOf(systemAt(profile, index)) ?? {}
  if (configuresOneCard === null) return []
  const host = URL.canParse(server) ? parseAddress(new URL(server).hostname) : null
  const own = parseNetwork(found.value.subnet ?? '')
  if (!host || own?.family !== host.family || contains(own, host)) return []
  return [
    error(
      'link/installer',
      `the installer cannot reach the server ${host.text} from the network ${name}, ${own.text}, which has no gateway`,
      {
        hint: `write a server with an address in ${own.text}; or gateway, the router of this network, with metric: 500`,
        path: ['network', 'installer'],
      },
    ),
  ]
}

function checkInstaller(
  profile: Profile,
  index: number,
  layout: MergedLayout,
  names: ReadonlySet<string | null>,
): Diagnostic[] {
  const { network, machines } = profile
  const name = network.installer
  if (name === undefined) return []
  const path: Path = ['network', 'installer']
  const found = layout.additional.get(name)
  if (!found)
    return [
      error('link/installer', `there is no additional network ${inQuotes(name)}`, {
        hint: `write one of ${[...layout.additional.keys()].join(', ') || 'the names of network.additional'}`,
        path,
      }),
    ]
  if (found.value.dhcp === true || names.has(name)) return checkReach(profile, index, layout, name)
  return [
    error(
      'link/installer',
      `the installer uses the network ${name}, but ${machines[index]?.name} has no address in it`,
      {
        hint: `add an address of ${found.value.subnet ?? name} to addresses, or write dhcp: true for the network`,
        path,
      },
    ),
  ]
}
