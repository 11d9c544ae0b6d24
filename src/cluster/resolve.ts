import { hostOfAddress } from '../text/web-address.ts'
import { hostAndPort } from '../text/host-and-port.ts'
import { netmask, parseNetwork } from '../network/addresses.ts'
import { apiServerPort, type Default, defaultOf, defaults } from '../profile/defaults.ts'
import { derivedSubnet6, withNodeAddresses6 } from '../profile/node-addresses6.ts'
import { etcdPlacementOf } from '../profile/placements.ts'
import type { EtcdPlacement, Profile } from '../profile/schema.ts'
import { argumentTexts } from '../profile/schema-arguments.ts'
import { usualDelivery, usualDeliveryPortOf } from '../profile/secret-delivery.ts'
import { secretPolicy } from '../secrets/policy.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { resolveAsset } from './asset-address.ts'
import { resolveBootMenu } from './boot-menu.ts'
import type { Cluster, LoadBalancing, Machine } from './cluster.ts'
import { factCollector, type Choice } from './facts.ts'
import { resolveFirewall } from './firewall.ts'
import { resolveKubernetes } from './kubernetes.ts'
import { resolveLoadBalancing, resolvePlacement } from './load-balancing.ts'
import { resolveEtcdClients, resolveManifests, resolveNetworkPlugin } from './network-plugin.ts'
import { resolveSubnets } from './resolve-links.ts'
import { canonicalAddress, resolveMachines } from './machines.ts'
import { resolveMirrors, withoutSlash } from './mirrors.ts'
import { resolveProxy } from './proxy.ts'
import { resolveRegional } from './regional.ts'
import type { Sources } from './settings.ts'
import { kernelOfNodes, withSystems } from './systems.ts'
import { resolveTrust } from './trust.ts'
import { resolveVolumes } from './volumes.ts'

/**
 * Fills in every default and derives everything else. Pure: equal profiles, sources and secrets give equal clusters.
 *
 * @param profile one without errors: the rules have rejected everything that makes no sense here
 * @param sources texts of `files[].source`, by the path as written
 * @throws when the profile was not checked before
 */
export function resolve(profile: Profile, sources: Sources, secrets: Secrets): Cluster {
  const cluster = resolveWithoutSecrets(profile, sources)
  if (!secrets.ephemeral) return { ...cluster, secrets }
  const { derive, facts } = factCollector()
  derive('secrets', 'ephemeral', 'generated for this run: not for real machines')
  return { ...cluster, facts: [...cluster.facts, ...facts], secrets }
}

/** The part of the cluster that needs no secrets: enough to determine which secrets it needs. */
export function resolveWithoutSecrets(given: Profile, sources: Sources): Omit<Cluster, 'secrets'> {
  const profile = withNodeAddresses6(given)
  const choice = factCollector()
  const { take, choose } = choice
  take(['name'], profile.name)
  const server = take(['server'], withoutSlash(profile.server))
  const syslog = resolveSyslog(profile, choice)
  const deadline = choose(['deadline'], profile.deadline, defaultOf.deadline)
  const bootMenu = resolveBootMenu(profile, choice)
  const enrolment = resolveEnrolment(profile, choice)
  const network = resolveNetwork(given, choice)
  const placement = resolvePlacement(profile, choice)
  const etcdPlacement = etcdPlacementOf(profile)
  const initializes = resolveInitializes(profile, choice)
  const bare = resolveMachines(profile, sources, placement, etcdPlacement, initializes)
  const kubernetes = resolveKubernetes(profile.kubernetes, kernelOfNodes(profile, bare), sources, choice)
  const mirrors = resolveMirrors(profile, choice, sources)
  const networkPlugin = resolveNetworkPlugin(profile.networkPlugin, choice)
  const machines = withSystems(profile, bare, { kubernetes, networkPlugin, mirrors })
  const balancers = machines.filter((machine) => machine.balancesLoad)
  const loadBalancing =
    placement === null || !profile.loadBalancing
      ? null
      : resolveLoadBalancing(profile.loadBalancing, profile.name, placement, balancers.length, choice)
  const controlPlanes = machines.filter((machine) => machine.role === 'control-plane')
  const apiEndpoint = resolveApiEndpoint(loadBalancing, controlPlanes, choice)
  const etcd = resolveEtcd(profile, etcdPlacement, machines, choice)
  const firewall = resolveFirewall(profile, choice)
  const extraHosts = resolveExtraHosts(profile)
  return {
    name: profile.name,
    server,
    enrolment,
    syslog,
    deadline,
    bootMenu,
    network,
    regional: resolveRegional(profile, choice),
    extraHosts,
    machines,
    controlPlanes,
    workers: machines.filter((machine) => machine.role === 'worker'),
    balancers,
    loadBalancing,
    etcd,
    apiEndpoint,
    kubernetes,
    networkPlugin,
    manifests: resolveManifests(profile),
    users: resolveUsers(profile),
    ...firewall,
    mirrors,
    proxy: resolveProxy(
      profile,
      { apiEndpoint, extraHosts, kubernetes, loadBalancing, machines, network, server },
      choice,
    ),
    trust: resolveTrust(profile, sources),
    facts: choice.facts,
  }
}

function resolveSyslog(
  { server, syslogPort, netconsole }: Profile,
  { take, choose }: Choice,
): Cluster['syslog'] {
  if (syslogPort === undefined) return null
  return {
    host: hostOfAddress(new URL(server)),
    port: take(['syslogPort'], syslogPort),
    kernel: choose(['netconsole'], netconsole, defaultOf.netconsole),
  }
}

function resolveEnrolment(profile: Profile, { choose, derive }: Choice): Cluster['enrolment'] {
  const { server, secrets = {} } = profile
  const delivery = choose(['secrets', 'delivery'], secrets.delivery, usualDelivery(profile))
  if (delivery === 'inline') {
    derive(
      'seeds',
      'contain all secrets in clear text',
      'secrets.delivery is inline: anyone who can reach the server can read them while the machine is armed',
    )
    return null
  }
  const port = choose(['secrets', 'deliveryPort'], secrets.deliveryPort, usualDeliveryPortOf(profile))
  const { recipients: _, ...policy } = secretPolicy(profile)
  return { url: `https://${new URL(server).hostname}:${port}`, port, ...policy }
}

function resolveEtcd(
  profile: Profile,
  placement: EtcdPlacement,
  machines: readonly Machine[],
  choice: Choice,
): Cluster['etcd'] {
  const { choose } = choice
  return {
    placement: choose(
      ['etcd', 'placement'],
      profile.etcd?.placement,
      defaultOf.etcdPlacement.of(profile.machines),
    ),
    members: machines.filter(({ runsEtcd }) => runsEtcd),
    clients: resolveEtcdClients(profile, choice),
    version: choose(['etcd', 'version'], profile.etcd?.version, defaultOf.etcdVersion),
    archive: choose(
      ['etcd', 'archive'],
      profile.etcd?.archive && resolveAsset(profile.etcd.archive),
      defaultOf.etcdArchive.of(placement),
    ),
    arguments: Object.entries(argumentTexts(profile.etcd?.arguments)).map(([name, value]) => ({
      name,
      value,
      from: ['etcd', 'arguments', name],
    })),
    volumes: resolveVolumes(profile.etcd?.volumes, ['etcd', 'volumes']),
  }
}

/** The default of `subnet6`, which only nodes with IPv6 pods need. */
function usualSubnet6(profile: Profile): Default<string | null> {
  const value = derivedSubnet6(profile)
  return value === null ? defaultOf.subnet6 : { value, reason: 'nodes need one, which no router has to know' }
}

function resolveNetwork(profile: Profile, { take, choose }: Choice): Cluster['network'] {
  const { network: given, machines } = profile
  const subnet = parseNetwork(given.subnet)
  if (!subnet) throw new Error(`not a network: ${given.subnet}`)
  return {
    subnet: take(['network', 'subnet'], subnet.text),
    prefixLength: subnet.prefixLength,
    netmask: netmask(subnet),
    subnet6: choose(['network', 'subnet6'], given.subnet6, usualSubnet6(profile)),
    gateway: take(['network', 'gateway'], canonicalAddress(given.gateway)),
    subnets: resolveSubnets(withNodeAddresses6(profile)),
    nameServers: take(['network', 'nameServers'], given.nameServers.map(canonicalAddress)),
    searchDomain: choose(['network', 'searchDomain'], given.searchDomain, defaultOf.searchDomain),
    hosts: choose(['network', 'hosts'], given.hosts, defaultOf.hosts.of(machines.length)),
  }
}

function resolveApiEndpoint(
  loadBalancing: LoadBalancing | null,
  controlPlanes: readonly Machine[],
  { derive }: Choice,
): Cluster['apiEndpoint'] {
  const [first] = controlPlanes
  if (!first) throw new Error('a cluster without a control plane')
  const address = loadBalancing?.api.name ?? loadBalancing?.api.address ?? first.address
  const port = loadBalancing?.api.port ?? apiServerPort
  const reason = loadBalancing ? addressReason(loadBalancing) : 'the address of the only control plane'
  derive('apiEndpoint', hostAndPort(address, port), reason)
  return { address, port }
}

function addressReason({ api, placement }: LoadBalancing): string {
  const what = api.name === null ? 'address' : 'name'
  if (placement === 'external') return `the ${what} of the external load balancer`
  return api.name === null ? 'the virtual address' : 'the name of the virtual address'
}

/**
 * The control plane that runs `kubeadm init`.
 *
 * @returns its name
 */
function resolveInitializes({ kubernetes, machines }: Profile, { choose }: Choice): string {
  const first = machines.find(({ role }) => role === 'control-plane')
  if (!first) throw new Error('a cluster without a control plane')
  return choose(['kubernetes', 'initializes'], kubernetes.initializes, defaultOf.initializes.of(first.name))
}

const resolveExtraHosts = ({ extraHosts = [] }: Profile): Cluster['extraHosts'] =>
  extraHosts.map(({ address, names }, index) => ({
    address: canonicalAddress(address),
    names: [names].flat(),
    from: ['extraHosts', index],
  }))

const resolveUsers = (profile: Profile): Cluster['users'] =>
  profile.users.map((user, index) => ({
    name: user.name,
    sshKeys: user.sshKeys ?? [],
    sudo: (user.sudo ?? defaults.sudo) !== false,
    withPassword: user.sudo === 'password',
    groups: user.groups ?? [],
    uid: user.uid ?? defaults.uid,
    passwordHash: user.passwordHash ?? defaults.passwordHash,
    from: ['users', index],
  }))
