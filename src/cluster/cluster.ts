import type { Path } from '../diagnostics/diagnostic.ts'
import type { Distribution, InstallMethod } from '../distributions/distribution.ts'
import type { Mirrors } from '../distributions/mirrors.ts'
import type {
  ContainerRuntimeName,
  EtcdPlacement,
  KernelArgumentScope,
  KernelPackage,
  LoadBalancingPlacement,
  NetworkPluginName,
  Role,
} from '../profile/schema.ts'
import type { Stage } from '../profile/stages.ts'
import type { Secrets } from '../secrets/secrets.ts'

/** A value that came from the profile (`from` says where) or is hakube's own (`from` is absent). */
export type From = { from?: Path }

export type SysctlSetting = From & { key: string; value: string }
export type ModuleSetting = From & { name: string }
export type ArgumentSetting = From & { argument: string; appliesTo: KernelArgumentScope }
export type LimitSetting = From & { domain: string; type: 'soft' | 'hard' | '-'; item: string; value: string }
export type PackageSetting = From & { name: string }
export type LabelSetting = From & { key: string; value: string }
export type TaintSetting = From & { key: string; value: string; effect: string }
/** An argument of a program, without leading dashes. */
export type NamedArgument = From & { name: string; value: string }
export type FileSetting = From & {
  path: string
  mode: string
  owner: string
  content: string
  /** The text is that of a file beside the profile (`source`). */
  besideProfile?: true
  secret: boolean
}
export type CommandSetting = From & {
  name: string
  run: string
  secret: boolean
  /** Stages of the first boot that it stands between; after everything else where neither is there. */
  before?: Stage | undefined
  after?: Stage | undefined
}

/** @property name of its file, without an ending; @property pem without a line break at its end */
export type TrustedCertificate = From & { name: string; pem: string }

/** What the profile sets for one machine: profile, role and machine merged, the narrower wins. */
export type MachineSettings = {
  modules: readonly ModuleSetting[]
  kernelArguments: readonly ArgumentSetting[]
  sysctls: readonly SysctlSetting[]
  limits: readonly LimitSetting[]
  files: readonly FileSetting[]
  packages: readonly PackageSetting[]
  /** Null where nothing says so: the distribution's own. */
  kernelPackage: (From & { name: KernelPackage }) | null
  labels: readonly LabelSetting[]
  /** Null where nothing says so; empty where the profile says that there are none, not even kubeadm's own. */
  taints: readonly TaintSetting[] | null
  kubeletArguments: readonly NamedArgument[]
  commands: readonly CommandSetting[]
}

export type Machine = {
  /** Position in the profile's `machines`. */
  index: number
  name: string
  /** With the search domain, if there is one. */
  fullName: string
  role: Role
  /** Lower case with dashes, as iPXE's `${mac:hexhyp}` writes it. The first has the address. */
  macs: readonly [string, ...string[]]
  address: string
  disk: string | null
  architecture: 'amd64' | 'arm64'
  firmware: 'bios' | 'uefi'
  console: string | null
  /** Runs haproxy and keepalived. */
  balancesLoad: boolean
  /** Position among the machines that balance load, from 0; null for the others. */
  balancerRank: number | null
  /** Runs `kubeadm init`. */
  initializes: boolean
  /** Runs etcd as a service of its own; false where kubeadm runs it (stacked). */
  runsEtcd: boolean
  settings: MachineSettings
}

/** A file that the operator puts below `assets/` of the server; sha256 in lower case. */
export type Asset = { path: string; sha256: string }

export type LoadBalancing = {
  placement: LoadBalancingPlacement
  /** `address` is the first of `addresses`. */
  api: { address: string; addresses: readonly string[]; port: number }
  ingress: {
    address: string
    addresses: readonly string[]
    httpPort: number
    httpsPort: number
    workerHttpPort: number
    workerHttpsPort: number
  } | null
  virtualRouterId: number
  sourceAddress: string | null
  connectionSync: boolean
  /** Of the static pods; null for other placements. */
  images: { haproxy: string; keepalived: string } | null
  /** Null: the distribution's. */
  haproxyPackage: (Asset & { version: string }) | null
}

export type Etcd = {
  placement: EtcdPlacement
  /** Machines that run etcd as a service, in the profile's order; empty when stacked. */
  members: readonly Machine[]
  /** Roles whose machines get a client certificate each. */
  clients: readonly Role[]
  /** The version that it has to be; null: whatever comes. */
  version: string | null
  /** Below the server's `assets/`; null: the distribution's package. */
  archive: Asset | null
}

/** Where kubeadm lets the API server itself listen. */
export const apiServerPort = 6443

export type Kubernetes = {
  /** Without a leading v, e.g. `1.35.2`. */
  version: string
  /** `1.35` */
  minor: string
  podNetwork: string
  serviceNetwork: string
  domain: string
  proxyMode: 'iptables' | 'ipvs' | 'nftables'
  /** Where the API server itself listens. */
  apiServerPort: number
  /** How further control planes come by the keys of the authorities. */
  certificates: 'upload-certs' | 'preplaced'
  /** How long after `kubeadm init` machines of the profile can join by themselves. */
  joinDeadlineHours: number
  /** Beyond those that follow from the profile. */
  certificateNames: readonly string[]
  /** Null: kubeadm's own. */
  imageRepository: string | null
  featureGates: Readonly<Record<string, boolean>>
  arguments: Readonly<Record<'apiServer' | 'controllerManager' | 'scheduler', readonly NamedArgument[]>>
  /** What each component reads beyond that; its pod sees it under the same path. */
  files: Readonly<Record<'apiServer' | 'controllerManager' | 'scheduler', readonly FileSetting[]>>
  /** `policy` is the text of the profile's own audit policy; null: hakube's. */
  audit: { policy: string | null } | null
  encryptionAtRest: { resources: readonly string[] } | null
}

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

export type NetworkPlugin = {
  name: NetworkPluginName
  manifest: Asset | null
  archive: Asset | null
  plugins: Asset | null
}

export type OpenPort = From & {
  name: string | null
  protocol: 'tcp' | 'udp' | 'sctp'
  port: number
  lastPort: number
  /** Addresses and networks; empty: everybody. */
  sources: readonly string[]
  /** Null: all machines. */
  roles: readonly Role[] | null
  /** Names of machines beside those of roles. */
  machines: readonly string[]
}

export type Manifest = From & Asset & { name: string }

/** One row of `explain`: a value of the cluster and where it comes from. */
export type Fact = From & {
  name: string
  value: string
  /** For defaults: why this value. */
  reason?: string
}

/**
 * The whole cluster with every default filled in and everything derived. Pure data, made by resolve.ts; nobody writes to
 * it afterwards.
 */
export type Cluster = {
  name: string
  /** Base address of hakube's server without a trailing slash. */
  server: string
  distribution: Distribution
  install: InstallMethod
  network: {
    subnet: string
    prefixLength: number
    /** IPv6, for virtual addresses. */
    subnet6: string | null
    netmask: string
    gateway: string
    nameServers: readonly string[]
    timeServers: readonly string[]
    searchDomain: string | null
    hosts: 'cluster' | 'essential'
  }
  machines: readonly Machine[]
  controlPlanes: readonly Machine[]
  workers: readonly Machine[]
  balancers: readonly Machine[]
  loadBalancing: LoadBalancing | null
  etcd: Etcd
  /** What clients and machines use: the virtual address, or the only control plane's own. */
  apiEndpoint: { address: string; port: number }
  kubernetes: Kubernetes
  containerRuntime: ContainerRuntime
  networkPlugin: NetworkPlugin
  manifests: readonly Manifest[]
  users: readonly (From & {
    name: string
    sshKeys: readonly string[]
    sudo: boolean
    passwordHash: string | null
  })[]
  selinux: 'enforcing' | 'permissive' | null
  firewall: boolean
  /** What the profile opens beside the ports of components. */
  openPorts: readonly OpenPort[]
  mirrors: Mirrors
  /** Certificates of the user's own authorities. */
  trust: readonly TrustedCertificate[]
  facts: readonly Fact[]
  secrets: Secrets
}
