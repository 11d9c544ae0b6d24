import type { Reservation } from '../boot/dhcp/plan.ts'
import type { DhcpClient, DhcpOffer } from './dhcp-message.ts'
import { errorFinding, type Finding, warningFinding } from './finding.ts'

/** What a client and servers sent in one transaction. */
export type Exchange = {
  /** Twelve hexadecimal digits. */
  mac: string
  /** Its request; null if only answers were heard. */
  client: DhcpClient | null
  discovers: number
  requests: number
  /** One for each server. */
  offers: DhcpOffer[]
}

export const exchangeOf = (mac: string): Exchange => ({
  mac,
  client: null,
  discovers: 0,
  requests: 0,
  offers: [],
})

/** Requests after which silence is a finding. Firmware repeats them after 4, 8, 16 and 32 s (PXE specification 2.1, 2.2). */
const enough = 2

const serversOf = (offers: readonly DhcpOffer[]): string =>
  [...new Set(offers.map(({ server }) => server))].toSorted().join(', ')

const hasBootFile = ({ bootFile }: DhcpOffer): boolean => bootFile !== null

function judgeMachine(machine: Reservation, all: readonly Exchange[]): Finding[] {
  // Firmware and iPXE. An installed system that asks for its lease says nothing about booting.
  const booting = all.filter(({ client }) => client?.boots === true)
  const discovers = booting.reduce((sum, { discovers }) => sum + discovers, 0)
  if (discovers < enough || all.some(({ requests }) => requests > 0)) return []
  const offers = booting.flatMap((exchange) => exchange.offers)
  if (offers.length === 0)
    return booting.every(({ client }) => client?.broadcast === true)
      ? [
          errorFinding(
            'doctor/no-offer',
            machine.name,
            'it asked, and no DHCP server answered',
            'look for what is between it and the server: VLANs, a switch that blocks DHCP, a port that is not yet forwarding (spanning tree)',
          ),
        ]
      : []
  const addresses = offers.filter(({ address }) => address !== null)
  const proxies = offers.filter(({ address }) => address === null)
  const byProxyAlone = proxies.some(hasBootFile) || !addresses.some(hasBootFile)
  return [
    errorFinding(
      'doctor/no-request',
      machine.name,
      `it got offers (from ${serversOf(offers)}) and requests none`,
      addresses.length === 0
        ? 'no offer has an address for it: enter it in the DHCP server that gives addresses'
        : byProxyAlone
          ? 'its firmware ignores proxies: let the server that gives the addresses name the boot file (hakube dhcp PROFILE)'
          : 'compare the offers with what its firmware needs: option 93 chooses the file, UEFI HTTP boot needs option 60 HTTPClient',
    ),
  ]
}

/** Whether an offer is useless. */
const isEmpty = ({ address, bootFile }: DhcpOffer): boolean => address === null && bootFile === null

/** Findings about machines of the profile that asked but did not boot. Pure. */
export function judgeExchanges(exchanges: readonly Exchange[], machines: readonly Reservation[]): Finding[] {
  return machines.flatMap((machine) => {
    const macs = new Set(machine.macs.map((mac) => mac.replaceAll(':', '').toLowerCase()))
    return judgeMachine(
      machine,
      exchanges.filter(({ mac }) => macs.has(mac)),
    )
  })
}

/** Offers that have neither an address nor a boot file, even where a proxy was asked at its own port. @param asked by firmware */
export const judgeEmpty = (
  asked: readonly { machine: Reservation; offers: readonly DhcpOffer[] }[],
): Finding[] =>
  asked.flatMap(({ machine, offers }) =>
    offers
      .filter(isEmpty)
      .map(({ server }) =>
        warningFinding(
          'doctor/empty-offer',
          machine.name,
          `${server} offers neither an address nor a boot file`,
          'stop this proxy, or let it name the loader; some firmware takes its offer and boots nothing',
        ),
      ),
  )

/** A line of progress: what was heard. */
export function heardInWords(exchanges: readonly Exchange[], machines: readonly Reservation[]): string {
  const macs = new Set(exchanges.map(({ mac }) => mac))
  const known = machines.filter((machine) =>
    machine.macs.some((mac) => macs.has(mac.replaceAll(':', '').toLowerCase())),
  )
  const names = known.map(({ name }) => name).join(', ')
  return `heard ${macs.size === 1 ? '1 DHCP client' : `${macs.size} DHCP clients`}, of the profile: ${names || 'none'}`
}
