import { timeServerName } from '../profile/schema-time.ts'
import { timeSources } from './time-sources.ts'
import type { Path } from '../diagnostics/diagnostic.ts'
import type { Distribution } from '../distributions/distribution.ts'
import { installMethod } from '../distributions/install-methods.ts'
import { architectures } from '../distributions/mirrors.ts'
import { oldestKernel } from '../distributions/kernels.ts'
import { compareVersions } from '../text/versions.ts'
import { defaultOf } from '../profile/defaults.ts'
import { isNodeRole, type Profile } from '../profile/schema.ts'
import { systemChoices, systemsOf, type ProfileSystem, type SystemChoice } from '../profile/systems.ts'
import { resolveAsset } from './asset-address.ts'
import type { Cluster, Machine, System } from './cluster.ts'
import { resolveContainerRuntime } from './container-runtime.ts'
import { factCollector, type Choice } from './facts.ts'
import { resolveSystemMirrors } from './mirrors.ts'

type Bare = Omit<Machine, 'system' | 'systemFrom'>
type Known = Pick<Cluster, 'kubernetes' | 'networkPlugin' | 'mirrors'>

function distributionOf({ distribution, name, version }: ProfileSystem): Distribution {
  if (!distribution) throw new Error(`unknown distribution ${name} ${version}`)
  return distribution
}

/** The narrowest position in the profile that selects this distribution or release. */
const placeOf = ({ name, version }: SystemChoice): Path =>
  version === null || version.path.slice(0, -1).join('.') === name.path.slice(0, -1).join('.')
    ? name.path
    : version.path

/** The machines with this system. */
function among(machines: readonly Bare[], { indices }: ProfileSystem): Bare[] {
  const meant = new Set(indices)
  return machines.filter(({ index }) => meant.has(index))
}

/** major.minor of the oldest kernel among the machines that run kubelet and kube-proxy. */
export function kernelOfNodes(profile: Profile, machines: readonly Bare[]): string {
  const nodes = machines.filter(({ role }) => isNodeRole(role))
  const kernels = systemsOf(profile).flatMap((system) => {
    const names = among(nodes, system).map(({ settings }) => settings.kernelPackage?.name ?? null)
    return names.length > 0 ? [oldestKernel(distributionOf(system), names)] : []
  })
  const [oldest] = kernels.toSorted(compareVersions)
  if (oldest === undefined) throw new Error('a cluster without nodes')
  return oldest
}

/** Gives each machine its operating system; machines with equal systems share one object. */
export function withSystems(profile: Profile, machines: readonly Bare[], known: Known): Machine[] {
  const choices = systemChoices(profile)
  const systems = new Map<number, System>()
  for (const each of systemsOf(profile)) {
    const system = resolveSystem(profile, each, among(machines, each), known)
    for (const index of each.indices) systems.set(index, system)
  }
  return machines.map((machine): Machine => {
    const system = systems.get(machine.index)
    const choice = choices[machine.index]
    if (!system || !choice) throw new Error(`${machine.name}: no operating system`)
    return {
      ...machine,
      system,
      systemFrom: { distribution: placeOf(choice), install: choice.install?.path ?? null },
    }
  })
}

function resolveSystem(
  profile: Profile,
  chosen: ProfileSystem,
  machines: readonly Bare[],
  { kubernetes, networkPlugin, mirrors }: Known,
): System {
  const distribution = distributionOf(chosen)
  const choice = factCollector()
  const { choose, facts } = choice
  const timeServers = choose(
    ['network', 'timeServers'],
    profile.network.timeServers?.map((item) => timeServerName(item).text),
    defaultOf.timeServers.of(distribution),
  )
  const situation = { distribution, kubernetes, networkPlugin: networkPlugin.name, mirrors }
  return {
    distribution,
    install: installMethod(chosen.install ?? distribution.installs[0]),
    images: imagesOf(chosen),
    timeServers,
    timeSources: timeSources(profile.network.timeServers ?? distribution.defaultTimeServers, distribution),
    mirrors: resolveSystemMirrors(profile, distribution, machines, choice),
    containerRuntime: resolveContainerRuntime(profile.containerRuntime, situation, choice),
    selinux: resolveSelinux(profile, distribution, choice),
    facts,
  }
}

/** Empty if the profile lists none. */
function imagesOf({ choice: { images } }: ProfileSystem): System['images'] {
  if (images === null) return {}
  return Object.fromEntries(
    architectures.flatMap((architecture) => {
      const image = images.value[architecture]
      return image ? [[architecture, { ...resolveAsset(image), from: [...images.path, architecture] }]] : []
    }),
  )
}

const resolveSelinux = (
  { selinux }: Profile,
  distribution: Distribution,
  { choose, derive }: Choice,
): System['selinux'] =>
  distribution.selinux
    ? choose(['selinux'], selinux, defaultOf.selinux.of(distribution))
    : derive('selinux', null, `${distribution.title} does not use it`)
