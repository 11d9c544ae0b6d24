import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { contains, isPrivate, overlaps, parseNetwork } from '../../network/addresses.ts'
import type { Network } from '../../network/addresses.ts'
import { freeNetwork, likelySubnet } from '../free-address.ts'
import { innerNetworks, readInnerNetworks } from '../inner-networks.ts'
import type { Profile } from '../schema.ts'
import { noIPv6 } from './addresses.ts'
import { specialWithin } from './special-addresses.ts'
import { bridgeOf, checkInside, dockerBridge } from './overlaps.ts'
import { isRoutable6 } from './virtual-addresses.ts'
import { checkPodNetworks } from './pod-network.ts'
import type { Rule } from './rule.ts'

const rfc1918 = 'https://www.rfc-editor.org/rfc/rfc1918#section-3'

export type Kind = { what: string; path: Path; written: string | null; text: string }

/** The networks of machines, pods and services, including the defaults of the last two. */
export const networkRules: Rule = ({ profile }) => {
  const { subnet } = profile.network
  const kinds: Kind[] = [
    { what: 'machine network', path: ['network', 'subnet'], written: subnet, text: subnet },
    ...innerNetworks(profile),
  ]
  const diagnostics: Diagnostic[] = []
  const good: (Kind & { network: Network })[] = []
  for (const each of kinds) {
    const network = parseNetwork(each.text)
    if (!network) diagnostics.push(malformed(profile, each))
    else if (network.family === 6 && each.what === 'machine network')
      diagnostics.push(noIPv6(each.text, each.path))
    else {
      diagnostics.push(...checkNetwork(profile, each, network))
      const others = good.filter((other) => overlaps(other.network, network))
      for (const other of others) diagnostics.push(overlap(profile, other, each))
      good.push({ ...each, network })
    }
  }
  const bridge = bridgeOf(profile)
  const onBridge = bridge ? good.filter(({ network }) => overlaps(network, bridge)) : []
  for (const each of onBridge) diagnostics.push(overlapsBridge(profile, each))
  diagnostics.push(...checkInside(profile, good))
  const pods = good.filter((each) => each.what === 'pod network')
  const services = good.filter((each) => each.what === 'service network')
  // families.ts checks that there is one of each family.
  if (new Set(pods.map(({ network }) => network.family)).size === pods.length)
    diagnostics.push(
      ...checkPodNetworks(
        profile,
        // Diagnostics cannot point to a default.
        pods.map((each) => ({ ...each, path: each.written === null ? ['machines'] : each.path })),
      ),
    )
  diagnostics.push(...services.flatMap(checkServiceNetwork))
  return diagnostics
}

function malformed(profile: Profile, { text, path, what, written }: Kind): Diagnostic {
  const shown = inQuotes(text)
  const own = path.at(-1) === 'subnet' ? likelySubnet(profile) : freeNetwork(profile, [])
  const withLength = parseNetwork(`${text}/24`)?.text
  const example = withLength ?? own ?? '10.10.10.0/24'
  const parts = text.split(',').map((part) => part.trim())
  // In kubeadm's notation.
  if (parts.length > 1 && parts.every((part) => parseNetwork(part)))
    return error('network/malformed', `the ${what} ${shown} is not a network`, {
      hint:
        what === 'machine network'
          ? 'write only the IPv4 network; the IPv6 network belongs in subnet6'
          : `write a list: [${parts.map((part) => (part.includes(':') ? JSON.stringify(part) : part)).join(', ')}]`,
      path,
    })
  const hint = written?.includes('/')
    ? `write an address and a prefix length from 0 to 32, e.g. ${own ?? '10.10.10.0/24'}`
    : `write the prefix length as well, e.g. ${example}`
  return error('network/malformed', `the ${what} ${shown} is not a network`, { hint, path })
}

const linkLocal = parseNetwork('169.254.0.0/16')
const shared = parseNetwork('100.64.0.0/10')

function checkNetwork(profile: Profile, { text, what, path }: Kind, network: Network): Diagnostic[] {
  const { hostBits } = network
  const is = specialWithin(network) ?? (linkLocal && contains(linkLocal, network) ? 'link-local' : null)
  if (is !== null && what === 'machine network')
    return [
      error('network/reserved', `machines cannot have addresses of ${text}: it is ${is}`, {
        hint: `write the network that the machines are in, e.g. ${likelySubnet(profile) ?? '10.10.10.0/24'}`,
        path,
        source: 'https://www.iana.org/assignments/iana-ipv4-special-registry/',
      }),
    ]
  if (network.family === 6) return checkNetwork6({ text, what, path }, network)
  const really = hostBits ? ` (which really is ${network.text})` : ''
  // 100.64.0.0/10 is not routed on the internet either (RFC 6598), and clusters use it for pods.
  if (!isPrivate(network) && !(shared && contains(shared, network))) {
    // Machines with public addresses work; pods and services with public addresses hide the real owners of those.
    const make = what === 'machine network' ? warning : error
    const own = what === 'machine network' ? 'ignore this if these addresses are yours; ' : ''
    // The upper half, which does not overlap Docker's bridge.
    const [of172, longest] = bridgeOf(profile) ? ['172.24.0.0', 13] : ['172.16.0.0', 12]
    const near = text.startsWith('172.')
      ? `${of172}/${Math.max(longest, network.prefixLength)}`
      : `10.0.0.0/${Math.max(8, network.prefixLength)}`
    return [
      make('network/not-private', `the ${what} ${text}${really} is not private`, {
        hint: `${own}private networks are 10.0.0.0/8, 172.16.0.0/12 (172.16. to 172.31.) and 192.168.0.0/16; did you mean ${near}?`,
        path,
        source: rfc1918,
      }),
    ]
  }
  if (!hostBits) return []
  const message = `the ${what} ${text} has bits set after the prefix: the network is ${network.text}`
  return [error('network/host-bits', message, { hint: `write ${network.text}`, path })]
}

/** Pods may have public addresses that are routed to them; no router forwards addresses of other kinds. */
function checkNetwork6(
  { text, what, path }: Pick<Kind, 'text' | 'what' | 'path'>,
  network: Network,
): Diagnostic[] {
  if (!isRoutable6(network))
    return [
      error('network/reserved', `the ${what} ${text} is not a routable network`, {
        hint: `write a network within fd00::/8 or 2000::/3, e.g. ${example6(what)}`,
        path,
        source: 'https://www.iana.org/assignments/ipv6-address-space/',
      }),
    ]
  if (!network.hostBits) return []
  const message = `the ${what} ${text} has bits set after the prefix: the network is ${network.text}`
  return [error('network/host-bits', message, { hint: `write ${network.text}`, path })]
}

const example6 = (what: string): string => (what === 'pod network' ? 'fd00:10:244::/56' : 'fd00:10:96::/112')

function overlap(profile: Profile, earlier: Kind, later: Kind): Diagnostic {
  // Diagnostics cannot point to a default, so they point to what the author wrote.
  const [at, other] = later.written === null ? [earlier, later] : [later, earlier]
  const standard = other.written === null ? ', the default,' : ''
  const message = `the ${at.what} ${at.text} overlaps the ${other.what} ${other.text}${standard}`.replace(
    /,$/,
    '',
  )
  const key =
    other.written === null ? `set ${other.path.join('.')} to another network` : 'move one of the two'
  const free = later.text.includes(':') ? '' : freeFor(profile)
  return error('network/overlap', message, {
    hint: `${key}${free}; a machine cannot tell to which of the two an address belongs`,
    path: at.path,
    related: other.written === null ? [] : [{ path: other.path, message: `the ${other.what} is set here` }],
  })
}

function overlapsBridge(profile: Profile, { what, text, path }: Kind): Diagnostic {
  const message = `the ${what} ${text} overlaps 172.17.0.0/16, which Docker uses for its bridge on every node`
  const hint =
    path.at(-1) === 'subnet'
      ? 'use another network, or write containerRuntime.name: containerd'
      : `use another network${freeFor(profile)}`
  return error('network/overlap', message, {
    hint,
    path,
    source: 'https://docs.docker.com/engine/network/drivers/bridge/',
  })
}

/** `, e.g. 172.20.0.0/16`: a network that overlaps nothing in the profile. */
function freeFor(profile: Profile): string {
  const others = [profile.network.subnet, dockerBridge].flatMap((text) => parseNetwork(text) ?? [])
  const inner = readInnerNetworks(profile).map(({ network }) => network)
  const free = freeNetwork(profile, [...others, ...inner])
  return free === null ? '' : `, e.g. ${free}`
}

/**
 * kube-apiserver accepts a service network of at most 2^20 addresses of either family (its --service-cluster-ip-range), and kubeadm one
 * of at least 10, of which the tenth is CoreDNS's (MinimumAddressesInServiceSubnet in cmd/kubeadm/app/constants).
 */
function checkServiceNetwork({ text, path, network }: Kind & { network: Network }): Diagnostic[] {
  const { prefixLength } = network
  const [shortest, longest] = network.family === 4 ? [12, 28] : [108, 124]
  if (prefixLength >= shortest && prefixLength <= longest) return []
  const size = prefixLength < shortest ? 'large' : 'small'
  return [
    error('network/service-network-size', `the service network ${text} is too ${size}`, {
      hint: `write a network from /${shortest} to /${longest}`,
      path,
      source:
        'https://github.com/kubernetes/kubernetes/blob/master/cmd/kube-apiserver/app/options/validation.go',
    }),
  ]
}
