import { dhcpFormats } from '../../boot/dhcp/index.ts'
import { dhcpLoaders } from '../../boot/dhcp/plan.ts'
import { type CommandDefinition, fault, profile, usage } from '../definition.ts'

export const dhcpCommand: CommandDefinition = {
  name: 'dhcp',
  parameters: [profile],
  summary: 'Print a DHCP server configuration with every machine.',
  description: [
    'Each machine gets its address by its MAC, and the boot loader for its firmware: BIOS, UEFI over TFTP, or UEFI over HTTP. iPXE ' +
      'gets the script that waits for the server. A machine that is not in the profile gets no address.',
    'dnsmasq is a DHCP and TFTP server; dnsmasq-proxy runs beside a DHCP server that you cannot change. kea is kea-dhcp4, dhcpd is ' +
      "ISC's, routeros a script for MikroTik routers, table a CSV table for all others. docs/dhcp.md has the steps for each. No " +
      'secrets are needed, and none are shown.',
  ],
  options: [
    {
      name: 'format',
      value: 'FORMAT',
      choices: dhcpFormats,
      default: 'dnsmasq',
      description: 'DHCP server to write for.',
    },
    {
      name: 'loader',
      value: 'LOADER',
      choices: dhcpLoaders,
      default: 'ipxe',
      description:
        'What UEFI loads: iPXE; iPXE 2.0 or later, which finds autoexec.ipxe beside itself and needs no rule; or shim, for Secure Boot.',
    },
  ],
  examples: [
    {
      command: 'hakube dhcp profile.yaml > /etc/dnsmasq.d/hakube.conf',
      explanation: 'For dnsmasq on the server.',
    },
    { command: 'hakube dhcp profile.yaml --format table', explanation: 'For any other DHCP server.' },
  ],
  exitCodes: [[0, 'printed'], [1, 'errors in the profile'], usage, fault],
  load: () => import('./action.ts'),
}
