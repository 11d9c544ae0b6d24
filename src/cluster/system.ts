import type { TimeSource } from './time-sources.ts'
import type { Distribution } from '../distributions/distribution.ts'
import type { InstallMethod } from '../distributions/install-methods.ts'
import type { Architecture, SystemMirrors } from '../distributions/mirrors.ts'
import type { ContainerRuntimeName } from '../profile/schema.ts'
import type { Fact } from './facts.ts'
import type { From, NamedArgument } from './machine-settings.ts'

/* What follows from a machine's operating system. */

/** A file that the operator puts below `assets/` on the server; `sha256` is in lower case. */
export type Asset = { path: string; sha256: string }

export type ContainerRuntime = {
  name: ContainerRuntimeName
  /** The socket that the kubelet connects to, with `unix://`. */
  socket: string
  /** The unit that listens there. */
  unit: string
  /** Who publishes the packages of containerd or Docker. */
  packages: 'docker' | 'distribution'
  /** Packages to install. */
  installs: readonly string[]
  /** Command-line arguments that the kubelet needs. */
  kubeletArguments: readonly NamedArgument[]
  /** Version number of containerd's configuration format. */
  configuration: 2 | 3
  /** Release of cri-dockerd; null if none is needed. */
  criDockerd: Asset | null
  /** Repositories with the packages, in addition to the distribution's own. */
  repositories: Distribution['extraRepositories']
}

/**
 * The operating system of a machine, with everything that follows from it. Machines with equal systems share one object, by which
 * assembly/once.ts recognizes what it has already made for them.
 */
export type System = {
  distribution: Distribution
  install: InstallMethod
  /** Whole-disk images by architecture, for the install method `image`. */
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
