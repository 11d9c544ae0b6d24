import type { InstallMethodName } from './install-methods.ts'

/** Names by which components refer to packages; each distribution maps them to its own names, or to null if it has none. */
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

/** The service that configures the network of a machine. */
export type NetworkService = 'NetworkManager' | 'systemd-networkd' | 'ifupdown'

/** Package trees of one architecture, as paths relative to the mirror's base, without trailing slashes. */
export type PackageTrees = {
  /** The tree from which the installer starts (kickstart's `url`): the one with `.treeinfo`. */
  install: string
  /** Additional repositories with packages that hakube needs (kickstart's `repo`). */
  repositories: readonly { name: string; path: string }[]
}

/** The last minor release of Kubernetes that runs, and why later ones do not. */
export type KubernetesLimit = { minor: string; reason: string; source: string }

/** A kernel that ELRepo builds for a release. */
export type NewerKernel = {
  package: string
  /** major.minor of the oldest one that a machine can get today. */
  version: string
  architectures: readonly ('amd64' | 'arm64')[]
}

/** ELRepo's kernel repository. Its paths are relative to a base that `mirrors.repositories.elrepo` can replace. */
export type NewerKernels = {
  base: string
  /** Relative to the base. */
  path: string
  /** Addresses of the keys that sign its packages, and their fingerprints. */
  keys: readonly string[]
  fingerprints: readonly string[]
  'elrepo-lt': NewerKernel | null
  'elrepo-ml': NewerKernel | null
}

/**
 * Everything that hakube knows about one release of a distribution, as plain data. Components read these facts and never compare a
 * distribution's name. Every fact has its source next to it.
 */
export type Distribution = {
  name: string
  version: string
  /** For messages and menus, e.g. `Rocky Linux 9`. */
  title: string
  family: 'rhel' | 'debian'
  packageManager: 'apt' | 'dnf' | 'yum'
  /** The first one is the default. */
  installs: readonly [InstallMethodName, ...InstallMethodName[]]
  /** By install method. The operator builds live images: for them it is the service that hakube supports. */
  networkServices: Readonly<Partial<Record<string, NetworkService>>>
  /** Packages by hakube's names; null: not available, or part of the base system. */
  packages: Readonly<Record<GenericPackage, string | null>>
  units: Readonly<Record<GenericUnit, string>>
  /** Aliases of units (Alias= of systemd.unit(5)). */
  unitAliases: Readonly<Partial<Record<GenericUnit, readonly string[]>>>
  /** Groups that may use sudo, e.g. `wheel`. */
  adminGroup: string
  /** Kinds of password hashes that its crypt(3) supports: the text between the first two dollar signs. */
  passwordHashes: readonly string[]
  chronyConfiguration: string
  defaultTimeServers: readonly string[]
  /** The program that filters ports. */
  firewall: 'firewalld' | 'nftables'
  selinux: boolean
  /** major.minor of the kernel that the release installs. */
  kernel: string
  /**
   * Package with modules that nodes and load balancers need and that the kernel packages lack. It fits only one kernel, so an installer
   * installs it together with the kernel; on an image it pulls in another kernel (components/kernel.ts). Null if none is needed.
   */
  kernelModulesPackage: string | null
  /** Newer kernels from third parties; null if hakube knows none. */
  newerKernels: NewerKernels | null
  /** Version of control groups (cgroups) at first boot. */
  cgroups: 1 | 2
  /** Its systemd (256 or later) does not start with version 1: NEWS of systemd 256 and 258. */
  onlyCgroups2?: true
  /** Names are resolved by systemd-resolved on the machine: /etc/resolv.conf has its address, and another file the name servers. */
  usesResolved?: true
  /**
   * Its /etc/ssh/sshd_config has no Include, so sshd reads no drop-ins: `include` if sshd supports the keyword, `lines` if not (OpenSSH
   * before 8.2).
   */
  sshDropIns?: 'include' | 'lines'
  /** The oldest version on machines of this release; components may rely on its features. The same for the next three. */
  haproxyVersion: string
  keepalivedVersion: string
  conntrackdVersion: string
  cloudInitVersion: string
  /** Its curl is built with NSS, whose reader of PEM files knows only RSA keys (bugzilla.redhat.com/1440873). */
  curlReadsOnlyRsaKeys?: true
  /** Version of its etcd package, which machines get; null without one. */
  etcdVersion: string | null
  /** Version number of containerd's configuration format (2: containerd 1.x, 3: containerd 2.x). */
  containerdConfiguration: 2 | 3
  /** The containerd package of the distribution itself, with its configuration format; null without one. */
  ownContainerd: { package: string; configuration: 2 | 3 } | null
  /** The Docker packages of the distribution itself, including the command; null without any. */
  ownDocker: readonly string[] | null
  /** Default locale that exists without installing one. */
  locale: string
  /** Program that adds arguments to the boot loader of the installed system. */
  bootLoaderTool: 'grubby' | 'update-grub'
  /** Base of the distribution's own packages, without a trailing slash; null if they need a subscription. */
  mirror: string | null
  /** Base of the arm64 packages, if `mirror` has none. */
  portsMirror?: string
  /** Red Hat family: paths relative to the mirror; null if apt finds them by code name. */
  trees: Readonly<Record<'amd64' | 'arm64', PackageTrees>> | null
  /** Debian family: name of the suite at the mirrors, e.g. `bookworm`; null in the Red Hat family. */
  codename: string | null
  /**
   * Debian family: the archives that a machine uses: the suffix of the mirror's base, their suites and the components to use; null in the
   * Red Hat family.
   */
  archives:
    | readonly {
        suffix: string
        suites: readonly string[]
        components: readonly string[]
        /** It contains the security updates. */
        isSecurity?: true
        /** The distribution's own address of it, if not within its mirror. */
        mirror?: string
      }[]
    | null
  /**
   * Its apt rejects OpenPGP signatures of version 3 by any key: apt 2.9.19 and later use sqv, whose policy accepted them until
   * 2026-02-01.
   */
  refusesOldSignatures: boolean
  /**
   * How many files its systemd lets services open. The soft limit is null if systemd uses one number for both, as 219 does
   * (systemd.exec(5) there: "settings set both soft and hard limits").
   */
  openFilesOfServices: Readonly<{ soft: number | null; hard: number }>
  /**
   * Files in which the distribution lists its repositories, as bash patterns: a mirror replaces these. Other files there belong to the
   * user.
   */
  repositoryLists: readonly string[]
  /** File on the installed system with the keys that sign the distribution's packages. */
  signingKey: string
  /** Repositories in addition to the distribution's own that a package of `packages` needs, with the fingerprints of their keys. */
  extraRepositories: readonly { name: string; url: string; key: string; fingerprints: readonly string[] }[]
  /** Last minor release of Kubernetes that its kernel and control groups support, e.g. `1.34`; null: no known limit. */
  lastKubernetes: KubernetesLimit | null
  /** The same with a kernel of `newerKernels`. */
  lastKubernetesOnNewerKernel: KubernetesLimit | null
  /** Day on which maintenance ended, `2024-06-30`; null while maintained. */
  endOfLife: string | null
}
