import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { parseAddress, parseNetwork } from '../../network/addresses.ts'
import { defaults } from '../defaults.ts'
import { parsePorts } from '../port-ranges.ts'
import type { FirewallPort } from '../schema-firewall.ts'
import type { Profile } from '../schema.ts'
import { specialWithin } from './special-addresses.ts'
import type { Rule } from './rule.ts'

/** The user's own ports in the firewall. */
export const firewallRules: Rule = ({ profile }) => {
  const { firewall } = profile
  if (typeof firewall !== 'object' || firewall.ports === undefined) return []
  const found = firewall.ports.flatMap((port, index) =>
    checkPort(profile, port, ['firewall', 'ports', index]),
  )
  if (firewall.enabled !== false) return found
  return [
    ...found,
    warning('firewall/off', 'the firewall is off, so all ports are open', {
      hint: 'remove ports, or enabled: false',
      path: ['firewall', 'ports'],
      onKey: true,
    }),
  ]
}

function checkPort(profile: Profile, port: FirewallPort, path: Path): Diagnostic[] {
  if (typeof port !== 'object') return checkShort(String(port), path)
  const { name, ports, sources = [], machines = [] } = port
  const several = Array.isArray(ports)
  return [
    ...(name === undefined ? [] : checkName(name, [...path, 'name'])),
    ...[ports].flat().flatMap((each, index) => {
      const text = String(each)
      return checkRange(text, text, [...path, 'ports', ...(several ? [index] : [])], '9100, or 8000-8010')
    }),
    ...sources.flatMap((source, index) => checkSource(source, [...path, 'sources', index])),
    ...machines.flatMap((each, index) => checkMachine(profile, each, [...path, 'machines', index])),
  ]
}

function checkShort(text: string, path: Path): Diagnostic[] {
  const [, ports = '', protocol] = /^([^/]*)(?:\/(.*))?$/s.exec(text) ?? []
  if (protocol === undefined && parsePorts(ports)) return []
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp')
    return checkRange(text, ports, path, `7946/${protocol}`)
  const [, first, second] = /^(tcp|udp|sctp)[/: ](.+)$/i.exec(text) ?? []
  const near = first === undefined ? ports : (second ?? '')
  const guess = (first ?? protocol ?? defaults.firewallProtocol).toLowerCase()
  const known = ['tcp', 'udp', 'sctp'].includes(guess) ? guess : 'tcp'
  const hint = parsePorts(near) ? `write ${near}/${known}` : 'write PORT/PROTOCOL, e.g. 7946/udp'
  return [error('firewall/port', `${inQuotes(text)} is not a port with its protocol`, { hint, path })]
}

function checkRange(shown: string, text: string, path: Path, example: string): Diagnostic[] {
  if (parsePorts(text)) return []
  const [, first, last] = /^(\d+)\s*[-:]\s*(\d+)$/.exec(text) ?? []
  const turned = [Number(first), Number(last)].toSorted((one, other) => one - other).join('-')
  const hint =
    first !== undefined && parsePorts(turned)
      ? `write ${turned}${shown.slice(text.length)}`
      : `write a number from 1 to 65535, or a range: ${example}`
  return [error('firewall/port', `${inQuotes(shown)} is not a port or a port range`, { hint, path })]
}

function checkName(name: string, path: Path): Diagnostic[] {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return []
  const near = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
  const hint = near ? `write ${near}` : 'use lowercase letters, digits and dashes'
  return [error('firewall/name', `${inQuotes(name)} is not a port name`, { hint, path })]
}

function checkSource(text: string, path: Path): Diagnostic[] {
  const network = parseNetwork(text) ?? parseNetwork(`${text}/${text.includes(':') ? 128 : 32}`)
  // 0.0.0.0/0 means everyone.
  const is = network && network.prefixLength > 0 ? specialWithin(network) : null
  if (is !== null)
    return [
      error('firewall/source', `no packet from another machine comes from ${text}: it is ${is}`, {
        hint: 'write the address or network of those who may use the port',
        path,
      }),
    ]
  if (parseAddress(text)) return []
  if (network && !network.hostBits) return []
  if (network) {
    const message = `${text} has bits set after the prefix: the network is ${network.text}`
    return [error('firewall/source', message, { hint: `write ${network.text}`, path })]
  }
  return [
    error('firewall/source', `${inQuotes(text)} is neither an address nor a network`, {
      hint: 'write an address, or a network with its prefix length; firewalls do not resolve names',
      path,
    }),
  ]
}

function checkMachine({ machines }: Profile, name: string, path: Path): Diagnostic[] {
  const names = machines.map((machine) => machine.name)
  if (names.includes(name)) return []
  const hint = didYouMean(name, names.slice(0, 20))
  return [error('firewall/machine', `there is no machine ${inQuotes(name)}`, { hint, path })]
}
