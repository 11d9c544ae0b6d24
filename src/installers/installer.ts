import type { KernelArguments } from '../assembly/kernel-arguments.ts'
import type { Cluster, HostsEntry, Machine } from '../cluster/cluster.ts'
import type { InstallMethod } from '../distributions/install-methods.ts'
import type { Path } from '../diagnostics/diagnostic.ts'
import type { CloudConfig } from '../seeds/cloud-init.ts'

/** An argument of a kernel: `name=value`, or the name alone. Boot loaders' encoders write it down (src/boot/). */
export type KernelArgument = { name: string; value?: string }

/** A file that a machine boots from, and that the operator puts below `assets/` of the server. */
export type BootFile = {
  /** Below `assets/`. */
  path: string
  /** Where it is to be had, as the end of "put it there from …". */
  source: string
  /** Of the profile, where what reads the file verifies it. */
  sha256?: string
  /** The place in the profile of what names it. */
  from?: Path
}

export type BootFiles = {
  kernel: BootFile
  initrd: BootFile
  /** What kernel and initrd fetch next: the image of an installer, or of the whole system. */
  image?: BootFile
}

/** A file with which an installer answers its own questions, one for each machine: `DIRECTORY/MAC` and an ending. */
export type Answers = {
  /** Below the site's top. */
  directory: string
  ending: string
  /** Whether something in it is secret. */
  secret: boolean | ((cluster: Cluster) => boolean)
  /**
   * The text.
   *
   * @param declared kernel arguments that the profile and components want
   * @throws for what the rules of the profile refuse, e.g. a machine without a disk
   */
  write(cluster: Cluster, machine: Machine, declared: KernelArguments): string
  /**
   * What in it is used only while the installer runs, because the machine has it in a file of its own as well. A change of it takes
   * nothing on a machine that is there. Global.
   */
  transient?: RegExp
  /**
   * Ending of a file beside it that the installer fetches when the disk holds a whole system. Until then the disk does not start, and
   * another boot from the network begins the installation again. Absent: nobody knows how far it came, and it begins once.
   */
  done?: string
}

/** An installer whose answers hold the machine's own cloud-config, and are served in its place. */
export type SeedInAnswers = {
  /** Keys above the cloud-config. */
  at: readonly [string, ...string[]]
  /** YAML text of the whole, in pieces to be put together, without the `#cloud-config` line. */
  pieces(cluster: Cluster, machine: Machine, config: CloudConfig, declared: KernelArguments): Buffer[]
}

/**
 * One way in which an operating system gets onto a machine. Everything else iterates over installers, or reads the facts of the
 * method. All functions are pure. docs/writing-an-installer.md walks through one.
 */
export type Installer = {
  /** Facts for the rooms above: rules of the profile and components. */
  method: InstallMethod
  bootFiles(cluster: Cluster, machine: Machine): BootFiles
  /**
   * What the kernel that boots over the network is told: where everything else is. Names are those of `method.ownArguments`. Arguments of
   * the profile and consoles come behind them.
   */
  kernelArguments(cluster: Cluster, machine: Machine): KernelArgument[]
  /** A file of its own; null: it has none, or answers and seed are one. */
  answers: Answers | null
  /** `own`: the seed is for the machine's cloud-init, as it is. */
  seed: 'own' | SeedInAnswers
}

/** Where the boot files of a distribution's release are below `assets/`, if nothing else says so: a directory for each architecture. */
export const bootDirectory = ({ architecture, system }: Machine): string =>
  `${system.distribution.name}-${system.distribution.version}-${architecture}`

/** Path of the answers of a machine below the site's top: under its first MAC address, whichever it boots from. */
export const answersPath = ({ directory, ending }: Answers, machine: Machine): string =>
  `${directory}/${machine.macs[0]}${ending}`

/** Path of the file that an installer fetches last. */
export const donePath = ({ directory, done }: Answers, machine: Pick<Machine, 'macs'>): string =>
  `${directory}/${machine.macs[0]}${done ?? ''}`

/** Address of the answers of a machine. */
export const answersAddress = (cluster: Cluster, answers: Answers, machine: Machine): string =>
  `${cluster.server}/${answersPath(answers, machine)}`

/** A line of hosts(5), for the installer's own system. */
export const hostsLine = ({ address, names }: HostsEntry): string => `${address} ${names.join(' ')}`
