import type { BondMode } from '../profile/schema-layout.ts'

/*
 * The network interfaces of a machine as plain data, in netplan's terms. Encoders write them (seeds/network-config.ts and its
 * neighbours); nothing here depends on a format.
 */

export type Bond = {
  mode: BondMode
  lacpRate: 'slow' | 'fast' | null
  transmitHashPolicy: string | null
  miiMonitorInterval: number
  primary: string | null
  minLinks: number | null
}

export type Route = { to: string; via: string; metric: number | null; table: number | null }
export type RoutingRule = { from: string | null; to: string | null; table: number; priority: number }

/** A card is identified by its position among the MAC addresses of its machine. */
export type Link = (
  | { kind: 'ethernet'; card: number }
  | { kind: 'bond'; interfaces: readonly string[]; bond: Bond }
  | { kind: 'vlan'; id: number; link: string }
  | { kind: 'bridge'; interfaces: readonly string[]; stp: boolean }
) & {
  name: string
  /** Null: the kernel's default. */
  mtu: number | null
  /** With prefix lengths. */
  addresses: readonly string[]
  dhcp: boolean
  routes: readonly Route[]
  routingPolicy: readonly RoutingRule[]
  nameServers: readonly string[]
  searchDomains: readonly string[]
}

/**
 * An additional network that a machine is in.
 *
 * @property subnets of either family
 */
export type MachineNetwork = { name: string; interface: string; subnets: readonly string[] }

/** An additional address of a machine; `name` is that of its network, null for the network of the nodes. */
export type MachineNetworkAddress = {
  name: string | null
  address: string
  prefixLength: number
  interface: string
}

export type MachineLinks = {
  /** Position in `network.subnets` of the cluster. */
  subnet: number
  /** The interface with the machine's address. */
  interface: string
  /** MTU of that interface; null: the kernel's default. */
  mtu: number | null
  /** Additional networks in which it has an address. */
  networks: readonly MachineNetwork[]
  /** All addresses but `address`, in the order of the profile. */
  further: readonly MachineNetworkAddress[]
  /** Lower links first. `linksOf` adds the default route and the name servers of the nodes' network. */
  links: readonly Link[]
  /** The interface that the installer uses, if it is not in the network of the nodes. */
  installer: { interface: string; fixed: InstallCard['fixed'] } | null
}

/** How an installer that configures one card reaches the server. */
export type InstallCard = {
  mac: string
  /** Null: DHCP. */
  fixed: { address: string; netmask: string; gateway: string | null } | null
}

export type ClusterSubnet = {
  subnet: string
  prefixLength: number
  netmask: string
  gateway: string
  subnet6: string | null
  gateway6: string | null
}

/** The part of the network that is the same for all machines. */
export type ClusterNetwork = {
  subnet: string
  prefixLength: number
  /** The IPv6 network of virtual addresses. */
  subnet6: string | null
  netmask: string
  gateway: string
  /** `subnet` first, then the additional ones. */
  subnets: readonly ClusterSubnet[]
  nameServers: readonly string[]
  searchDomain: string | null
  hosts: 'cluster' | 'essential'
}
