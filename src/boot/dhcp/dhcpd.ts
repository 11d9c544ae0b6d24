import { type DhcpPlan, headLines, hexCode, httpVendorClass, ipxeUserClass, leaseSeconds } from './plan.ts'

/*
 * dhcpd.conf(5), dhcp-options(5) and dhcp-eval(5) of ISC dhcpd 4.4.
 */

/**
 * Quotes a string of dhcpd.conf, as read_string() in common/conflex.c reads it: a backslash escapes a quotation mark and itself, and
 * three octal digits stand for any other byte.
 */
export const dhcpdString = (text: string): string =>
  `"${[...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCodePoint(byte)
      if (byte < 0x20 || byte > 0x7e) return `\\${byte.toString(8).padStart(3, '0')}`
      return character === '"' || character === '\\' ? `\\${character}` : character
    })
    .join('')}"`

/**
 * A word that needs no quotes.
 *
 * @throws for a text that dhcpd would read as several
 */
export function dhcpdWord(text: string): string {
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(text))
    throw new TypeError(`${JSON.stringify(text)} is not a word of dhcpd.conf`)
  return text
}

function bootLines({ loaders, script }: DhcpPlan): string[] {
  const lines =
    script === null
      ? []
      : [
          `if exists user-class and option user-class = ${dhcpdString(ipxeUserClass)} {`,
          `  filename ${dhcpdString(script)};`,
        ]
  for (const { codes, file, http } of loaders) {
    const test = codes.map((code) => `option hakube-architecture = ${hexCode(code).replace(/(..)/, '$1:')}`)
    lines.push(`${lines.length === 0 ? 'if' : '} elsif'} ${test.join(' or ')} {`)
    if (http) lines.push(`  option vendor-class-identifier ${dhcpdString(httpVendorClass)};`)
    lines.push(`  filename ${dhcpdString(file)};`)
  }
  return [...lines, '}']
}

export function dhcpd(plan: DhcpPlan): string {
  const { network, netmask, gateway, nameServers, searchDomain, tftpServer, machines } = plan
  const hosts = machines.flatMap(({ macs, address, name }) =>
    macs.map((mac, index) => {
      // dhcpd needs a unique name for each interface; the host name is the option.
      const own = index === 0 ? name : `${name}.${index + 1}`
      return `host ${dhcpdWord(own)} { hardware ethernet ${mac}; fixed-address ${address}; option host-name ${dhcpdString(name)}; }`
    }),
  )
  return [
    ...headLines(plan, 'ISC dhcpd').map((line) => `# ${line}`),
    'option hakube-architecture code 93 = unsigned integer 16;',
    `subnet ${network} netmask ${netmask} {`,
    ...[
      `default-lease-time ${leaseSeconds};`,
      `max-lease-time ${leaseSeconds};`,
      `option routers ${gateway};`,
      ...(nameServers.length > 0 ? [`option domain-name-servers ${nameServers.join(', ')};`] : []),
      ...(searchDomain === null ? [] : [`option domain-name ${dhcpdString(searchDomain)};`]),
      `next-server ${dhcpdWord(tftpServer)};`,
      ...bootLines(plan),
    ].map((line) => `  ${line}`),
    '}',
    ...hosts,
    '',
  ].join('\n')
}
