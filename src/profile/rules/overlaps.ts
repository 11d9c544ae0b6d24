import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { contains, overlaps, parseAddress, parseNetwork } from '../../network/addresses.ts'
import type { Network } from '../../network/addresses.ts'
import { defaults } from '../defaults.ts'
import { freeNetwork } from '../free-address.ts'
import { mirrorPlaces } from '../mirror-addresses.ts'
import { imageMirrorsOf } from '../image-mirrors.ts'
import type { Profile } from '../schema.ts'
import { timeServerName } from '../schema-time.ts'
import { readImageName, readImagePrefix } from '../../text/image-name.ts'
import { hostOfAddress, readWebAddress } from '../../text/web-address.ts'
import { checkSpecial, type Outsider } from './special-addresses.ts'

/* External addresses to which nodes connect, and the networks that exist only within the nodes. */

/** The default network of docker0: https://docs.docker.com/engine/network/drivers/bridge/ */
export const dockerBridge = '172.17.0.0/16'

/** Docker's bridge, if nodes have one; with flannel as a service it is a part of the pod network. */
export function bridgeOf({ containerRuntime, networkPlugin }: Profile): Network | null {
  const runtime = containerRuntime?.name ?? defaults.containerRuntime
  return runtime === 'docker' && networkPlugin?.name !== 'flannel-service' ? parseNetwork(dockerBridge) : null
}

const read = (what: string, host: string | undefined, path: Path): Outsider[] => {
  const address = parseAddress(host ?? '')
  return address ? [{ what, address, path }] : []
}

function hostOf(text: string | undefined): string | undefined {
  const url = readWebAddress(text ?? '')
  return url ? hostOfAddress(url) : undefined
}

/** Addresses to which machines connect during their installation, before the cluster exists. */
export const askedAtInstall = ({ server, network, mirrors }: Profile): Outsider[] => [
  ...read('server', hostOf(server), ['server']),
  ...network.nameServers.flatMap((text, index) =>
    read('name server', text, ['network', 'nameServers', index]),
  ),
  ...(network.timeServers ?? []).flatMap((item, index) => {
    const { text, path } = timeServerName(item)
    return read('time server', text, ['network', 'timeServers', index, ...path])
  }),
  ...mirrorPlaces({ mirrors }).flatMap(({ address, path }) => read('mirror', hostOf(address), path)),
  ...read('mirror', hostOf(mirrors?.kubernetes), ['mirrors', 'kubernetes']),
  ...Object.entries(mirrors?.repositories ?? {}).flatMap(([name, text]) =>
    read('mirror', hostOf(text), ['mirrors', 'repositories', name]),
  ),
]

/** Registries of the images with which the first control plane starts: the cluster that could host them does not exist yet. */
export const registries = ({ kubernetes, loadBalancing: balancing }: Profile): Outsider[] => [
  ...read('registry', readImagePrefix(kubernetes.imageRepository ?? '')?.host, [
    'kubernetes',
    'imageRepository',
  ]),
  ...(['haproxy', 'keepalived'] as const).flatMap((key) =>
    read('registry', readImageName(balancing?.images?.[key] ?? '')?.host ?? undefined, [
      'loadBalancing',
      'images',
      key,
    ]),
  ),
]

/** Addresses to which nodes connect later. */
function askedLater(profile: Profile): Outsider[] {
  const { loadBalancing: balancing } = profile
  const given = balancing?.placement === 'external' ? balancing.api.address : []
  const external = [given].flat().flatMap((text, index) => {
    const path = ['loadBalancing', 'api', 'address', ...(typeof given === 'string' ? [] : [index])]
    return read('external load balancer', text, path)
  })
  return [
    ...imageMirrorsOf(profile).flatMap(({ address, path }) => read('mirror', hostOf(address), path)),
    ...registries(profile),
    ...external,
  ]
}

type Inner = { what: string; path: Path; written: string | null; network: Network }

/**
 * External addresses that a node would look for among its own pods and services.
 *
 * @param kinds the networks of the profile that can be parsed
 */
export function checkInside(profile: Profile, kinds: readonly Inner[]): Diagnostic[] {
  const subnet = kinds.find(({ path }) => path.at(-1) === 'subnet')?.network
  const bridge = bridgeOf(profile)
  const inner = [
    ...kinds.filter(({ network }) => network !== subnet),
    ...(bridge ? [{ what: "network of Docker's bridge", path: [], written: null, network: bridge }] : []),
  ]
  const outsiders = [...askedAtInstall(profile), ...askedLater(profile)]
  const inside = outsiders.flatMap((outsider) => {
    const found = inner.find(({ network }) => contains(network, outsider.address))
    if (!found) return []
    // Another rule reports that the two networks overlap.
    if (subnet && contains(subnet, outsider.address) && overlaps(subnet, found.network)) return []
    return [insideOf(profile, outsider, found, inner)]
  })
  return [...inside, ...checkSpecial(profile, outsiders)]
}

function insideOf(
  profile: Profile,
  { what, address, path }: Outsider,
  found: Inner,
  inner: readonly Inner[],
): Diagnostic {
  const standard = found.written === null && found.path.length > 0 ? ', the default' : ''
  const subnet = parseNetwork(profile.network.subnet)
  const free = freeNetwork(profile, [...inner.map(({ network }) => network), ...(subnet ? [subnet] : [])])
  const hint =
    found.path.length === 0
      ? `give the ${what} another address, or write containerRuntime.name: containerd`
      : found.path.length > 2
        ? `write another network in ${found.path.slice(0, 2).join('.')}, or give the ${what} another address`
        : `write ${found.path.join('.')}${free === null ? ' elsewhere' : `: ${free}`}, or give the ${what} another address`
  const message = `the ${what} ${address.text} is in the ${found.what} ${found.network.text}${standard}, so nodes cannot reach it`
  return error('network/address-inside', message, {
    hint,
    path,
    related: found.written === null ? [] : [{ path: found.path, message: `the ${found.what} is set here` }],
  })
}
