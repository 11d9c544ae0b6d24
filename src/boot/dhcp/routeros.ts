import { type DhcpPlan, headLines, httpVendorClass, ipxeUserClass, type Loader } from './plan.ts'

/*
 * A script of commands for RouterOS, which `/import` runs. Matchers classify the clients, which needs RouterOS 7.16 or later
 * (matching-type): https://help.mikrotik.com/docs/spaces/ROS/pages/24805500/DHCP
 */

/**
 * A string of RouterOS' scripting language, https://help.mikrotik.com/docs/spaces/ROS/pages/47579229/Scripting: a backslash and two
 * uppercase hexadecimal digits stand for a byte, so that no other character needs escaping.
 */
export const routerosString = (text: string): string =>
  `"${[...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCodePoint(byte)
      return byte < 0x20 || byte > 0x7e || '"\\$?'.includes(character)
        ? `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : character
    })
    .join('')}"`

/**
 * The value of a text option.
 *
 * @throws for an apostrophe, which RouterOS cannot express in one
 */
export function routerosOption(text: string): string {
  if (text.includes("'"))
    throw new TypeError('the text of a DHCP option of RouterOS cannot hold an apostrophe')
  return routerosString(`s'${text}'`)
}

/** The value of option 60 that firmware sends, with the architecture type in five decimal digits (PXE 2.1, table 2-1). */
const vendorClass = ({ http }: Loader, code: number): string =>
  `${http ? httpVendorClass : 'PXEClient'}:Arch:${String(code).padStart(5, '0')}`

function addOption(name: string, code: number, text: string): string {
  return `/ip/dhcp-server/option add name=${routerosString(name)} code=${code} value=${routerosOption(text)}`
}

const addSet = (name: string, options: readonly string[]): string =>
  `/ip/dhcp-server/option/sets add name=${routerosString(name)} options=${routerosString(options.join(','))}`

const addMatcher = (name: string, set: string, [code, value]: readonly [number, string]): string =>
  `/ip/dhcp-server/matcher add name=${routerosString(name)} server=$server address-pool=$pool code=${code} ` +
  `matching-type=substring value=${routerosString(value)} option-set=${routerosString(set)}`

function loaderLines(loader: Loader): string[] {
  const name = `hakube-${loader.name}`
  const options = [name, ...(loader.http ? [`${name}-class`] : [])]
  return [
    addOption(name, 67, loader.file),
    ...(loader.http ? [addOption(`${name}-class`, 60, httpVendorClass)] : []),
    addSet(name, options),
    ...loader.codes.map((code) => addMatcher(`${name}-${code}`, name, [60, vendorClass(loader, code)])),
  ]
}

/** Commands that add the machines to an existing DHCP server. */
export const routeros = (plan: DhcpPlan): string =>
  [
    ...headLines(plan, 'RouterOS 7.16 or later').map((line) => `# ${line}`),
    '# Set these two to the names of the DHCP server and its address pool: /ip/dhcp-server/print shows them.',
    ':local server "dhcp1"',
    ':local pool "pool1"',
    ...(plan.script === null
      ? []
      : [
          addOption('hakube-ipxe', 67, plan.script),
          addSet('hakube-ipxe', ['hakube-ipxe']),
          // This must come first, because iPXE also sends the option 60 of the firmware that started it.
          addMatcher('hakube-ipxe', 'hakube-ipxe', [77, ipxeUserClass]),
        ]),
    ...plan.loaders.flatMap(loaderLines),
    `/ip/dhcp-server/network add address=${plan.subnet} gateway=${plan.gateway} netmask=${plan.prefixLength} ` +
      `next-server=${routerosString(plan.tftpServer)}` +
      (plan.nameServers.length === 0 ? '' : ` dns-server=${plan.nameServers.join(',')}`) +
      (plan.searchDomain === null ? '' : ` domain=${routerosString(plan.searchDomain)}`),
    ...plan.machines.flatMap(({ macs, address, name }) =>
      macs
        .slice(0, 1)
        .map(
          (mac) =>
            `/ip/dhcp-server/lease add server=$server mac-address=${mac.toUpperCase()} address=${address} comment=${routerosString(name)}`,
        ),
    ),
    '',
  ].join('\n')
