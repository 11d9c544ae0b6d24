import { parseNetwork } from '../network/addresses.ts'
import { defaultOf, defaults } from '../profile/defaults.ts'
import { parsePorts } from '../profile/port-ranges.ts'
import type { Profile } from '../profile/schema.ts'
import type { FirewallPort } from '../profile/schema-firewall.ts'
import type { Cluster, OpenPort } from './cluster.ts'
import type { Choice } from './facts.ts'

/** Whether there is a firewall, and which ports the profile opens. */
export function resolveFirewall(
  { firewall: given }: Profile,
  { choose, take }: Choice,
): Pick<Cluster, 'firewall' | 'openPorts'> {
  const isMapping = typeof given === 'object'
  const openPorts = isMapping ? (given.ports ?? []).flatMap(openPortsOf) : []
  if (openPorts.length > 0) take(['firewall', 'ports'], openPorts.map(shown))
  return {
    firewall: isMapping
      ? choose(['firewall', 'enabled'], given.enabled, defaultOf.firewall)
      : choose(['firewall'], given, defaultOf.firewall),
    openPorts,
  }
}

const shown = ({ port, lastPort, protocol }: OpenPort): string =>
  `${port}${lastPort === port ? '' : `-${lastPort}`}/${protocol}`

function openPortsOf(given: FirewallPort, index: number): OpenPort[] {
  const from = ['firewall', 'ports', index]
  if (typeof given !== 'object') {
    const [ports = '', protocol] = String(given).split('/')
    return [
      {
        ...base,
        ...rangeOf(ports),
        protocol:
          protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp'
            ? protocol
            : defaults.firewallProtocol,
        from,
      },
    ]
  }
  const {
    name = null,
    protocol = defaults.firewallProtocol,
    ports,
    sources = defaults.firewallSources,
    roles,
    machines,
  } = given
  return [ports].flat().map((each) => ({
    name,
    protocol,
    ...rangeOf(String(each)),
    sources: sources.map(sourceText),
    // `machines` adds to `roles`; without roles, only the machines listed count.
    roles: roles ?? (machines ? [] : defaults.firewallRoles),
    machines: machines ?? [],
    from,
  }))
}

const base = { name: null, sources: defaults.firewallSources, roles: defaults.firewallRoles, machines: [] }

function rangeOf(text: string): Pick<OpenPort, 'port' | 'lastPort'> {
  const range = parsePorts(text)
  if (!range) throw new Error(`not a port: ${text}: a rule of the profile should have rejected it`)
  return { port: range.first, lastPort: range.last }
}

/** Omits the prefix length of a single address: `10.0.0.7/32` becomes `10.0.0.7`; `10.0.0.0/24` stays. */
const sourceText = (text: string): string => {
  const network = parseNetwork(text)
  if (!network) return text
  return network.prefixLength === network.first.bytes.length * 8 ? network.first.text : network.text
}
