import type { Path } from '../diagnostics/diagnostic.ts'
import { deriveVirtualRouterId } from '../network/virtual-router-id.ts'
import { defaults, usualBalancing } from '../profile/defaults.ts'
import type { Profile } from '../profile/schema.ts'
import { apiServerPort, type LoadBalancing } from './cluster.ts'
import type { Choice } from './facts.ts'
import { resolveAsset } from './assets.ts'
import { canonicalAddress } from './machines.ts'

const path = (...keys: string[]): Path => ['loadBalancing', ...keys]

/** @returns null for a cluster without load balancing */
export function resolvePlacement(
  { loadBalancing, machines }: Profile,
  { choose }: Choice,
): LoadBalancing['placement'] | null {
  if (!loadBalancing) return null
  const usual = usualBalancing(machines)
  return choose(
    ['loadBalancing', 'placement'],
    loadBalancing.placement,
    usual,
    usual === 'dedicated' ? 'there are load-balancer machines' : 'there are no load-balancer machines',
  )
}

/** @param balancers number of machines that balance load */
export function resolveLoadBalancing(
  given: NonNullable<Profile['loadBalancing']>,
  clusterName: string,
  placement: LoadBalancing['placement'],
  balancers: number,
  choice: Choice,
): LoadBalancing {
  const { choose } = choice
  const sharesMachines = placement === 'control-plane' || placement === 'static-pod'
  const [port, portReason] = sharesMachines
    ? [8443, `${apiServerPort} is taken by the API server on the same machine`]
    : [apiServerPort, 'the port of the API server']
  const api = {
    ...takeAddresses(path('api', 'address'), given.api.address, choice),
    port: choose(path('api', 'port'), given.api.port, port, portReason),
  }
  if (placement === 'external') return { placement, api, ...nothingOfOurs(clusterName) }
  const ingress = resolveIngress(given.ingress, choice)
  const virtualRouterId = choose(
    path('virtualRouterId'),
    given.virtualRouterId,
    deriveVirtualRouterId(clusterName),
    'derived from the name of the cluster',
  )
  const sourceAddress = choose(
    path('sourceAddress'),
    given.sourceAddress === undefined ? undefined : canonicalAddress(given.sourceAddress),
    null,
    'nothing is translated',
  )
  const connectionSync = choose(
    path('connectionSync'),
    given.connectionSync,
    sourceAddress !== null && balancers > 1,
    'yes for several load balancers with a sourceAddress',
  )
  const images =
    placement === 'static-pod'
      ? {
          haproxy: choose(
            path('images', 'haproxy'),
            given.images?.haproxy,
            haproxyImage,
            'the official image',
          ),
          keepalived: choose(
            path('images', 'keepalived'),
            given.images?.keepalived,
            '',
            'its project has no image of its own',
          ),
        }
      : null
  const haproxyPackage = choose(
    path('haproxyPackage'),
    given.haproxyPackage && { ...given.haproxyPackage, ...resolveAsset(given.haproxyPackage) },
    null,
    "the distribution's",
  )
  return {
    placement,
    api,
    ingress,
    virtualRouterId,
    sourceAddress,
    connectionSync,
    images,
    haproxyPackage,
  }
}

/** Where somebody else balances load there is nothing to choose, and nothing to explain. */
const nothingOfOurs = (clusterName: string): Omit<LoadBalancing, 'placement' | 'api'> => ({
  ingress: null,
  virtualRouterId: deriveVirtualRouterId(clusterName),
  sourceAddress: null,
  connectionSync: false,
  images: null,
  haproxyPackage: null,
})

/** https://hub.docker.com/_/haproxy: 3.2 is a long-term release, with updates until 2030. */
const haproxyImage = 'docker.io/library/haproxy:3.2.6'

/** One or several; the first is the one that hakube itself uses. */
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

function resolveIngress(
  given: NonNullable<Profile['loadBalancing']>['ingress'],
  choice: Choice,
): LoadBalancing['ingress'] {
  const { choose, derive } = choice
  if (!given) return derive('loadBalancing.ingress', null, 'the profile has none')
  const addresses = takeAddresses(path('ingress', 'address'), given.address, choice)
  const httpPort = choose(path('ingress', 'httpPort'), given.httpPort, defaults.httpPort, 'the port of http')
  const httpsPort = choose(
    path('ingress', 'httpsPort'),
    given.httpsPort,
    defaults.httpsPort,
    'the port of https',
  )
  return {
    ...addresses,
    httpPort,
    httpsPort,
    workerHttpPort: choose(path('ingress', 'workerHttpPort'), given.workerHttpPort, httpPort, 'as httpPort'),
    workerHttpsPort: choose(
      path('ingress', 'workerHttpsPort'),
      given.workerHttpsPort,
      httpsPort,
      'as httpsPort',
    ),
  }
}
