import {
  type DhcpPlan,
  headLines,
  httpVendorClass,
  leaseSeconds,
  type Loader,
  type Reservation,
} from './plan.ts'

/*
 * https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html
 */

/**
 * A value in dnsmasq.conf, as read_file() in dnsmasq's src/option.c reads it: between double quotes, a backslash escapes a quotation mark
 * and itself, and commas and `#` are literal. Tags and option names are hakube's own and need no quotes.
 *
 * @throws for characters that no line can contain
 */
export function dnsmasqValue(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new TypeError('a value in dnsmasq.conf cannot hold a control character')
  if (/^[\w./:@%+-]+$/.test(text)) return text
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** Classifies clients: iPXE by its own options (175, https://ipxe.org/dhcpopts), firmware by its architecture. */
export const matchLines = ({ loaders, script }: DhcpPlan): string[] => [
  ...(script === null ? [] : ['dhcp-match=set:ipxe,175']),
  ...loaders.flatMap(({ name, codes }) =>
    codes.map((code) => `dhcp-match=set:${name},option:client-arch,${code}`),
  ),
]

/** The server that has the file. Without its address, dnsmasq would name itself. */
const boot = (tags: string, file: string, server: string): string =>
  `dhcp-boot=${tags},${dnsmasqValue(file)},,${dnsmasqValue(server)}`

/** The clients that a line applies to: if iPXE loads a different file than firmware, only firmware. */
export const tagsOf = ({ script }: DhcpPlan, tags: string): string =>
  script === null ? tags : ['tag:!ipxe', tags].filter((tag) => tag !== '').join(',')

const loaderLines = (plan: DhcpPlan, { name, file, http }: Loader): string[] => {
  const { tftpServer } = plan
  const tags = tagsOf(plan, `tag:${name}`)
  if (!http) return [boot(tags, file, tftpServer)]
  return [`dhcp-option-force=${tags},option:vendor-class,${httpVendorClass}`, boot(tags, file, tftpServer)]
}

export const bootLines = (plan: DhcpPlan): string[] => [
  ...plan.loaders.flatMap((loader) => loaderLines(plan, loader)),
  ...(plan.script === null ? [] : [boot('tag:ipxe', plan.script, plan.tftpServer)]),
]

const hostLine = ({ macs, address, name }: Reservation): string =>
  `dhcp-host=${[...macs, address, dnsmasqValue(name)].join(',')}`

const optionLine = (name: string, values: readonly string[]): string[] =>
  values.length === 0 ? [] : [`dhcp-option=option:${name},${values.map(dnsmasqValue).join(',')}`]

/** dnsmasq as the only DHCP server of the network, and as the TFTP server. */
export const dnsmasq = (plan: DhcpPlan): string =>
  [
    ...headLines(plan, 'dnsmasq as DHCP and TFTP server').map((line) => `# ${line}`),
    'port=0',
    'enable-tftp',
    'tftp-root=/srv/tftp',
    `dhcp-range=${plan.network},static,${plan.netmask},${leaseSeconds}`,
    ...optionLine('router', [plan.gateway]),
    ...optionLine('dns-server', plan.nameServers),
    ...optionLine('domain-name', plan.searchDomain === null ? [] : [plan.searchDomain]),
    ...matchLines(plan),
    ...bootLines(plan),
    ...plan.machines.map(hostLine),
    '',
  ].join('\n')
