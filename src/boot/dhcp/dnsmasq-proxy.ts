import { oneLine } from '../../assembly/lines.ts'
import { bootLines, dnsmasqValue, matchLines, tagsOf } from './dnsmasq.ts'
import { type DhcpPlan, httpVendorClass, type Loader } from './plan.ts'

/*
 * dnsmasq next to a DHCP server that cannot be changed: that server assigns addresses, and dnsmasq only names the file to boot (proxy
 * DHCP). Firmware asks for it in a second request, at port 4011, which `pxe-service` answers; iPXE and UEFI HTTP boot use `dhcp-boot`.
 */

/** Client system architectures in the terms of `--pxe-service` in dnsmasq(8); the number where it has no name. */
const services: Readonly<Partial<Record<Loader['name'], readonly string[]>>> = {
  bios: ['x86PC'],
  x64: ['X86-64_EFI', 'BC_EFI'],
  arm64: ['ARM64_EFI'],
}

const serviceLines = (plan: DhcpPlan, { name, file }: Loader): string[] =>
  (services[name] ?? []).map((service) => {
    const clients = [tagsOf(plan, ''), service].filter((word) => word !== '').join(',')
    return `pxe-service=${clients},"hakube",${dnsmasqValue(file)},${dnsmasqValue(plan.tftpServer)}`
  })

export const dnsmasqProxy = (plan: DhcpPlan): string =>
  [
    `# ${oneLine(`Written by hakube for dnsmasq beside another DHCP server: the machines of the cluster ${plan.cluster}.`)}`,
    '# The other server must give each machine its address; the table (--format table) lists them.',
    'port=0',
    'enable-tftp',
    'tftp-root=/srv/tftp',
    `dhcp-range=${plan.network},proxy,${plan.netmask}`,
    // Firmware that boots by HTTP sends this vendor class and expects it in the answer (--dhcp-pxe-vendor).
    `dhcp-pxe-vendor=PXEClient,${httpVendorClass}`,
    ...matchLines(plan),
    ...bootLines(plan),
    ...plan.loaders.flatMap((loader) => serviceLines(plan, loader)),
    '',
  ].join('\n')
