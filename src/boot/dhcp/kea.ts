import {
  type DhcpPlan,
  headLines,
  hexCode,
  httpVendorClass,
  ipxeUserClass,
  leaseSeconds,
  type Loader,
  tftpAddress,
} from './plan.ts'

/*
 * https://kea.readthedocs.io/en/kea-2.2.0/arm/dhcp4-srv.html and classify.html next to it. The class sets `file` and `next-server` in the
 * header of the packet, where both firmware and iPXE read them.
 */

const isIpxe = `substring(option[77].hex,0,${ipxeUserClass.length}) == '${ipxeUserClass}'`

function loaderClass(plan: DhcpPlan, { name, codes, file, http }: Loader): object {
  const test = codes.map((code) => `option[93].hex == 0x${hexCode(code)}`).join(' or ')
  return {
    name: `hakube-${name}`,
    test: plan.script === null ? test : `not member('hakube-ipxe') and (${test})`,
    'boot-file-name': file,
    ...nextServer(plan),
    ...(http
      ? {
          'option-data': [
            { name: 'vendor-class-identifier', data: httpVendorClass, 'always-send': true },
            { name: 'boot-file-name', data: escapeCommas(file), 'always-send': true },
          ],
        }
      : {}),
  }
}

/** In the data of an option, commas separate values if the option has several; a backslash makes a comma literal. */
const escapeCommas = (text: string): string => text.replaceAll(',', String.raw`\,`)

/** Kea accepts only an address here. A name goes into option 66, which much firmware ignores. */
function nextServer(plan: DhcpPlan): object {
  const address = tftpAddress(plan)
  return address === null
    ? { 'option-data': [{ name: 'tftp-server-name', data: escapeCommas(plan.tftpServer) }] }
    : { 'next-server': address }
}

/** Configuration of kea-dhcp4. */
export function kea(plan: DhcpPlan): string {
  const options = [
    { name: 'routers', data: plan.gateway },
    ...(plan.nameServers.length > 0
      ? [{ name: 'domain-name-servers', data: plan.nameServers.join(', ') }]
      : []),
    ...(plan.searchDomain === null ? [] : [{ name: 'domain-name', data: escapeCommas(plan.searchDomain) }]),
  ]
  const configuration = {
    Dhcp4: {
      'user-context': { comment: headLines(plan, 'kea-dhcp4').join(' ') },
      'interfaces-config': { interfaces: ['*'] },
      'valid-lifetime': leaseSeconds,
      // Several interfaces of a machine share one address.
      'ip-reservations-unique': plan.machines.every(({ macs }) => macs.length === 1),
      'client-classes': [
        { name: 'hakube-ipxe', test: isIpxe, 'boot-file-name': plan.script, ...nextServer(plan) },
        ...plan.loaders.map((loader) => loaderClass(plan, loader)),
      ],
      subnet4: [
        {
          id: 1,
          subnet: plan.subnet,
          'option-data': options,
          'reservations-in-subnet': true,
          reservations: plan.machines.flatMap(({ macs, address, name }) =>
            macs.map((mac) => ({ 'hw-address': mac, 'ip-address': address, hostname: name })),
          ),
        },
      ],
    },
  }
  return `${JSON.stringify(configuration, null, 2)}\n`
}
