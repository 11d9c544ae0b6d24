import type { Path } from '../diagnostics/diagnostic.ts'
import { isApiName } from '../profile/api-name.ts'
import { defaultOf, defaults } from '../profile/defaults.ts'
import type { Profile } from '../profile/schema.ts'
import type { LoadBalancing } from './cluster.ts'
import type { Choice } from './facts.ts'
import { resolveAsset } from './asset-address.ts'
import { canonicalAddress } from './machines.ts'

const path = (...keys: string[]): Path => ['loadBalancing', ...keys]

/**
 * Where load balancing runs.
 *
 * @returns null for a cluster without load balancing
 */
export function resolvePlacement(
  { loadBalancing, machines }: Profile,
  { choose }: Choice,
): LoadBalancing['placement'] | null {
  if (!loadBalancing) return null
  return choose(['loadBalancing', 'placement'], loadBalancing.placement, defaultOf.balancing.of(machines))
}

/**
 * The load-balancing settings, with defaults filled in.
 *
 * @param balancers number of machines that balance load
 */
export function resolveLoadBalancing(
  given: NonNullable<Profile['loadBalancing']>,
  clusterName: string,
  placement: LoadBalancing['placement'],
  balancers: number,
  choice: Choice,
): LoadBalancing {
  const { choose } = choice
  const api = {
    ...resolveApiNames(placement, given.api, choice),
    port: choose(path('api', 'port'), given.api.port, defaultOf.apiPort.of(placement)),
  }
  if (placement === 'external') return { placement, api, ...nothingOfOurs(clusterName) }
  const ingress = resolveIngress(given.ingress, choice)
  const network = given.network ?? null
  if (given.network !== undefined) choice.take(path('network'), given.network)
  const virtualRouterId = choose(
    path('virtualRouterId'),
    given.virtualRouterId,
    defaultOf.virtualRouterId.of(clusterName),
  )
  const sourceAddress = choose(
    path('sourceAddress'),
    given.sourceAddress === undefined ? undefined : canonicalAddress(given.sourceAddress),
    defaultOf.sourceAddress,
  )
  const connectionSync = choose(
    path('connectionSync'),
    given.connectionSync,
    defaultOf.connectionSync.of({ sourceAddress, balancers }),
  )
  const images =
    placement === 'static-pod'
      ? {
          haproxy: choose(path('images', 'haproxy'), given.images?.haproxy, defaultOf.haproxyImage),
          keepalived: choose(
            path('images', 'keepalived'),
            given.images?.keepalived,
            defaultOf.keepalivedImage,
          ),
        }
      : null
  const haproxyPackage = choose(
    path('haproxyPackage'),
    given.haproxyPackage && { ...given.haproxyPackage, ...resolveAsset(given.haproxyPackage) },
    defaultOf.haproxyPackage,
  )
  return {
    placement,
    api,
    ingress,
    network,
    virtualRouterId,
    sourceAddress,
    connectionSync,
    images,
    haproxyPackage,
  }
}

/** External load balancers leave nothing to choose, and nothing to explain. */
const nothingOfOurs = (clusterName: string): Omit<LoadBalancing, 'placement' | 'api'> => ({
  ingress: null,
  network: null,
  virtualRouterId: defaultOf.virtualRouterId.of(clusterName).value,
  sourceAddress: null,
  connectionSync: false,
  images: null,
  haproxyPackage: null,
})

/** For an external load balancer, the name may be all that is known. */
function resolveApiNames(
  placement: LoadBalancing['placement'],
  { address, name }: NonNullable<Profile['loadBalancing']>['api'],
  choice: Choice,
): Omit<LoadBalancing['api'], 'port'> {
  if (placement === 'external' && typeof address === 'string' && isApiName(address))
    return { name: choice.take(path('api', 'address'), address), address, addresses: [] }
  return {
    ...takeAddresses(path('api', 'address'), address, choice),
    name: name === undefined ? defaults.apiName : choice.take(path('api', 'name'), name),
  }
}

/** One or several addresses; hakube itself uses the first. */
function takeAddresses(
  at: Path,
  given: string | readonly string[],
  { take }: Choice,
): { address: string; addresses: readonly string[] } {
  const addresses = [given].flat().map(canonicalAddress)
  const [address] = addresses
  if (address === undefined) throw new Error(`no address at ${at.join('.')}`)
  take(at, addresses)
  return { address, addresses }
}

/** Ingress controllers accept both versions; v2 is cheaper to parse. */
function versionOf(given: boolean | 'v1' | 'v2'): 'v1' | 'v2' | null {
  if (typeof given === 'string') return given
  return given ? 'v2' : null
}

function resolveIngress(
  given: NonNullable<Profile['loadBalancing']>['ingress'],
  choice: Choice,
): LoadBalancing['ingress'] {
  const { choose, derive } = choice
  if (!given) return derive('loadBalancing.ingress', null, 'the profile has none')
  const addresses = takeAddresses(path('ingress', 'address'), given.address, choice)
  const httpPort = choose(path('ingress', 'httpPort'), given.httpPort, defaultOf.httpPort)
  const httpsPort = choose(path('ingress', 'httpsPort'), given.httpsPort, defaultOf.httpsPort)
  return {
    ...addresses,
    httpPort,
    httpsPort,
    workerHttpPort: choose(
      path('ingress', 'workerHttpPort'),
      given.workerHttpPort,
      defaultOf.workerHttpPort.of(httpPort),
    ),
    workerHttpsPort: choose(
      path('ingress', 'workerHttpsPort'),
      given.workerHttpsPort,
      defaultOf.workerHttpsPort.of(httpsPort),
    ),
    proxyProtocol:
      given.proxyProtocol === undefined
        ? defaults.proxyProtocol
        : choice.take(path('ingress', 'proxyProtocol'), versionOf(given.proxyProtocol)),
  }
}
