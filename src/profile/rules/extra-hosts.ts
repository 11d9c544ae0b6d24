import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { parseAddress } from '../../network/addresses.ts'
import { isHostName } from '../../text/host-and-port.ts'
import { isApiName } from '../api-name.ts'
import { defaults } from '../defaults.ts'
import type { Profile } from '../schema.ts'
import type { Rule } from './rule.ts'

/* Names in /etc/hosts in addition to those of the machines: each has one address in each family. hosts(5) */

type Taken = { address: string; what: string; path: Path | null }

export const extraHostRules: Rule = ({ profile }) => [...checkApiName(profile), ...checkLines(profile)]

function checkLines(profile: Profile): Diagnostic[] {
  const taken = takenNames(profile)
  return (profile.extraHosts ?? []).flatMap(({ address: text, names: given }, index) => {
    const at: Path = ['extraHosts', index]
    const address = parseAddress(text)
    const diagnostics: Diagnostic[] = []
    if (!address) {
      diagnostics.push(
        error('hosts/address', `${inQuotes(text)} is not an address`, {
          hint: 'write an IPv4 or IPv6 address here, and the names below names',
          path: [...at, 'address'],
        }),
      )
    }
    for (const [position, name] of [given].flat().entries()) {
      const path = [...at, 'names', ...(typeof given === 'string' ? [] : [position])]
      const hint = nameHint(name)
      if (hint !== null) {
        diagnostics.push(
          error('hosts/name', `${inQuotes(name)} is not a host name`, { hint, path, source: 'hosts(5)' }),
        )
        continue
      }
      if (!address) continue
      const key = name.toLowerCase()
      const family = `${key} ${address.family}`
      const other = taken.get(key) ?? taken.get(family)
      if (other && other.address !== address.text) {
        diagnostics.push(
          error('hosts/name-taken', `${name} already has the address ${other.address} (${other.what})`, {
            hint: 'programs use the first line of /etc/hosts with a name: write another name, or remove this one',
            path,
            related: other.path ? [{ path: other.path, message: 'the address is set here' }] : [],
            source: 'hosts(5)',
          }),
        )
      }
      taken.set(
        family,
        other ?? { address: address.text, what: 'in another line of this list', path: [...at, 'address'] },
      )
    }
    return diagnostics
  })
}

/** Null if it is a valid name. */
function nameHint(name: string): string | null {
  if (/\s/.test(name.trim())) return 'write several names as a list: names: [registry.example.com, registry]'
  if (parseAddress(name) || /^[\d.]+$/.test(name)) return 'programs read this as an address: write a name'
  if (isHostName(name)) return null
  if (name.startsWith('*.')) return '/etc/hosts has no wildcards: write each name'
  return 'write letters, digits and dashes, with dots between the parts, e.g. registry.example.com'
}

/** The names that /etc/hosts already contains. */
function takenNames(profile: Profile): Map<string, Taken> {
  const taken = new Map<string, Taken>()
  const { searchDomain } = profile.network
  const add = (name: string, of: Taken) => {
    taken.set(name.toLowerCase(), of)
    if (searchDomain !== undefined && !name.includes('.'))
      taken.set(`${name}.${searchDomain}`.toLowerCase(), of)
  }
  for (const name of ['localhost', 'localhost.localdomain', 'ip6-localhost', 'ip6-loopback'])
    taken.set(name, { address: '127.0.0.1', what: 'the machine itself', path: null })
  for (const [index, { name, address }] of profile.machines.entries())
    add(name, { address, what: `the machine ${name}`, path: ['machines', index, 'address'] })
  const { loadBalancing: balancing } = profile
  const [api = ''] = [balancing?.api.address ?? []].flat()
  // The name of an external load balancer is not in /etc/hosts, so a line of the profile may be needed.
  if (balancing && parseAddress(api)) {
    const of: Taken = {
      address: api,
      what: 'the address of the API',
      path: ['loadBalancing', 'api', 'address'],
    }
    add(`${profile.name}-api`, of)
    if (balancing.api.name !== undefined) taken.set(balancing.api.name.toLowerCase(), of)
  }
  return taken
}

/** The name that machines use for the API. */
function checkApiName({ kubernetes, loadBalancing, machines, network }: Profile): Diagnostic[] {
  const name = loadBalancing?.api.name
  if (name === undefined) return []
  const path: Path = ['loadBalancing', 'api', 'name']
  if (!isApiName(name)) {
    const near = name
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/[:/].*$/, '')
    const hint = isApiName(near) ? `write ${near}` : 'write a DNS name in lower case, e.g. api.example.com'
    return [error('load-balancing/name', `${inQuotes(name)} is not the name of an API`, { hint, path })]
  }
  const machine = machines.find(
    (each) => name === each.name || name === `${each.name}.${network.searchDomain}`,
  )
  if (machine)
    return [
      error('load-balancing/name', `${name} is the machine ${machine.name}, not the address of the API`, {
        hint: 'write a name of its own, e.g. api.example.com',
        path,
      }),
    ]
  const domain = kubernetes.domain ?? defaults.domain
  if (name !== domain && !name.endsWith(`.${domain}`)) return []
  return [
    error('load-balancing/name', `${name} is in ${domain}, whose names exist only inside the cluster`, {
      hint: 'write a name that machines and clients can resolve, e.g. api.example.com',
      path,
    }),
  ]
}
