import type { InstallMethodName } from './install-methods.ts'

/** Names that components use; each distribution says what it calls them, or null where it has no such thing. */
export type GenericPackage =
  | 'chrony'
  | 'conntrackd'
  | 'containerd'
  | 'curl'
  | 'etcd'
  | 'etcd-client'
  | 'haproxy'
  | 'keepalived'
  | 'nftables'
  | 'socat'
  | 'conntrack'
  | 'ipset'
  | 'iptables'
  | 'ipvsadm'

export type GenericUnit = 'chrony' | 'conntrackd'

/** What configures the network of a machine and watches over it. */
export type NetworkService = 'NetworkManager' | 'systemd-networkd' | 'ifupdown'

/** Package trees of one architecture, as paths below the mirror's base, without slashes at their ends. */
export type PackageTrees = {
  /** Tree that the installer starts from (kickstart's `url`): the one with `.treeinfo`. */
  install: string
  /** Further repositories that packages of hakube's are in (kickstart's `repo`). */
  repositories: readonly { name: string; path: string }[]
}

/** The last minor of Kubernetes that something can run, and why no later one. */
export type KubernetesLimit = { minor: string; reason: string; source: string }

/** A kernel that ELRepo builds for a release. */
export type NewerKernel = {
  package: string
  /** major.minor of the oldest that a machine can get today. */
  version: string
  architectures: readonly ('amd64' | 'arm64')[]
}

/** ELRepo's repository of kernels. Their files are below a base that `mirrors.repositories.elrepo` can name. */
export type NewerKernels = {
  base: string
  /** Below the base. */
  path: string
  /** Addresses of the keys that sign its packages, and their fingerprints. */
  keys: readonly string[]
  fingerprints: readonly string[]
  'elrepo-lt': NewerKernel | null
  'elrepo-ml': NewerKernel | null
}

/**
 * All that hakube knows about one release of a distribution, as plain data. Components ask here and never for a distribution's name.
 * Every fact has its source beside it.
 */
export type Distribution = {
  name: string
  version: string
  /** For messages and menus, e.g. `Rocky Linux 9`. */
  title: string
  family: 'rhel' | 'debian'
  packageManager: 'apt' | 'dnf' | 'yum'
  /** First is the default. */
  installs: readonly [InstallMethodName, ...InstallMethodName[]]
  /** By how the machine is installed. A live image is its operator's own: there it is the one that hakube cares for. */
  networkServices: Readonly<Partial<Record<string, NetworkService>>>
  /** Packages by their name here; null: not there, or part of the base system. */
  packages: Readonly<Record<GenericPackage, string | null>>
  units: Readonly<Record<GenericUnit, string>>
  /** Further names of them (Alias= of systemd.unit(5)). */
  unitAliases: Readonly<Partial<Record<GenericUnit, readonly string[]>>>
  /** Groups that may use sudo, e.g. `wheel`. */
  adminGroup: string
  /** Kinds of password hashes that its crypt(3) knows: what stands between the first two dollar signs. */
  passwordHashes: readonly string[]
  chronyConfiguration: string
  defaultTimeServers: readonly string[]
  /** What closes ports. */
  firewall: 'firewalld' | 'nftables'
  selinux: boolean
  /** major.minor of the kernel that the release installs. */
  kernel: string
  /**
   * Package with modules that nodes and load balancers need and the kernel's own packages leave out. It fits one kernel only, so an
   * installer takes it together with the kernel; on an image it brings another kernel along (components/kernel.ts). Null: there is no need for one.
   */
  kernelModulesPackage: string | null
  /** Newer kernels that others build for it; null: hakube knows none. */
  newerKernels: NewerKernels | null
  /** Control group version at first boot. */
  cgroups: 1 | 2
  /** Its systemd (256 or later) does not start with version 1: NEWS of systemd 256 and 258. */
  onlyCgroups2?: true
  /** Names are asked of systemd-resolved on the machine itself: /etc/resolv.conf has its address, and another file the name servers. */
  usesResolved?: true
  /**
   * Its /etc/ssh/sshd_config has no Include, so that sshd reads no drop-ins: `include` where sshd knows the keyword, `lines` where it does
   * not (OpenSSH before 8.2).
   */
  sshDropIns?: 'include' | 'lines'
  /** The oldest that a machine of this release can have: components may use what it knows. So the next three. */
  haproxyVersion: string
  keepalivedVersion: string
  conntrackdVersion: string
  cloudInitVersion: string
  /** Of its etcd package, which is the one that a machine gets; null where there is none. */
  etcdVersion: string | null
  /** Version number of containerd's configuration format (2: containerd 1.x, 3: containerd 2.x). */
  containerdConfiguration: 2 | 3
  /** The containerd among the distribution's own packages, with its configuration format; null: there is none. */
  ownContainerd: { package: string; configuration: 2 | 3 } | null
  /** Docker among the distribution's own packages: all that is needed, with the command; null: there is none. */
  ownDocker: readonly string[] | null
  /** Default locale that is there without installing one. */
  locale: string
  /** Adds arguments to the boot loader of the installed system. */
  bootLoaderTool: 'grubby' | 'update-grub'
  /** Base of the distribution's own packages, without a trailing slash; null where they take a subscription. */
  mirror: string | null
  /** Base of those for arm64, where that one has none. */
  portsMirror?: string
  /** rhel family: where things are below the mirror; null where apt finds them by the code name. */
  trees: Readonly<Record<'amd64' | 'arm64', PackageTrees>> | null
  /** debian family: name of the suite at the mirrors, e.g. `bookworm`; null in the rhel family. */
  codename: string | null
  /**
   * debian family: the archives that a machine uses, as what is added to the mirror's base, with their suites and the
   * components to take; null in the rhel family.
   */
  archives:
    | readonly {
        suffix: string
        suites: readonly string[]
        components: readonly string[]
        /** It has the security updates. */
        isSecurity?: true
        /** Where the distribution itself has it, if not below its mirror. */
        mirror?: string
      }[]
    | null
  /**
   * Its apt refuses OpenPGP signatures of version 3, whoever made them: apt 2.9.19 and later ask sqv, with a policy that took
   * them until 2026-02-01.
   */
  refusesOldSignatures: boolean
  /**
   * How many files its systemd lets services open. The soft limit is null where systemd takes one number for both, as 219 does
   * (systemd.exec(5) there: "settings set both soft and hard limits").
   */
  openFilesOfServices: Readonly<{ soft: number | null; hard: number }>
  /**
   * Files in which the distribution itself lists its repositories, as patterns of bash: what a mirror takes the place of. Every other
   * file there is the user's own.
   */
  repositoryLists: readonly string[]
  /** File of the installed system with the keys that sign the distribution's own packages. */
  signingKey: string
  /** Repositories beyond the distribution's own that a package of `packages` needs, with the fingerprints of their keys. */
  extraRepositories: readonly { name: string; url: string; key: string; fingerprints: readonly string[] }[]
  /** Last Kubernetes minor that its kernel and control groups can run, e.g. `1.34`; null: no limit known. */
  lastKubernetes: KubernetesLimit | null
  /** The same with a kernel of `newerKernels`. */
  lastKubernetesOnNewerKernel: KubernetesLimit | null
  /** Day the maintainers stopped, `2024-06-30`; null while maintained. */
  endOfLife: string | null
}
