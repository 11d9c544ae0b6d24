import type { KernelArguments } from '../assembly/kernel-arguments.ts'
import type { Cluster, HostsEntry, Machine } from '../cluster/cluster.ts'
import type { InstallMethod } from '../distributions/install-methods.ts'
import type { Path } from '../diagnostics/diagnostic.ts'
import type { CloudConfig } from '../seeds/cloud-init.ts'

/** A kernel argument: `name=value`, or the name alone. Encoders for boot loaders write it (src/boot/). */
export type KernelArgument = { name: string; value?: string }

/** A file that a machine boots from, and that the operator puts below `assets/` on the server. */
export type BootFile = {
  /** Below `assets/`. */
  path: string
  /** Where the operator gets it, as the end of "put it there from …". */
  source: string
  /** From the profile, if the program that fetches the file verifies it. */
  sha256?: string
  /** Its position in the profile, if the profile names it. */
  from?: Path
}

export type BootFiles = {
  kernel: BootFile
  initrd: BootFile
  /** What kernel and initrd fetch next: the image of an installer, or of the whole system. */
  image?: BootFile
}

/** A file that answers the questions of an installer, one for each machine: `DIRECTORY/MAC` and an ending. */
export type Answers = {
  /** Relative to the top of the site. */
  directory: string
  ending: string
  /** Whether it contains a secret. */
  secret: boolean | ((cluster: Cluster) => boolean)
  /**
   * The text.
   *
   * @param declared kernel arguments from the profile and components
   * @throws for profiles that the rules reject, e.g. a machine without a disk
   */
  write(cluster: Cluster, machine: Machine, declared: KernelArguments): string
  /**
   * The parts that matter only while the installer runs, because the machine has them in a separate file as well. A change of these
   * requires nothing on an installed machine. With the flag `g`.
   */
  transient?: RegExp
  /**
   * Ending of a file that the installer fetches once the disk contains a whole system. Until then the disk does not boot, and another
   * network boot starts the installation again. Absent: its progress is unknown, so it starts only once.
   */
  done?: string
}

/** An installer whose answers contain the machine's own cloud-config, and replace it as user-data. */
export type SeedInAnswers = {
  /** The keys below which the cloud-config is nested. */
  at: readonly [string, ...string[]]
  /** The YAML text of the whole in pieces, without the `#cloud-config` line. */
  pieces(cluster: Cluster, machine: Machine, config: CloudConfig, declared: KernelArguments): Buffer[]
}

/**
 * An install method. Everything else iterates over installers, or reads the facts of the method. All functions are pure.
 * docs/writing-an-installer.md explains how to write one.
 */
export type Installer = {
  /** Facts for the rooms below: rules of the profile and components read them. */
  method: InstallMethod
  bootFiles(cluster: Cluster, machine: Machine): BootFiles
  /**
   * Arguments of the kernel that boots over the network: where to find everything else. Their names are those of `method.ownArguments`.
   * Arguments of the profile and consoles follow them.
   */
  kernelArguments(cluster: Cluster, machine: Machine): KernelArgument[]
  /** Answers in a separate file; null if there are none, or if they are part of the seed. */
  answers: Answers | null
  /** `own`: the seed is the machine's own cloud-config. */
  seed: 'own' | SeedInAnswers
}

/** The default directory of a release's boot files below `assets/`, one for each architecture. */
export const bootDirectory = ({ architecture, system }: Machine): string =>
  `${system.distribution.name}-${system.distribution.version}-${architecture}`

/** Path of a machine's answers within the site: under its first MAC address, whichever interface it boots from. */
export const answersPath = ({ directory, ending }: Answers, machine: Machine): string =>
  `${directory}/${machine.macs[0]}${ending}`

/** Path of the file that an installer fetches last. */
export const donePath = ({ directory, done }: Answers, machine: Pick<Machine, 'macs'>): string =>
  `${directory}/${machine.macs[0]}${done ?? ''}`

/** Address of a machine's answers. */
export const answersAddress = (cluster: Cluster, answers: Answers, machine: Machine): string =>
  `${cluster.server}/${answersPath(answers, machine)}`

/** A line of hosts(5), for the installer's own system. */
export const hostsLine = ({ address, names }: HostsEntry): string => `${address} ${names.join(' ')}`
