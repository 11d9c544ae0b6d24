import type { TimeSource } from './time-sources.ts'
import type { Distribution } from '../distributions/distribution.ts'
import type { InstallMethod } from '../distributions/install-methods.ts'
import type { Architecture, SystemMirrors } from '../distributions/mirrors.ts'
import type { ContainerRuntimeName } from '../profile/schema.ts'
import type { Fact } from './facts.ts'
import type { From, NamedArgument } from './machine-settings.ts'

/* What follows from the operating system of a machine. */

/** A file that the operator puts below `assets/` of the server; sha256 in lower case. */
export type Asset = { path: string; sha256: string }

export type ContainerRuntime = {
  name: ContainerRuntimeName
  /** Where the kubelet reaches it, with `unix://`. */
  socket: string
  /** The unit that answers there. */
  unit: string
  /** Whose containerd or Docker it is. */
  packages: 'docker' | 'distribution'
  /** Packages to install. */
  installs: readonly string[]
  /** What the kubelet has to be told on its command line. */
  kubeletArguments: readonly NamedArgument[]
  /** Version number of containerd's configuration format. */
  configuration: 2 | 3
  /** Release of cri-dockerd; null where it needs none. */
  criDockerd: Asset | null
  /** Where the package is, beyond the distribution's own repositories. */
  repositories: Distribution['extraRepositories']
}

/**
 * The operating system of a machine, with all that follows from it. Machines that have the same share one object, by which what is made
 * once for all of them is known (assembly/once.ts).
 */
export type System = {
  distribution: Distribution
  install: InstallMethod
  /** Images of a whole disk by architecture, for the install method `image`. */
  images: Readonly<Partial<Record<Architecture, Asset & From>>>
  containerRuntime: ContainerRuntime
  selinux: 'enforcing' | 'permissive' | null
  /** Names and addresses, for installers. */
  timeServers: readonly string[]
  /** The same with their options, for chrony. */
  timeSources: readonly TimeSource[]
  mirrors: SystemMirrors
  facts: readonly Fact[]
}
