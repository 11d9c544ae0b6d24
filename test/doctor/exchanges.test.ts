import { describe, expect, it } from 'vitest'
import { decodeClient, encodeQuestion, type DhcpOffer } from '../../src/doctor/dhcp-message.ts'
import { type Exchange, heardInWords, judgeEmpty, judgeExchanges } from '../../src/doctor/exchanges.ts'

const machine = {
  name: 'worker-1',
  address: '10.10.10.11',
  role: 'worker',
  architecture: 'amd64',
  firmware: 'bios',
  macs: ['52:54:00:AA:BB:01', '52:54:00:aa:bb:02'],
} as const
const mac = '525400aabb01'

const offer = (server: string, address: string | null, bootFile: string | null): DhcpOffer => ({
  server,
  address,
  netmask: null,
  router: null,
  nextServer: null,
  bootFile,
  vendorClass: null,
})
const address = offer('10.10.10.2', '10.10.10.11', null)
const both = offer('10.10.10.2', '10.10.10.11', 'undionly.kpxe')
const proxy = offer('10.10.10.1', null, 'undionly.kpxe')

const client = (changes: Partial<NonNullable<Exchange['client']>> = {}): NonNullable<Exchange['client']> => ({
  type: 'discover',
  mac,
  transaction: 1,
  broadcast: true,
  boots: true,
  ...changes,
})
const exchange = (changes: Partial<Exchange>): Exchange => ({
  mac,
  client: client(),
  discovers: 2,
  requests: 0,
  offers: [],
  ...changes,
})
const said = (...exchanges: Exchange[]): string[] =>
  judgeExchanges(exchanges, [machine]).map(({ code, what, hint }) => `${code}: ${what}: ${hint}`)

describe('what doctor hears from machines that boot', () => {
  it('distinguishes firmware that ignores proxies from other reasons to request nothing', () => {
    const words = said(exchange({ offers: [address, proxy] }))
    expect(words).toEqual([
      'doctor/no-request: it got offers (from 10.10.10.1, 10.10.10.2) and requests none: its firmware ignores proxies: let the server that gives the addresses name the boot file (hakube dhcp PROFILE)',
    ])
    // With two interfaces or transactions.
    const pieces = [
      exchange({ offers: [address], discovers: 1 }),
      exchange({ mac: '525400aabb02', offers: [proxy], discovers: 1 }),
    ]
    expect(said(...pieces)).toEqual(words)
    expect(said(exchange({ offers: [both] }))).toEqual([
      'doctor/no-request: it got offers (from 10.10.10.2) and requests none: compare the offers with what its firmware needs: option 93 chooses the file, UEFI HTTP boot needs option 60 HTTPClient',
    ])
    expect(said(exchange({ offers: [proxy] }))).toEqual([
      'doctor/no-request: it got offers (from 10.10.10.1) and requests none: no offer has an address for it: enter it in the DHCP server that gives addresses',
    ])
    expect(said(exchange({ offers: [address] }))[0]).toContain('its firmware ignores proxies')
  })

  it('reports a missing answer only if answers would have been heard', () => {
    expect(said(exchange({}))).toEqual([
      'doctor/no-offer: it asked, and no DHCP server answered: look for what is between it and the server: VLANs, a switch that blocks DHCP, a port that is not yet forwarding (spanning tree)',
    ])
    expect(said(exchange({ client: client({ broadcast: false }) }))).toEqual([])
  })

  it.each([
    ['it has asked once', exchange({ discovers: 1, offers: [address] })],
    ['it requests an address', exchange({ requests: 1, offers: [address, proxy] })],
    ['it is an installed system', exchange({ client: client({ boots: false }), offers: [address] })],
    ['only answers to it were heard', exchange({ client: null, discovers: 0, offers: [address] })],
    ['it is another machine', exchange({ mac: '525400ffff01', offers: [address] })],
  ])('reports nothing if %s', (_, heard) => {
    expect(said(heard)).toEqual([])
  })

  it('reports nothing if a request came in another transaction', () => {
    expect(
      said(exchange({ offers: [address] }), exchange({ client: null, discovers: 0, requests: 1 })),
    ).toEqual([])
  })

  it('lists what it has heard', () => {
    expect(heardInWords([], [machine])).toBe('heard 0 DHCP clients, of the profile: none')
    expect(heardInWords([exchange({}), exchange({ mac: '525400ffff01' })], [machine])).toBe(
      'heard 2 DHCP clients, of the profile: worker-1',
    )
  })
})

it('an empty offer is distinguished from one of a proxy and one of an address', () => {
  const nothing = offer('10.10.10.3', null, null)
  expect(judgeEmpty([{ machine, offers: [address, proxy, nothing] }])).toEqual([
    {
      code: 'doctor/empty-offer',
      severity: 'warning',
      who: 'worker-1',
      what: '10.10.10.3 offers neither an address nor a boot file',
      hint: 'stop this proxy, or let it name the loader; some firmware takes its offer and boots nothing',
    },
  ])
})

describe('a message of a client', () => {
  const question = { mac, architecture: 7, ipxe: false }
  const bytes = encodeQuestion(question, 0xc0_ff_ee_01)

  it('identifies the client and its firmware', () => {
    const expected = { type: 'discover', mac, transaction: 0xc0_ff_ee_01, broadcast: true, boots: true }
    expect(decodeClient(bytes)).toEqual(expected)
    expect(decodeClient(encodeQuestion({ ...question, architecture: 16 }, 0xc0_ff_ee_01))).toEqual(expected)
    expect(decodeClient(encodeQuestion(question, 2, '10.10.10.9'))).toEqual({
      ...expected,
      type: 'request',
      transaction: 2,
      broadcast: false,
    })
  })

  it('is not confused with other messages', () => {
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(bytes)
      copy[at] = value
      return copy
    }
    // An answer, not Ethernet, an address of another length, another cookie, a DHCPOFFER.
    for (const wrong of [
      changed(0, 2),
      changed(1, 32),
      changed(2, 8),
      changed(236, 0),
      changed(242, 2),
      bytes.subarray(0, 239),
    ])
      expect(decodeClient(wrong)).toBe(null)
    expect(decodeClient(bytes.subarray(0, 244))?.boots).toBe(false)
  })
})
