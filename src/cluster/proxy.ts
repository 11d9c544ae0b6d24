import { isExcepted } from '../network/no-proxy.ts'
import { defaultOf, defaults } from '../profile/defaults.ts'
import type { Profile } from '../profile/schema.ts'
import { hostOfAddress } from '../text/web-address.ts'
import type { Cluster, Proxy } from './cluster.ts'
import type { Choice } from './facts.ts'
import { memberAddresses } from './families.ts'

/** Longer lists would not fit into a readable line; machines beyond that are covered by the subnets. */
const mostNames = 100

type Known = Pick<
  Cluster,
  'apiEndpoint' | 'extraHosts' | 'kubernetes' | 'loadBalancing' | 'machines' | 'network' | 'server'
>

/**
 * The HTTP proxy of the site.
 *
 * @returns null if the profile sets none
 */
export function resolveProxy(
  { proxy }: Profile,
  known: Known,
  { choose, take, derive }: Choice,
): Proxy | null {
  if (!proxy) return null
  const http = proxy.http === undefined ? defaults.httpProxy : take(['proxy', 'http'], proxy.http)
  const https = choose(['proxy', 'https'], proxy.https, defaultOf.httpsProxy.of(http))
  const except = derive(
    'proxy.except',
    exceptions(known, proxy.except ?? []),
    'what is in the cluster, and what the profile adds',
  )
  const { username, passwordSecret } = proxy
  const login = username === undefined || passwordSecret === undefined ? null : { username, passwordSecret }
  return { http, https, except, machines: namesOf(known), login }
}

function exceptions(known: Known, own: readonly string[]): string[] {
  const { apiEndpoint, extraHosts, kubernetes, loadBalancing, network, server } = known
  const networks = network.subnets.flatMap(({ subnet, subnet6 }) => [
    subnet,
    ...(subnet6 === null ? [] : [subnet6]),
  ])
  return [
    ...new Set([
      'localhost',
      '127.0.0.1',
      '::1',
      ...networks,
      ...kubernetes.podNetworks,
      ...kubernetes.serviceNetworks,
      '.svc',
      `.${kubernetes.domain}`,
      apiEndpoint.address,
      ...(loadBalancing?.api.addresses ?? []),
      ...(loadBalancing?.ingress?.addresses ?? []),
      hostOfAddress(new URL(server)),
      ...extraHosts.filter(({ address }) => isExcepted(address, networks)).flatMap(({ names }) => names),
      ...own,
    ]),
  ]
}

/**
 * curl before 7.86 and wget do not support networks in NO_PROXY. These names are kept apart from the other exceptions, because a change
 * of those restarts the container runtimes of all machines, which a new machine does not justify.
 */
function namesOf({ kubernetes, machines }: Known): string[] {
  const named =
    machines.length <= mostNames ? machines : machines.filter(({ role }) => role === 'control-plane')
  return [
    ...new Set(
      named.flatMap((machine) => [
        ...memberAddresses({ kubernetes }, machine),
        machine.name,
        machine.fullName,
      ]),
    ),
  ]
}

/** The proxy for requests to an address; null if they go there directly. */
export function proxyFor({ proxy }: Pick<Cluster, 'proxy'>, address: string): string | null {
  if (!proxy || !URL.canParse(address)) return null
  const url = new URL(address)
  if (isExcepted(hostOfAddress(url), [...proxy.except, ...proxy.machines])) return null
  return url.protocol === 'https:' ? proxy.https : proxy.http
}
