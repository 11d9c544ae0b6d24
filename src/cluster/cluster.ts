import type { Path } from '../diagnostics/diagnostic.ts'
import type { Mirrors } from '../distributions/mirrors.ts'
import type { EtcdPlacement, LoadBalancingPlacement, NetworkPluginName, Role } from '../profile/schema.ts'
import type { SecretPolicy } from '../secrets/policy.ts'
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
import type { HostsEntry, Keyboard, Proxy } from './site-settings.ts'

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
  /** Includes the search domain, if there is one. */
  fullName: string
  role: Role
  /** Lower case with dashes, as iPXE's `${mac:hexhyp}` writes them. The first interface has the address. */
  macs: readonly [string, ...string[]]
  address: string
  storage: Storage
  architecture: 'amd64' | 'arm64'
  firmware: 'bios' | 'uefi'
  /** In the boot order of UEFI; null: as the installer has left it. */
  bootFirst: 'disk' | 'network' | null
  console: string | null
  /** Its network interfaces. */
  network: MachineLinks
  /** Runs haproxy and keepalived. */
  balancesLoad: boolean
  /** Position among the machines that balance load, from 0; null for the others. */
  balancerRank: number | null
  /** Runs `kubeadm init`. */
  initializes: boolean
  /** Runs etcd as a systemd service; false where kubeadm runs it (stacked). */
  runsEtcd: boolean
  settings: MachineSettings
  system: System
  /** Where the profile states them; `install` is null if the usual method is used. */
  systemFrom: { distribution: Path; install: Path | null }
}

export type LoadBalancing = {
  placement: LoadBalancingPlacement
  /** If only the name of an external load balancer is known, `addresses` is empty, and `address` is the name. */
  api: { name: string | null; address: string; addresses: readonly string[]; port: number }
  ingress: {
    address: string
    addresses: readonly string[]
    httpPort: number
    httpsPort: number
    workerHttpPort: number
    workerHttpsPort: number
    /** Null: ingress controllers see the address of the load balancer as the client's. */
    proxyProtocol: 'v1' | 'v2' | null
  } | null
  /** Additional network for VRRP and connection synchronization; null: the network of the nodes. */
  network: string | null
  virtualRouterId: number
  sourceAddress: string | null
  connectionSync: boolean
  /** Images of the static pods; null for other placements. */
  images: { haproxy: string; keepalived: string } | null
  /** Null: the distribution's package. */
  haproxyPackage: (Asset & { version: string }) | null
}

export type Etcd = {
  placement: EtcdPlacement
  /** Machines that run etcd as a service, in the order of the profile; empty if stacked. */
  members: readonly Machine[]
  /** Roles whose machines get a client certificate. */
  clients: readonly Role[]
  /** The required version; null: any. */
  version: string | null
  /** Below `assets/` on the server; null: the distribution's package. */
  archive: Asset | null
  /** Arguments that the profile adds, or sets instead of hakube's. */
  arguments: readonly NamedArgument[]
  /** For the etcd that kubeadm runs. */
  volumes: readonly HostVolume[]
}

export type Kubernetes = {
  /** Without a leading `v`, e.g. `1.35.2`. */
  version: string
  /** `1.35` */
  minor: string
  /** One, or one for each family; the primary family comes first. */
  podNetworks: readonly string[]
  /** Of the same families, in the same order. */
  serviceNetworks: readonly string[]
  domain: string
  /** Whether node names are host names, or include the search domain (node-name.ts). */
  nodeNames: 'short' | 'full'
  /** `none`: the network plugin does the work of kube-proxy. */
  proxyMode: 'iptables' | 'ipvs' | 'nftables' | 'none'
  /** The port on which the API server itself listens. */
  apiServerPort: number
  /** How additional control planes get the CA keys. */
  certificates: 'upload-certs' | 'preplaced'
  /** How many hours after `kubeadm init` machines of the profile can still join without an operator. */
  joinDeadlineHours: number
  /** In addition to those that follow from the profile. */
  certificateNames: readonly string[]
  /** Null: kubeadm's own. */
  imageRepository: string | null
  featureGates: Readonly<Record<string, boolean>>
  arguments: Readonly<Record<'apiServer' | 'controllerManager' | 'scheduler', readonly NamedArgument[]>>
  /** Fields that the profile adds to the configurations of kubelet and kube-proxy. */
  configuration: Readonly<Record<'kubelet' | 'kubeProxy', PlainMapping>>
  /** Additional files for each component; its pod mounts them at the same path. */
  files: Readonly<Record<'apiServer' | 'controllerManager' | 'scheduler', readonly FileSetting[]>>
  /** Additional directories and files of the machine that each component's pod mounts. */
  volumes: Readonly<Record<'apiServer' | 'controllerManager' | 'scheduler', readonly HostVolume[]>>
  /** In the order in which they are applied. */
  patches: readonly KubeadmPatch[]
  /** `policy` is the text of the profile's own audit policy; null: hakube's policy. */
  audit: { policy: string | null } | null
  encryptionAtRest: { resources: readonly string[] } | null
}

export type NetworkPlugin = {
  name: NetworkPluginName
  manifest: Asset | null
  archive: Asset | null
  plugins: Asset | null
}

/** What machines offer beside what is due, when they boot from the network. */
export type BootMenu = {
  /** Seconds until a machine does what is due. */
  timeout: number
  rescue: boolean
  /** By firmware; null: none. */
  memoryTest: Readonly<Record<'bios' | 'uefi', Asset | null>>
}

export type OpenPort = From & {
  name: string | null
  protocol: 'tcp' | 'udp' | 'sctp'
  port: number
  lastPort: number
  /** Addresses and networks; empty: any. */
  sources: readonly string[]
  /** Null: all machines. */
  roles: readonly Role[] | null
  /** Machines in addition to those of the roles. */
  machines: readonly string[]
}

export type { HostsEntry, Keyboard, Proxy }

export type Manifest = From & Asset & { name: string }

/**
 * The whole cluster, with every default filled in and everything derived. Plain data, without functions and class instances, so that it
 * can be sent to another thread. `resolve.ts` makes it; nothing modifies it afterwards.
 */
export type Cluster = {
  name: string
  /** Base address of hakube's server, without a trailing slash. */
  server: string
  /** Where machines enrol over TLS, and what certificates they get there; null: secrets are in the seeds. */
  enrolment: ({ url: string; port: number } & Omit<SecretPolicy, 'recipients'>) | null
  /** Where machines send syslog, with `kernel` also the messages of the kernel; null: nowhere. */
  syslog: { host: string; port: number; kernel: boolean } | null
  /** Minutes without a report after which a machine that is being installed counts as failed. */
  deadline: number
  /** Null: none. */
  bootMenu: BootMenu | null
  network: ClusterNetwork
  /** Null: not configured by hakube. */
  regional: { timezone: string | null; locale: string | null; keyboard: Keyboard | null }
  extraHosts: readonly HostsEntry[]
  machines: readonly Machine[]
  controlPlanes: readonly Machine[]
  workers: readonly Machine[]
  balancers: readonly Machine[]
  loadBalancing: LoadBalancing | null
  etcd: Etcd
  /** The endpoint that clients and machines use: the name or virtual address of the API, or the address of the only control plane. */
  apiEndpoint: { address: string; port: number }
  kubernetes: Kubernetes
  networkPlugin: NetworkPlugin
  manifests: readonly Manifest[]
  users: readonly (From & {
    name: string
    sshKeys: readonly string[]
    /** May use sudo; with `withPassword`, only with the user's own password. */
    sudo: boolean
    withPassword: boolean
    groups: readonly string[]
    /** Null: the next free one. */
    uid: number | null
    passwordHash: string | null
  })[]
  firewall: boolean
  /** Ports that the profile opens in addition to those of components. */
  openPorts: readonly OpenPort[]
  mirrors: Mirrors
  /** Null: machines reach everything directly. */
  proxy: Proxy | null
  trust: readonly TrustedCertificate[]
  facts: readonly Fact[]
  secrets: Secrets
}
