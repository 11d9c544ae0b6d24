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
 * What firmware of one kind is told to load. `codes` are client system architecture types (DHCP option 93, RFC 4578), in IANA's registry
 * "Processor Architecture Types", https://www.iana.org/assignments/dhcpv6-parameters/dhcpv6-parameters.xhtml#processor-architecture
 */
export type Loader = {
  name: 'bios' | 'x64' | 'arm64' | 'x64-http' | 'arm64-http'
  codes: readonly number[]
  /** Name below the root of TFTP, or with UEFI HTTP boot an address. */
  file: string
  http: boolean
}

/** What every DHCP server has to know of a cluster, in the language of none. */
export type DhcpPlan = {
  cluster: string
  server: string
  /** First address of the network, e.g. `10.10.10.0`. */
  network: string
  /** With its prefix length. */
  subnet: string
  prefixLength: number
  netmask: string
  gateway: string
  nameServers: readonly string[]
  searchDomain: string | null
  /** Where TFTP answers: the host of hakube's server. */
  tftpServer: string
  loaders: readonly Loader[]
  /** Names below the root of TFTP of all that machines load from there. */
  tftpFiles: readonly string[]
  /** What iPXE loads when it asks for an address itself: the script that waits for the server. Null: it finds the script beside itself. */
  script: string | null
  machines: readonly Reservation[]
  /** Machines that boot from another network than that of the plan, with the place where they are. */
  leftOut: readonly { name: string; where: string }[]
}

/** @property macs all interfaces, with colons; the first is the one that has the address */
export type Reservation = Pick<Machine, 'name' | 'address' | 'role' | 'architecture' | 'firmware'> & {
  macs: readonly [string, ...string[]]
}

/**
 * What UEFI firmware loads.
 *
 * - `ipxe`: iPXE of any version. It asks DHCP a second time, which then names the script.
 * - `ipxe-2`: iPXE from 2.0 on, which loads `autoexec.ipxe` from where it was loaded from itself (src/interface/efi/efi_autoexec.c). So each
 *   architecture has one file, and DHCP need not know iPXE. With BIOS there is no such thing.
 * - `shim`: what Secure Boot accepts. It starts `grubx64.efi` or `grubaa64.efi` from the same place, which may be GRUB or a signed iPXE.
 */
export const dhcpLoaders = ['ipxe', 'ipxe-2', 'shim'] as const
export type DhcpLoader = (typeof dhcpLoaders)[number]

/** Seconds that an address is lent for. */
export const leaseSeconds = 3600

/** What iPXE sends as its user class (DHCP option 77): https://ipxe.org/howto/dhcpd#pxe_chainloading */
export const ipxeUserClass = 'iPXE'

/** How firmware that boots by HTTP wants to be answered in option 60 (UEFI specification, 24.7 "HTTP boot"). */
export const httpVendorClass = 'HTTPClient'

/** The script has this name where iPXE looks for it by itself. */
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
          // 9 is EFI byte code; firmware from before the erratum of RFC 4578 sends it for x86-64.
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

/** What shim starts, and the menu of a GRUB from the same place. A signed iPXE under that name needs no menu. */
const startedByShim = ({ machines }: Cluster): string[] => [
  ...new Set(machines.map(({ architecture }) => (architecture === 'amd64' ? 'grubx64.efi' : 'grubaa64.efi'))),
  'grub/grub.cfg',
]

/** A VLAN, or made of one, e.g. a bridge. */
function isTagged(links: readonly Link[], name: string): boolean {
  const link = links.find((each) => each.name === name)
  return link !== undefined && (link.kind === 'vlan' || below(link).some((lower) => isTagged(links, lower)))
}

/** Why a machine is not in the plan. */
function whereElse(cluster: Cluster, machine: Machine): string {
  const { subnet, interface: main } = machine.network
  return subnet === 0
    ? `its address is on ${main}, which is tagged`
    : `it is in ${subnetOf(cluster, machine).subnet}`
}

/** The cards that a machine may boot from, the one that has its address first; null: none, because its address is in a VLAN. */
export function bootCards(machine: Machine): Machine['macs'] | null {
  const { links, interface: main } = machine.network
  if (isPlain(machine)) return machine.macs
  const [first, ...others] = cardsBelow(links, main)
  return first && !isTagged(links, main)
    ? [macOf(machine, first), ...others.map((card) => macOf(machine, card))]
    : null
}

/** @throws for a network that is not IPv4: a rule of the profile keeps it out */
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

/** Lines of a comment, for a file that people are going to put somewhere. */
export const headLines = (plan: DhcpPlan, readBy: string): string[] => {
  const { cluster, tftpServer, tftpFiles } = plan
  return [
    `Written by hakube for ${readBy}: the machines of the cluster ${cluster}.`,
    `TFTP on ${tftpServer} must serve: ${tftpFiles.join(', ')}.`,
    'A machine that is not in the profile gets no address from here.',
    ...leftOutLines(plan),
  ].map((line) => oneLine(line))
}

/** Which machines are not served, and what serves them. */
export const leftOutLines = ({ subnet, server, leftOut }: DhcpPlan): string[] =>
  leftOut.length === 0
    ? []
    : [
        `Not served, because this is for ${subnet} only: ${leftOut.map(({ name, where }) => `${name} (${where})`).join(', ')}.`,
        `Their networks need a DHCP server that gives them an address from which they reach ${server}, and the same boot files.`,
      ]

/** The address of the TFTP server, for what takes nothing else; null where the profile names its server. */
export const tftpAddress = ({ tftpServer }: DhcpPlan): string | null =>
  isIP(tftpServer) === 4 ? tftpServer : null

/** Two octets of an architecture type in hexadecimal: `0007`. */
export const hexCode = (code: number): string => code.toString(16).padStart(4, '0')
