import { hexCode, httpVendorClass, ipxeUserClass } from '../boot/dhcp/plan.ts'

/**
 * A request to a DHCP server. Numbers of options and fields: RFC 2131 and 2132; for boot clients, RFC 4578 and Intel's "Preboot Execution
 * Environment Specification" 2.1.
 */
export type DhcpQuestion = {
  /** Twelve hexadecimal digits. */
  mac: string
  /** Client system architecture (option 93). */
  architecture: number
  /** The client is iPXE, not the firmware. */
  ipxe: boolean
}

/** The answer of a server. */
export type DhcpOffer = {
  /** Server identifier (option 54), or else the source address of the answer. */
  server: string
  /** Null from a proxy, which only offers boot files. */
  address: string | null
  netmask: string | null
  router: string | null
  /** The server of the boot file (`siaddr`, else option 66); null if the offer does not name one. */
  nextServer: string | null
  bootFile: string | null
  vendorClass: string | null
}

/** Architectures of firmware that boots by HTTP. */
const httpArchitectures: ReadonlySet<number> = new Set([0x0f, 0x10, 0x12, 0x13])
export const bootsByHttp = ({ architecture }: Pick<DhcpQuestion, 'architecture'>): boolean =>
  httpArchitectures.has(architecture)

const cookie = Buffer.from('63825363', 'hex')
const optionsFrom = 240

const option = (code: number, data: Buffer): Buffer => Buffer.concat([Buffer.from([code, data.length]), data])

/** Subnet mask, router, name servers, host name, domain, vendor options, server identifier, vendor class, TFTP server, boot file, and PXE's. */
const wanted = [1, 3, 6, 12, 15, 43, 54, 60, 66, 67, 97]

const messageTypes = { discover: 1, request: 3 } as const

/**
 * A message as firmware or iPXE broadcasts it. It requests broadcast answers, because it is sent by another machine than the one that it
 * names.
 *
 * @param transaction four bytes
 * @param from this host's address, in a request to a proxy, which answers there; null in a DHCPDISCOVER
 */
export function encodeQuestion(
  { mac, architecture, ipxe }: DhcpQuestion,
  transaction: number,
  from: string | null = null,
): Buffer {
  const hardware = Buffer.from(mac, 'hex')
  const head = Buffer.alloc(optionsFrom)
  head.set([1, 1, hardware.length])
  head.writeUInt32BE(transaction, 4)
  if (from === null) head.writeUInt16BE(0x80_00, 10)
  else head.set(from.split('.').map(Number), 12)
  head.set(hardware, 28)
  head.set(cookie, 236)
  const kind = bootsByHttp({ architecture }) ? httpVendorClass : 'PXEClient'
  const type = from === null ? messageTypes.discover : messageTypes.request
  return Buffer.concat([
    head,
    option(53, Buffer.from([type])),
    option(55, Buffer.from(wanted)),
    option(57, Buffer.from([0x05, 0xc0])),
    option(60, Buffer.from(`${kind}:Arch:${String(architecture).padStart(5, '0')}:UNDI:003016`)),
    option(93, Buffer.from(hexCode(architecture), 'hex')),
    option(94, Buffer.from([1, 3, 16])),
    // A client's UUID. Firmware without one sends its MAC address.
    option(97, Buffer.concat([Buffer.from([0]), Buffer.alloc(10), hardware])),
    ...(ipxe
      ? [
          option(77, Buffer.from(ipxeUserClass)),
          // Real values also list drivers; servers only check that option 175 is present.
          option(175, Buffer.from('b105011af41000', 'hex')),
        ]
      : []),
    Buffer.from([255]),
  ])
}

/** Reads the options from one position on. It ignores truncated ones and everything after them. */
function readOptions(bytes: Buffer, into: Map<number, Buffer>): void {
  let at = 0
  while (at < bytes.length) {
    const code = bytes[at] ?? 255
    if (code === 255) return
    const length = code === 0 ? -1 : bytes[at + 1]
    if (length === undefined || at + 2 + length > bytes.length) return
    // RFC 3396: one option in several pieces is their concatenation.
    if (code !== 0)
      into.set(
        code,
        Buffer.concat([into.get(code) ?? Buffer.alloc(0), bytes.subarray(at + 2, at + 2 + length)]),
      )
    at += 2 + length
  }
}

const addressIn = (bytes: Buffer | undefined): string | null =>
  bytes === undefined || bytes.length < 4 || bytes.readUInt32BE(0) === 0
    ? null
    : [...bytes.subarray(0, 4)].join('.')

function textIn(bytes: Buffer | undefined): string | null {
  const [text = ''] = (bytes ?? Buffer.alloc(0)).toString('latin1').split('\0')
  return text === '' ? null : text
}

/**
 * Reads an answer.
 *
 * @param from source address
 * @returns null for anything but an offer or acknowledgement
 */
export function decodeOffer(bytes: Buffer, from: string): { transaction: number; offer: DhcpOffer } | null {
  if (bytes.length < optionsFrom || bytes[0] !== 2 || !bytes.subarray(236, 240).equals(cookie)) return null
  const options = new Map<number, Buffer>()
  readOptions(bytes.subarray(optionsFrom), options)
  // Option 52: the fields for the file (1), the server's name (2) or both (3) contain options.
  const overload = options.get(52)?.[0] ?? 0
  if (overload === 1 || overload === 3) readOptions(bytes.subarray(108, 236), options)
  if (overload === 2 || overload === 3) readOptions(bytes.subarray(44, 108), options)
  const type = options.get(53)?.[0]
  if (type !== 2 && type !== 5) return null
  const fileField = overload === 1 || overload === 3 ? undefined : bytes.subarray(108, 236)
  return {
    transaction: bytes.readUInt32BE(4),
    offer: {
      server: addressIn(options.get(54)) ?? from,
      address: addressIn(bytes.subarray(16, 20)),
      netmask: addressIn(options.get(1)),
      router: addressIn(options.get(3)),
      nextServer: addressIn(bytes.subarray(20, 24)) ?? textIn(options.get(66)),
      bootFile: textIn(options.get(67)) ?? textIn(fileField),
      vendorClass: textIn(options.get(60)),
    },
  }
}

/** A message of a client, as far as it says how it boots. */
export type DhcpClient = {
  type: 'discover' | 'request'
  /** Twelve hexadecimal digits. */
  mac: string
  transaction: number
  /** Asks for answers by broadcast. */
  broadcast: boolean
  /** Firmware or iPXE, not an installed system. */
  boots: boolean
}

/** Reads what a client broadcasts; null for what is no DHCPDISCOVER and no DHCPREQUEST of an Ethernet interface. */
export function decodeClient(bytes: Buffer): DhcpClient | null {
  if (bytes.length < optionsFrom || bytes[0] !== 1 || !bytes.subarray(236, 240).equals(cookie)) return null
  if (bytes[1] !== 1 || bytes[2] !== 6) return null
  const options = new Map<number, Buffer>()
  readOptions(bytes.subarray(optionsFrom), options)
  const type = options.get(53)?.[0]
  if (type !== messageTypes.discover && type !== messageTypes.request) return null
  return {
    type: type === messageTypes.discover ? 'discover' : 'request',
    mac: bytes.subarray(28, 34).toString('hex'),
    transaction: bytes.readUInt32BE(4),
    broadcast: (bytes.readUInt16BE(10) & 0x80_00) !== 0,
    boots: /^(?:PXE|HTTP)Client/.test(textIn(options.get(60)) ?? ''),
  }
}
