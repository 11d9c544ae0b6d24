import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { contains, isPrivate, overlaps, parseNetwork } from '../../network/addresses.ts'
import type { Network } from '../../network/addresses.ts'
import { defaults } from '../defaults.ts'
import { freeNetwork, likelySubnet } from '../free-address.ts'
import type { Profile } from '../schema.ts'
import { noIPv6 } from './addresses.ts'
import { bridgeOf, checkInside, dockerBridge } from './overlaps.ts'
import { checkPodNetwork } from './pod-network.ts'
import type { Rule } from './rule.ts'

const rfc1918 = 'https://www.rfc-editor.org/rfc/rfc1918#section-3'

export type Kind = { what: string; path: Path; written: string | null; text: string }

/** The networks of machines, pods and services; the defaults of the last two count as well. */
export const networkRules: Rule = ({ profile }) => {
  const { podNetwork, serviceNetwork } = profile.kubernetes
  const kinds: Kind[] = [
    kind('machine network', ['network', 'subnet'], profile.network.subnet, ''),
    kind('pod network', ['kubernetes', 'podNetwork'], podNetwork, defaults.podNetwork),
    kind('service network', ['kubernetes', 'serviceNetwork'], serviceNetwork, defaults.serviceNetwork),
  ]
  const diagnostics: Diagnostic[] = []
  const good: (Kind & { network: Network })[] = []
  for (const each of kinds) {
    const network = parseNetwork(each.text)
    if (!network) diagnostics.push(malformed(profile, each))
    else if (network.family === 6) diagnostics.push(noIPv6(each.text, each.path))
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
  const pods = good.find((each) => each.what === 'pod network')
  const services = good.find((each) => each.what === 'service network')
  // A default cannot be pointed at.
  if (pods)
    diagnostics.push(
      ...checkPodNetwork(profile, { ...pods, path: pods.written === null ? ['machines'] : pods.path }),
    )
  if (services) diagnostics.push(...checkServiceNetwork(services))
  return diagnostics
}

const kind = (what: string, path: Path, written: string | undefined, standard: string): Kind => ({
  what,
  path,
  written: written ?? null,
  text: written ?? standard,
})

function malformed(profile: Profile, { text, path, what, written }: Kind): Diagnostic {
  const shown = inQuotes(text)
  const own = path.at(-1) === 'subnet' ? likelySubnet(profile) : freeNetwork(profile, [])
  const withLength = parseNetwork(`${text}/24`)?.text
  const example = withLength ?? own ?? '10.10.10.0/24'
  const hint = written?.includes('/')
    ? `write an address and a prefix length from 0 to 32, e.g. ${own ?? '10.10.10.0/24'}`
    : `write the prefix length as well, e.g. ${example}`
  return error('network/malformed', `the ${what} ${shown} is not a network`, { hint, path })
}

const shared = parseNetwork('100.64.0.0/10')

function checkNetwork(profile: Profile, { text, what, path }: Kind, network: Network): Diagnostic[] {
  const { hostBits } = network
  const really = hostBits ? ` (which really is ${network.text})` : ''
  // 100.64.0.0/10 is not routed on the internet either (RFC 6598), and clusters use it for pods.
  if (!isPrivate(network) && !(shared && contains(shared, network))) {
    // Machines with public addresses work; pods and services with public addresses hide the real owners of those.
    const make = what === 'machine network' ? warning : error
    const own = what === 'machine network' ? 'right if these addresses are yours; ' : ''
    // Beside Docker's bridge, the upper half.
    const [of172, longest] = bridgeOf(profile) ? ['172.24.0.0', 13] : ['172.16.0.0', 12]
    const near = text.startsWith('172.')
      ? `${of172}/${Math.max(longest, network.prefixLength)}`
      : `10.0.0.0/${Math.max(8, network.prefixLength)}`
    return [
      make('network/not-private', `the ${what} ${text}${really} is not private`, {
        hint: `${own}private are 10.0.0.0/8, 172.16.0.0/12 (172.16. to 172.31.) and 192.168.0.0/16; did you mean ${near}?`,
        path,
        source: rfc1918,
      }),
    ]
  }
  if (!hostBits) return []
  const message = `the ${what} ${text} has bits set behind the prefix: the network is ${network.text}`
  return [error('network/host-bits', message, { hint: `write ${network.text}`, path })]
}

function overlap(profile: Profile, earlier: Kind, later: Kind): Diagnostic {
  // A default cannot be pointed at: what the author wrote is.
  const [at, other] = later.written === null ? [earlier, later] : [later, earlier]
  const standard = other.written === null ? ', the default,' : ''
  const message = `the ${at.what} ${at.text} overlaps the ${other.what} ${other.text}${standard}`.replace(
    /,$/,
    '',
  )
  const key =
    other.written === null ? `set ${other.path.join('.')} to a network elsewhere` : 'move one of the two'
  const free = freeFor(profile)
  return error('network/overlap', message, {
    hint: `${key}${free}; a machine cannot tell which of the two an address belongs to`,
    path: at.path,
    related: other.written === null ? [] : [{ path: other.path, message: `the ${other.what} stands here` }],
  })
}

function overlapsBridge(profile: Profile, { what, text, path }: Kind): Diagnostic {
  const message = `the ${what} ${text} overlaps 172.17.0.0/16, which Docker takes for its bridge on every node`
  const hint =
    path.at(-1) === 'subnet'
      ? 'take another network, or write containerRuntime.name: containerd'
      : `take another network${freeFor(profile)}`
  return error('network/overlap', message, {
    hint,
    path,
    source: 'https://docs.docker.com/engine/network/drivers/bridge/',
  })
}

/** `, e.g. 172.20.0.0/16`, apart from everything that the profile names. */
function freeFor(profile: Profile): string {
  const { network, kubernetes } = profile
  const { podNetwork = defaults.podNetwork, serviceNetwork = defaults.serviceNetwork } = kubernetes
  const others = [network.subnet, podNetwork, serviceNetwork, dockerBridge].flatMap(
    (text) => parseNetwork(text) ?? [],
  )
  const free = freeNetwork(profile, others)
  return free === null ? '' : `, e.g. ${free}`
}

/** kube-apiserver takes a service network of at most 2^20 and at least 8 addresses (its --service-cluster-ip-range). */
function checkServiceNetwork({ text, path, network }: Kind & { network: Network }): Diagnostic[] {
  const { prefixLength } = network
  if (prefixLength >= 12 && prefixLength <= 29) return []
  const size = prefixLength < 12 ? 'large' : 'small'
  return [
    error('network/service-network-size', `the service network ${text} is too ${size}`, {
      hint: 'write a network from /12 to /29',
      path,
      source:
        'https://github.com/kubernetes/kubernetes/blob/master/cmd/kube-apiserver/app/options/validation.go',
    }),
  ]
}
