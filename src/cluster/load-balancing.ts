import type { Path } from '../diagnostics/diagnostic.ts'
import { deriveVirtualRouterId } from '../network/virtual-router-id.ts'
import type { Profile } from '../profile/schema.ts'
import { apiServerPort, type LoadBalancing } from './cluster.ts'
import type { Choice } from './facts.ts'
import { canonicalAddress } from './machines.ts'

const path = (...keys: string[]): Path => ['loadBalancing', ...keys]

/** @returns null for a cluster without load balancing */
export function resolvePlacement(
  { loadBalancing, machines }: Profile,
  { choose }: Choice,
): LoadBalancing['placement'] | null {
  if (!loadBalancing) return null
  const dedicated = machines.some((machine) => machine.role === 'load-balancer')
  return choose(
    ['loadBalancing', 'placement'],
    loadBalancing.placement,
    dedicated ? 'dedicated' : 'control-plane',
    dedicated ? 'there are load-balancer machines' : 'there are no load-balancer machines',
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
  const { take, choose } = choice
  const [port, portReason] =
    placement === 'dedicated'
      ? [apiServerPort, 'the port of the API server']
      : [8443, `${apiServerPort} is taken by the API server on the same machine`]
  const api = {
    address: take(path('api', 'address'), canonicalAddress(given.api.address)),
    port: choose(path('api', 'port'), given.api.port, port, portReason),
  }
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
  return { placement, api, ingress, virtualRouterId, sourceAddress, connectionSync }
}

function resolveIngress(
  given: NonNullable<Profile['loadBalancing']>['ingress'],
  { take, choose, derive }: Choice,
): LoadBalancing['ingress'] {
  if (!given) return derive('loadBalancing.ingress', null, 'the profile has none')
  const address = take(path('ingress', 'address'), canonicalAddress(given.address))
  const httpPort = choose(path('ingress', 'httpPort'), given.httpPort, 80, 'the port of http')
  const httpsPort = choose(path('ingress', 'httpsPort'), given.httpsPort, 443, 'the port of https')
  return {
    address,
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
