import { isIP } from 'node:net'
import { oneLine } from '../../assembly/lines.ts'
import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { below } from '../../cluster/link-builder.ts'
import type { Link } from '../../cluster/link-types.ts'
import { cardsBelow, isPlain, macOf, subnetOf } from '../../cluster/links.ts'
import { colonMac } from '../../network/mac.ts'
import { parseNetwork } from '../../network/addresses.ts'
import { hostOfAddress } from '../../text/web-address.ts'

/**
 * The boot file for one kind of firmware. `codes` are client system architecture types (DHCP option 93, RFC 4578), in IANA's registry
 * "Processor Architecture Types", https://www.iana.org/assignments/dhcpv6-parameters/dhcpv6-parameters.xhtml#processor-architecture
 */
export type Loader = {
  name: 'bios' | 'x64' | 'arm64' | 'x64-http' | 'arm64-http'
  codes: readonly number[]
  /** A name relative to the TFTP root, or an address for UEFI HTTP boot. */
  file: string
  http: boolean
}

/** Everything that a DHCP server has to know about a cluster, independent of its configuration format. */
export type DhcpPlan = {
  cluster: string
  server: string
  /** Network address, e.g. `10.10.10.0`. */
  network: string
  /** The network with its prefix length. */
  subnet: string
  prefixLength: number
  netmask: string
  gateway: string
  nameServers: readonly string[]
  searchDomain: string | null
  /** The host of the TFTP server, which is that of hakube's server. */
  tftpServer: string
  loaders: readonly Loader[]
  /** Names, relative to the TFTP root, of all files that machines load from there. */
  tftpFiles: readonly string[]
  /** The script that iPXE loads after its own DHCP request, which waits for the server. Null: iPXE finds the script next to itself. */
  script: string | null
  machines: readonly Reservation[]
  /** Machines that boot from another network, with a description of where they are. */
  leftOut: readonly { name: string; where: string }[]
}

/** @property macs of all interfaces, with colons; the first has the address */
export type Reservation = Pick<Machine, 'name' | 'address' | 'role' | 'architecture' | 'firmware'> & {
  macs: readonly [string, ...string[]]
}

/**
 * Boot loaders for UEFI firmware.
 *
 * - `ipxe`: iPXE of any version. It sends a second DHCP request, whose answer names the script.
 * - `ipxe-2`: iPXE 2.0 or later, which loads `autoexec.ipxe` from the place that it was loaded from (src/interface/efi/efi_autoexec.c).
 *   So there is one file for each architecture, and DHCP need not recognize iPXE. Not available with BIOS.
 * - `shim`: for Secure Boot. It starts `grubx64.efi` or `grubaa64.efi` from the same place, which may be GRUB or a signed iPXE.
 */
export const dhcpLoaders = ['ipxe', 'ipxe-2', 'shim'] as const
export type DhcpLoader = (typeof dhcpLoaders)[number]

/** Lease time in seconds. */
export const leaseSeconds = 3600

/** The user class that iPXE sends (DHCP option 77): https://ipxe.org/howto/dhcpd#pxe_chainloading */
export const ipxeUserClass = 'iPXE'

/** The value of option 60 that firmware which boots by HTTP expects in the answer (UEFI specification, 24.7 "HTTP boot"). */
export const httpVendorClass = 'HTTPClient'

/** The name under which iPXE looks for a script by itself. */
export const autoexecName = 'autoexec.ipxe'

const needsBios = ({ machines }: Cluster): boolean => machines.some(({ firmware }) => firmware === 'bios')

const loaders = (cluster: Cluster, kind: DhcpLoader): Loader[] => {
  const { server, machines } = cluster
  const has = (architecture: Machine['architecture']) =>
    machines.some((machine) => machine.architecture === architecture)
  const [x64, arm64] = kind === 'shim' ? ['shimx64.efi', 'shimaa64.efi'] : ['ipxe.efi', 'ipxe-arm64.efi']
  const http = (file: string) => `${server}/assets/${file}`
  return [
    ...(has('amd64')
      ? ([
          ...(kind !== 'ipxe-2' || needsBios(cluster)
            ? ([{ name: 'bios', codes: [0x00], file: 'undionly.kpxe', http: false }] as const)
            : []),
          // 9 is EFI byte code; firmware older than the erratum of RFC 4578 sends it for x86-64.
          { name: 'x64', codes: [0x07, 0x09], file: x64, http: false },
          { name: 'x64-http', codes: [0x10], file: http(x64), http: true },
        ] as const)
      : []),
    ...(has('arm64')
      ? ([
          { name: 'arm64', codes: [0x0b], file: arm64, http: false },
          { name: 'arm64-http', codes: [0x13], file: http(arm64), http: true },
        ] as const)
      : []),
  ]
}

/** The program that shim starts, and the menu for a GRUB from the same place. A signed iPXE under that name needs no menu. */
const startedByShim = ({ machines }: Cluster): string[] => [
  ...new Set(machines.map(({ architecture }) => (architecture === 'amd64' ? 'grubx64.efi' : 'grubaa64.efi'))),
  'grub/grub.cfg',
]

/** Whether a link is a VLAN, or consists of one, such as a bridge. */
function isTagged(links: readonly Link[], name: string): boolean {
  const link = links.find((each) => each.name === name)
  return link !== undefined && (link.kind === 'vlan' || below(link).some((lower) => isTagged(links, lower)))
}

/** Describes where a machine that is not in the plan is. */
function whereElse(cluster: Cluster, machine: Machine): string {
  const { subnet, interface: main } = machine.network
  return subnet === 0
    ? `its address is on ${main}, which is tagged`
    : `it is in ${subnetOf(cluster, machine).subnet}`
}

/** The cards that a machine may boot from, first the one that has its address; null if there is none, because the address is in a VLAN. */
export function bootCards(machine: Machine): Machine['macs'] | null {
  const { links, interface: main } = machine.network
  if (isPlain(machine)) return machine.macs
  const [first, ...others] = cardsBelow(links, main)
  return first && !isTagged(links, main)
    ? [macOf(machine, first), ...others.map((card) => macOf(machine, card))]
    : null
}

/**
 * What DHCP servers have to know about the cluster.
 *
 * @throws when the network is not IPv4: a rule of the profile rejects it before
 */
export function dhcpPlan(cluster: Cluster, loader: DhcpLoader = 'ipxe'): DhcpPlan {
  const { name, network, server, machines } = cluster
  const subnet = parseNetwork(network.subnet)
  if (subnet?.family !== 4) throw new Error(`${network.subnet} is not an IPv4 network`)
  const all = machines.map((machine) => ({
    machine,
    cards: machine.network.subnet === 0 ? bootCards(machine) : null,
  }))
  const found = loaders(cluster, loader)
  const script = loader === 'ipxe-2' && !needsBios(cluster) ? null : 'hakube.ipxe'
  const inSubnet = all.flatMap(({ machine, cards }) => (cards ? [{ machine, cards }] : []))
  return {
    cluster: name,
    server,
    network: subnet.first.text,
    subnet: subnet.text,
    prefixLength: network.prefixLength,
    netmask: network.netmask,
    gateway: network.gateway,
    nameServers: network.nameServers.filter((address) => isIP(address) === 4),
    searchDomain: network.searchDomain,
    tftpServer: hostOfAddress(new URL(server)),
    loaders: found,
    tftpFiles: [
      ...found.filter(({ http }) => !http).map(({ file }) => file),
      ...(loader === 'shim' ? startedByShim(cluster) : []),
      script ?? autoexecName,
    ],
    script,
    machines: inSubnet.map(({ machine, cards: [mac, ...others] }) => ({
      name: machine.name,
      address: machine.address,
      role: machine.role,
      architecture: machine.architecture,
      firmware: machine.firmware,
      macs: [colonMac(mac), ...others.map(colonMac)],
    })),
    leftOut: all.flatMap(({ machine, cards }) =>
      cards ? [] : [{ name: machine.name, where: whereElse(cluster, machine) }],
    ),
  }
}

/** Comment lines for the head of a file that the operator is going to copy. */
export const headLines = (plan: DhcpPlan, readBy: string): string[] => {
  const { cluster, tftpServer, tftpFiles } = plan
  return [
    `Written by hakube for ${readBy}: the machines of the cluster ${cluster}.`,
    `TFTP on ${tftpServer} must serve: ${tftpFiles.join(', ')}.`,
    'A machine that is not in the profile gets no address from here.',
    ...leftOutLines(plan),
  ].map((line) => oneLine(line))
}

/** Comment lines that list the machines that this plan does not serve, and what does. */
export const leftOutLines = ({ subnet, server, leftOut }: DhcpPlan): string[] =>
  leftOut.length === 0
    ? []
    : [
        `Not served, because this is for ${subnet} only: ${leftOut.map(({ name, where }) => `${name} (${where})`).join(', ')}.`,
        `Their networks need a DHCP server that gives them an address from which they reach ${server}, and the same boot files.`,
      ]

/** The address of the TFTP server, for programs that accept only an address; null if the profile gives a name. */
export const tftpAddress = ({ tftpServer }: DhcpPlan): string | null =>
  isIP(tftpServer) === 4 ? tftpServer : null

/** An architecture type as four hexadecimal digits: `0007`. */
export const hexCode = (code: number): string => code.toString(16).padStart(4, '0')
