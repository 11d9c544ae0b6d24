import type { Distribution } from '../distributions/distribution.ts'
import { findDistribution } from '../distributions/index.ts'
import { netmask, parseNetwork } from '../network/addresses.ts'
import { etcdPlacementOf } from '../profile/defaults.ts'
import type { EtcdPlacement, Profile } from '../profile/schema.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { resolveAsset } from './assets.ts'
import { apiServerPort, type Cluster, type LoadBalancing, type Machine } from './cluster.ts'
import { factCollector, type Choice } from './facts.ts'
import { resolveFirewall } from './firewall.ts'
import { kernelOfNodes, resolveKubernetes } from './kubernetes.ts'
import { resolveLoadBalancing, resolvePlacement } from './load-balancing.ts'
import { resolveContainerRuntime } from './container-runtime.ts'
import { resolveEtcdClients, resolveManifests, resolveNetworkPlugin } from './network-plugin.ts'
import { canonicalAddress, resolveMachines } from './machines.ts'
import { resolveMirrors, withoutSlash } from './mirrors.ts'
import type { Sources } from './settings.ts'
import { resolveTrust } from './trust.ts'

/** Up to here every machine's /etc/hosts has the whole cluster by default. */
const hostsOfWholeCluster = 100

/**
 * Fills in every default and derives the rest. Pure: the same profile, sources and secrets give an equal cluster.
 *
 * @param profile one without errors: rules of the profile have found everything that would make no sense here
 * @param sources texts of `files[].source`, by the path as written
 * @throws when the profile was not checked before
 */
export function resolve(profile: Profile, sources: Sources, secrets: Secrets): Cluster {
  const cluster = resolveWithoutSecrets(profile, sources)
  if (!secrets.throwAway) return { ...cluster, secrets }
  const { derive, facts } = factCollector()
  derive('secrets', 'throw-away', 'made for this run: not for a real rack')
  return { ...cluster, facts: [...cluster.facts, ...facts], secrets }
}

/** The same as far as it needs no secret: enough to say which secrets the cluster needs. */
export function resolveWithoutSecrets(profile: Profile, sources: Sources): Omit<Cluster, 'secrets'> {
  const choice = factCollector()
  const { take, choose, derive } = choice
  take(['name'], profile.name)
  const server = take(['server'], withoutSlash(profile.server))
  const { distribution, install } = resolveDistribution(profile, choice)
  const network = resolveNetwork(profile, distribution, choice)
  const placement = resolvePlacement(profile, choice)
  const etcdPlacement = etcdPlacementOf(profile)
  const initializes = resolveInitializes(profile, choice)
  const machines = resolveMachines(profile, sources, placement, etcdPlacement, initializes)
  const balancers = machines.filter((machine) => machine.balancesLoad)
  const loadBalancing =
    placement === null || !profile.loadBalancing
      ? null
      : resolveLoadBalancing(profile.loadBalancing, profile.name, placement, balancers.length, choice)
  const controlPlanes = machines.filter((machine) => machine.role === 'control-plane')
  const apiEndpoint = resolveApiEndpoint(loadBalancing, controlPlanes, choice)
  const etcd = resolveEtcd(profile, etcdPlacement, machines, choice)
  const kubernetes = resolveKubernetes(
    profile.kubernetes,
    kernelOfNodes(machines, distribution),
    sources,
    choice,
  )
  const mirrors = resolveMirrors(profile, distribution, machines, choice)
  const networkPlugin = resolveNetworkPlugin(profile.networkPlugin, choice)
  const situation = { distribution, kubernetes, networkPlugin: networkPlugin.name, mirrors }
  const containerRuntime = resolveContainerRuntime(profile.containerRuntime, situation, choice)
  const selinux = distribution.selinux
    ? choose(['selinux'], profile.selinux, 'enforcing', `${distribution.title} has it`)
    : derive('selinux', null, `${distribution.title} comes without it`)
  const firewall = resolveFirewall(profile, choice)
  return {
    name: profile.name,
    server,
    distribution,
    install,
    network,
    machines,
    controlPlanes,
    workers: machines.filter((machine) => machine.role === 'worker'),
    balancers,
    loadBalancing,
    etcd,
    apiEndpoint,
    kubernetes,
    containerRuntime,
    networkPlugin,
    manifests: resolveManifests(profile),
    users: resolveUsers(profile),
    selinux,
    ...firewall,
    mirrors,
    trust: resolveTrust(profile, sources),
    facts: choice.facts,
  }
}

function resolveEtcd(
  profile: Profile,
  placement: EtcdPlacement,
  machines: readonly Machine[],
  choice: Choice,
): Cluster['etcd'] {
  const { choose } = choice
  const source = placement === 'stacked' ? 'an image, as kubeadm has it' : "the distribution's package"
  const reason =
    placement === 'dedicated' ? 'there are etcd machines' : 'kubeadm runs it on the control planes'
  return {
    placement: choose(['etcd', 'placement'], profile.etcd?.placement, placement, reason),
    members: machines.filter(({ runsEtcd }) => runsEtcd),
    clients: resolveEtcdClients(profile, choice),
    version: choose(
      ['etcd', 'version'],
      profile.etcd?.version,
      null,
      'whatever the package or the archive has',
    ),
    archive: choose(
      ['etcd', 'archive'],
      profile.etcd?.archive && resolveAsset(profile.etcd.archive),
      null,
      source,
    ),
  }
}

function resolveDistribution(
  profile: Profile,
  { take, choose }: Choice,
): Pick<Cluster, 'distribution' | 'install'> {
  const { name, version, install } = profile.distribution
  const distribution = findDistribution(name, version)
  const usual = distribution?.installs[0]
  if (!distribution || !usual) throw new Error(`unknown distribution ${name} ${version}`)
  take(['distribution', 'name'], name)
  take(['distribution', 'version'], version)
  return {
    distribution,
    install: choose(['distribution', 'install'], install, usual, `the usual way for ${distribution.title}`),
  }
}

function resolveNetwork(
  { network: given, machines }: Profile,
  distribution: Distribution,
  { take, choose }: Choice,
): Cluster['network'] {
  const subnet = parseNetwork(given.subnet)
  if (!subnet) throw new Error(`not a network: ${given.subnet}`)
  return {
    subnet: take(['network', 'subnet'], subnet.text),
    prefixLength: subnet.prefixLength,
    netmask: netmask(subnet),
    subnet6: choose(['network', 'subnet6'], given.subnet6, null, 'virtual addresses are IPv4'),
    gateway: take(['network', 'gateway'], canonicalAddress(given.gateway)),
    nameServers: take(['network', 'nameServers'], given.nameServers.map(canonicalAddress)),
    timeServers: choose(
      ['network', 'timeServers'],
      given.timeServers,
      distribution.defaultTimeServers,
      `the pool of ${distribution.title}`,
    ),
    searchDomain: choose(['network', 'searchDomain'], given.searchDomain, null, 'names have no domain'),
    hosts: choose(
      ['network', 'hosts'],
      given.hosts,
      machines.length <= hostsOfWholeCluster ? 'cluster' : 'essential',
      `cluster up to ${hostsOfWholeCluster} machines, essential above; there are ${machines.length}`,
    ),
  }
}

function resolveApiEndpoint(
  loadBalancing: LoadBalancing | null,
  controlPlanes: readonly Machine[],
  { derive }: Choice,
): Cluster['apiEndpoint'] {
  const [first] = controlPlanes
  if (!first) throw new Error('a cluster without a control plane')
  const endpoint = loadBalancing?.api ?? { address: first.address, port: apiServerPort }
  const reason = loadBalancing ? addressReason(loadBalancing) : 'the address of the only control plane'
  const host = endpoint.address.includes(':') ? `[${endpoint.address}]` : endpoint.address
  derive('apiEndpoint', `${host}:${endpoint.port}`, reason)
  return { address: endpoint.address, port: endpoint.port }
}

const addressReason = ({ placement }: LoadBalancing): string =>
  placement === 'external' ? 'the address of the external load balancer' : 'the virtual address'

/** @returns name of the control plane that runs `kubeadm init` */
function resolveInitializes({ kubernetes, machines }: Profile, { choose }: Choice): string {
  const first = machines.find(({ role }) => role === 'control-plane')
  if (!first) throw new Error('a cluster without a control plane')
  return choose(
    ['kubernetes', 'initializes'],
    kubernetes.initializes,
    first.name,
    'the first control plane in the profile runs kubeadm init',
  )
}

const resolveUsers = (profile: Profile): Cluster['users'] =>
  profile.users.map((user, index) => ({
    name: user.name,
    sshKeys: user.sshKeys ?? [],
    sudo: user.sudo ?? true,
    passwordHash: user.passwordHash ?? null,
    from: ['users', index],
  }))
