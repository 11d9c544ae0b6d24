import { additionalNetworks, subnetsOf } from '../layout.ts'
import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { contains, isPrivate, parseAddress, parseNetwork } from '../../network/addresses.ts'
import type { Address } from '../../network/addresses.ts'
import { readInnerNetworks } from '../inner-networks.ts'
import { freeAddress } from '../free-address.ts'
import type { Profile } from '../schema.ts'
import { noIPv6 } from './addresses.ts'
import { askedAtInstall, bridgeOf, registries } from './overlaps.ts'
import type { Rule } from './rule.ts'
import { readHostAndPort } from '../../text/host-and-port.ts'
import { hostOfAddress, readWebAddress } from '../../text/web-address.ts'

/** The address of hakube's own server. */
export const serverRules: Rule = ({ profile }) => [
  ...checkServer(profile),
  ...checkIsMachine(profile),
  ...checkVirtual(profile),
]

function checkServer(profile: Profile): Diagnostic[] {
  const { server: text } = profile
  const path = ['server']
  const fail = (message: string, hint: string) => [error('server/malformed', message, { hint, path })]
  const url = readWebAddress(text)
  if (!url) {
    const hint = readHostAndPort(text)
      ? `write http://${text}`
      : `write e.g. http://${freeAddress(profile) ?? '10.10.10.5'}:8080, with the address of the machine that runs hakube serve`
    return fail(`${JSON.stringify(text)} is not a server address`, hint)
  }
  if (url.username || url.password)
    return fail('the address contains credentials', 'remove everything up to the @')
  if (url.search || url.hash) return fail('the address has a query or a fragment', `write ${url.origin}`)
  if (url.pathname !== '/') {
    return fail(
      `the address has the path ${url.pathname}`,
      `write ${url.origin}: hakube serve has no path prefix`,
    )
  }
  const encrypted = url.protocol === 'https:' ? [noTls(url)] : []
  const host = hostOfAddress(url)
  const address = parseAddress(host)
  if (address?.family === 6) return [noIPv6(host, path)]
  if (!address) {
    return [
      ...encrypted,
      warning('server/host-name', `${host} is a name, but installers may not have DNS yet`, {
        hint: 'write the IP address of the server',
        path,
      }),
    ]
  }
  if (loopbacks.some((network) => contains(network, address))) {
    return [
      warning(
        'server/loopback',
        `${host} is a loopback address: on every machine it means the machine itself`,
        {
          hint: 'write the address at which machines reach the server',
          path,
        },
      ),
    ]
  }
  return [...encrypted, ...checkReach(profile, address)]
}

const loopbacks = ['127.0.0.0/8'].flatMap((text) => parseNetwork(text) ?? [])

/** iPXE and installers know at most public CAs, and `hakube serve` itself listens without TLS. */
const noTls = (url: URL): Diagnostic =>
  warning('server/https', 'this is https, but hakube serve does not support TLS', {
    hint: `write http://${url.hostname}:${url.port || '8080'}; keep it only with a proxy in front of the server whose certificate firmware and installers trust`,
    path: ['server'],
  })

/** A /24: addresses this close are in one network in nearly every rack. */
const near = (one: Address, other: Address): boolean =>
  one.family === 4 && other.family === 4 && one.bytes.slice(0, 3).join() === other.bytes.slice(0, 3).join()

/** Whether the machines reach the server: directly, or through the gateway if other addresses outside are used too. */
function checkReach(profile: Profile, address: Address): Diagnostic[] {
  const subnet = parseNetwork(profile.network.subnet)
  if (subnet?.family !== 4 || !isPrivate(address)) return []
  const known = [...subnetsOf(profile).map((each) => each.subnet), ...additionalNetworks(profile)]
  if (known.some((network) => contains(network, address))) return []
  const others = askedAtInstall(profile).filter(({ path }) => path[0] !== 'server')
  if (others.some((other) => near(other.address, address))) return []
  // Another rule reports that.
  if (innerNetworks(profile).some((network) => network && contains(network, address))) return []
  const free = freeAddress(profile)
  const gateway = parseAddress(profile.network.gateway)?.text
  return [
    warning(
      'server/outside-subnet',
      `the server ${address.text} is not in the subnet ${subnet.text} of the machines`,
      {
        hint: `write the address of the machine that runs hakube serve${free === null ? '' : `, in the subnet e.g. ${free}`}; it works only if ${gateway ?? 'the gateway'} routes to it and DHCP is relayed`,
        path: ['server'],
        related: [{ path: ['network', 'subnet'], message: 'the subnet is set here' }],
      },
    ),
  ]
}

const innerNetworks = (profile: Profile) => [
  ...readInnerNetworks(profile).map(({ network }) => network),
  bridgeOf(profile),
]

/** Load balancers hold the virtual addresses, and they are installed from this server. */
function checkVirtual(profile: Profile): Diagnostic[] {
  const { loadBalancing: balancing } = profile
  if (!balancing || balancing.placement === 'external') return []
  const places: [owner: string, path: Path, addresses: string | readonly string[] | undefined][] = [
    ['the API', ['loadBalancing', 'api', 'address'], balancing.api.address],
    ['the ingress', ['loadBalancing', 'ingress', 'address'], balancing.ingress?.address],
    ['source NAT', ['loadBalancing', 'sourceAddress'], balancing.sourceAddress],
  ]
  const gateway = parseAddress(profile.network.gateway)?.text
  return [...askedAtInstall(profile), ...registries(profile)].flatMap(({ what, address, path }) => {
    // Another rule reports a virtual address that is also the gateway's.
    if (address.text === gateway) return []
    const place = places.find(([, , given]) => [given ?? []].flat().includes(address.text))
    if (!place) return []
    const [owner, at, given] = place
    const index = typeof given === 'string' ? -1 : (given ?? []).indexOf(address.text)
    return [
      error(
        'address/virtual',
        `the ${what} ${address.text} is the virtual address of ${owner}, which no machine holds during installation`,
        {
          hint:
            what === 'server'
              ? 'write the address of the machine that runs hakube serve'
              : `write the address of the ${what} itself`,
          path,
          related: [{ path: index === -1 ? at : [...at, index], message: 'used here' }],
        },
      ),
    ]
  })
}

function checkIsMachine({ server, machines }: Profile): Diagnostic[] {
  const url = readWebAddress(server)
  const host = url ? hostOfAddress(url) : undefined
  const index = machines.findIndex((machine) => machine.address === host)
  if (index === -1) return []
  return [
    error('server/is-a-machine', `the server ${host} is one of the machines that it installs`, {
      hint: 'run hakube serve on another machine, or give this machine another address',
      path: ['server'],
      related: [{ path: ['machines', index, 'address'], message: 'used here' }],
    }),
  ]
}
