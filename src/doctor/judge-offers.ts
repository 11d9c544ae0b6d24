import type { DhcpPlan } from '../boot/dhcp/plan.ts'
import { type Asked, bootOf } from './clients.ts'
import type { DhcpOffer } from './dhcp-message.ts'
import { errorFinding, type Finding, warningFinding } from './finding.ts'

type Network = Pick<DhcpPlan, 'subnet' | 'netmask' | 'gateway' | 'machines'>

const configuration = 'hakube dhcp PROFILE prints the configuration'

const serversOf = (offers: readonly DhcpOffer[]): string[] =>
  [...new Set(offers.map(({ server }) => server))].toSorted()

/** Problems of the addresses that a machine is offered. */
function judgeAddress({ machine, offers }: Asked, { netmask, gateway, subnet }: Network): Finding[] {
  const addresses = offers.filter(({ address }) => address !== null)
  if (offers.length === 0)
    return [
      errorFinding(
        'doctor/no-offer',
        machine.name,
        'no DHCP server offers an address',
        `start one in ${subnet} that knows the MAC address of the machine; ${configuration}`,
      ),
    ]
  if (addresses.length === 0)
    return [
      errorFinding(
        'doctor/no-address',
        machine.name,
        `only a proxy answers (${serversOf(offers).join(', ')}), which gives no addresses`,
        'enter the machine in the DHCP server that gives addresses; hakube dhcp PROFILE --format table lists all',
      ),
    ]
  const servers = serversOf(addresses)
  return [
    ...(servers.length > 1
      ? [
          errorFinding(
            'doctor/several-servers',
            machine.name,
            `several DHCP servers offer addresses: ${servers.join(', ')}; the machine takes whichever is first`,
            'stop all but one, or keep the others from answering these machines',
          ),
        ]
      : []),
    ...addresses.flatMap((offer) => [
      ...(offer.address === machine.address
        ? []
        : [
            errorFinding(
              'doctor/other-address',
              machine.name,
              `${offer.server} offers ${offer.address}, the profile says ${machine.address}`,
              `reserve ${machine.address} for ${machine.macs[0]}; ${configuration}`,
            ),
          ]),
      ...(offer.netmask === null || offer.netmask === netmask
        ? []
        : [
            warningFinding(
              'doctor/other-network',
              machine.name,
              `${offer.server} gives the netmask ${offer.netmask}, the profile says ${netmask}`,
              `correct the DHCP server, or network.subnet of the profile; ${configuration}`,
            ),
          ]),
      ...(offer.router === null || offer.router === gateway
        ? []
        : [
            warningFinding(
              'doctor/other-network',
              machine.name,
              `${offer.server} gives the router ${offer.router}, the profile says ${gateway}`,
              `correct the DHCP server, or network.gateway of the profile; ${configuration}`,
            ),
          ]),
    ]),
  ]
}

/** Offers without a file. Whether the firmware would start the file is judged from its contents. */
function judgeBoot(asked: Asked): Finding[] {
  const { machine, firmware, offers } = asked
  if (offers.length === 0 || bootOf(asked) !== null) return []
  return [
    errorFinding(
      'doctor/no-boot-file',
      machine.name,
      `offers name no boot file for ${firmware.title} (from ${serversOf(offers).join(', ')})`,
      `let the DHCP server name the loader for architecture ${firmware.architecture} (option 93), or add a proxy; ${configuration}`,
    ),
  ]
}

/** Problems that are visible in the offers. Firmware with HTTP boot need not get an offer for it, because PXE suffices. */
export function judgeOffers(all: readonly Asked[], network: Network): Finding[] {
  const byFirmware = all.filter(({ ipxe, firmware }) => !ipxe && !firmware.http)
  const findings = byFirmware.flatMap((asked) => [...judgeAddress(asked, network), ...judgeBoot(asked)])
  const silent = findings.filter(({ code }) => code === 'doctor/no-offer')
  // If nobody got an answer, the network is the problem, not the machines.
  if (silent.length > 0 && silent.length === network.machines.length)
    return [
      errorFinding(
        'doctor/no-offer',
        null,
        `no DHCP server answers any machine in ${network.subnet}`,
        `start one, or look for what is between it and this host: VLANs, a switch that blocks DHCP, a firewall; ${configuration}`,
      ),
    ]
  return findings
}

/** An HTTP client ignores offers without its vendor class (UEFI specification, 24.7). */
export function judgeHttpOffer({ machine, firmware, offers }: Asked): Finding[] {
  const named = offers.filter(({ bootFile }) => bootFile !== null && /^https?:/i.test(bootFile))
  return named
    .filter(({ vendorClass }) => vendorClass !== 'HTTPClient')
    .map(({ server, bootFile }) =>
      errorFinding(
        'doctor/vendor-class',
        machine.name,
        `${server} names ${bootFile} for ${firmware.title} without option 60 HTTPClient: the firmware ignores the offer`,
        `send option 60 with the value HTTPClient to these clients; ${configuration}`,
      ),
    )
}
