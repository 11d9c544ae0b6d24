import type { Path } from '../diagnostics/diagnostic.ts'
import type { Mirrors } from '../distributions/mirrors.ts'
import type { EtcdPlacement, LoadBalancingPlacement, NetworkPluginName, Role } from '../profile/schema.ts'
import type {
  From,
  PlainMapping,
  NamedArgument,
  FileSetting,
  KubeadmPatch,
  TrustedCertificate,
  MachineSettings,
} from './machine-settings.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Fact } from './facts.ts'
import type { Storage } from './storage.ts'
import type { Asset, System } from './system.ts'
import type { HostVolume } from './volumes.ts'
import type { ClusterNetwork, MachineLinks } from './link-types.ts'

export type {
  From,
  SysctlSetting,
  ModuleSetting,
  ArgumentSetting,
  LimitSetting,
  PackageSetting,
  LabelSetting,
  TaintSetting,
  PlainMapping,
  NamedArgument,
  FileSetting,
  KubeadmPatch,
  CommandSetting,
  TrustedCertificate,
  MachineSettings,
} from './machine-settings.ts'

export type { Fact } from './facts.ts'
export type { Asset, ContainerRuntime, System } from './system.ts'

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
  storage: Storage
  architecture: 'amd64' | 'arm64'
  firmware: 'bios' | 'uefi'
  console: string | null
  /** Its network interfaces. */
  network: MachineLinks
  /** Runs haproxy and keepalived. */
  balancesLoad: boolean
  /** Position among the machines that balance load, from 0; null for the others. */
  balancerRank: number | null
  /** Runs `kubeadm init`. */
  initializes: boolean
  /** Runs etcd as a service of its own; false where kubeadm runs it (stacked). */
  runsEtcd: boolean
  settings: MachineSettings
  system: System
  /** Where the profile says which; `install` is null where it is the usual one. */
  systemFrom: { distribution: Path; install: Path | null }
}

export type LoadBalancing = {
  placement: LoadBalancingPlacement
  /** `addresses` is empty, and `address` the name, where an external load balancer is known by that alone. */
  api: { name: string | null; address: string; addresses: readonly string[]; port: number }
  ingress: {
    address: string
    addresses: readonly string[]
    httpPort: number
    httpsPort: number
    workerHttpPort: number
    workerHttpsPort: number
    /** Null: clients have the address of the load balancer. */
    proxyProtocol: 'v1' | 'v2' | null
  } | null
  /** Additional network of VRRP and connection synchronization; null: the nodes'. */
  network: string | null
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
  /** What the profile adds, or sets in place of hakube's own. */
  arguments: readonly NamedArgument[]
  /** For the etcd that kubeadm runs. */
  volumes: readonly HostVolume[]
}

export type Kubernetes = {
  /** Without a leading v, e.g. `1.35.2`. */
  version: string
  /** `1.35` */
  minor: string
  /** One, or one of each family; that of the primary family first. */
  podNetworks: readonly string[]
  /** Of the same families. */
  serviceNetworks: readonly string[]
  domain: string
  /** Whether nodes are called as `hostname` prints it, or with the search domain (node-name.ts). */
  nodeNames: 'short' | 'full'
  /** `none`: the network plugin does the work of kube-proxy. */
  proxyMode: 'iptables' | 'ipvs' | 'nftables' | 'none'
  /** Where the API server itself listens. */
  apiServerPort: number
  /** How further control planes come by the CA keys. */
  certificates: 'upload-certs' | 'preplaced'
  /** How long after `kubeadm init` machines of the profile can join by themselves. */
  joinDeadlineHours: number
  /** Beyond those that follow from the profile. */
  certificateNames: readonly string[]
  /** Null: kubeadm's own. */
  imageRepository: string | null
  featureGates: Readonly<Record<string, boolean>>
  arguments: Readonly<Record<'apiServer' | 'controllerManager' | 'scheduler', readonly NamedArgument[]>>
  /** Fields that the profile adds to the configuration of the kubelets and of kube-proxy. */
  configuration: Readonly<Record<'kubelet' | 'kubeProxy', PlainMapping>>
  /** What each component reads beyond that; its pod sees it under the same path. */
  files: Readonly<Record<'apiServer' | 'controllerManager' | 'scheduler', readonly FileSetting[]>>
  /** What each component sees of its machine, beyond what it has to. */
  volumes: Readonly<Record<'apiServer' | 'controllerManager' | 'scheduler', readonly HostVolume[]>>
  /** In the order in which they are applied. */
  patches: readonly KubeadmPatch[]
  /** `policy` is the text of the profile's own audit policy; null: hakube's. */
  audit: { policy: string | null } | null
  encryptionAtRest: { resources: readonly string[] } | null
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

/**
 * The HTTP proxy of the site.
 *
 * @property except what is reached without it: names, domains with a dot before them, addresses and networks
 * @property machines names and addresses of machines, for programs that know no networks
 */
export type Proxy = {
  http: string | null
  https: string | null
  except: readonly string[]
  machines: readonly string[]
}

/** As X11 calls them. */
export type Keyboard = { layout: string; variant: string | null }

/** A line of /etc/hosts that the profile adds. */
export type HostsEntry = From & { address: string; names: readonly string[] }

/**
 * The whole cluster with every default filled in and everything derived. Plain data, made by resolve.ts, that can be sent to another
 * thread: no functions and no instances of classes. Nobody writes to it afterwards.
 */
export type Cluster = {
  name: string
  /** Base address of hakube's server without a trailing slash. */
  server: string
  /** Where machines enrol, by TLS; null: secrets are in the seeds. */
  enrolment: { url: string; port: number } | null
  /** Where machines send syslog; null: nowhere. */
  syslog: { host: string; port: number } | null
  /** Minutes of silence after which a machine under way counts as failed. */
  deadline: number
  network: ClusterNetwork
  /** Null: hakube says nothing of it. */
  regional: { timezone: string | null; locale: string | null; keyboard: Keyboard | null }
  extraHosts: readonly HostsEntry[]
  machines: readonly Machine[]
  controlPlanes: readonly Machine[]
  workers: readonly Machine[]
  balancers: readonly Machine[]
  loadBalancing: LoadBalancing | null
  etcd: Etcd
  /** What clients and machines use: the name or virtual address of the API, or the only control plane's own. */
  apiEndpoint: { address: string; port: number }
  kubernetes: Kubernetes
  networkPlugin: NetworkPlugin
  manifests: readonly Manifest[]
  users: readonly (From & {
    name: string
    sshKeys: readonly string[]
    /** May become root; `withPassword`: by the own password. */
    sudo: boolean
    withPassword: boolean
    groups: readonly string[]
    /** Null: the next free one. */
    uid: number | null
    passwordHash: string | null
  })[]
  firewall: boolean
  /** What the profile opens beside the ports of components. */
  openPorts: readonly OpenPort[]
  mirrors: Mirrors
  /** Null: the machines reach everything by themselves. */
  proxy: Proxy | null
  trust: readonly TrustedCertificate[]
  facts: readonly Fact[]
  secrets: Secrets
}
