import { describe, expect, it } from 'vitest'
import type { Reservation } from '../../src/boot/dhcp/plan.ts'
import { type Asked, bootOf, clientsOf, inWords, questionOf } from '../../src/doctor/clients.ts'
import type { DhcpOffer } from '../../src/doctor/dhcp-message.ts'
import { diagnosticsOf } from '../../src/doctor/finding.ts'
import { slowRate, whyNotStarted } from '../../src/doctor/judge-loader.ts'
import { judgeHttpOffer, judgeOffers } from '../../src/doctor/judge-offers.ts'

const machine = (number: number, given: Partial<Reservation> = {}): Reservation => ({
  name: `w-${number}`,
  address: `10.10.10.${number}`,
  role: 'worker',
  architecture: 'amd64',
  firmware: 'uefi',
  macs: [`52:54:00:00:00:${String(number).padStart(2, '0')}`],
  ...given,
})

const good: DhcpOffer = {
  server: '10.10.10.1',
  address: '10.10.10.11',
  netmask: '255.255.255.0',
  router: '10.10.10.254',
  nextServer: '10.10.10.5',
  bootFile: 'ipxe.efi',
  vendorClass: null,
}
const proxy: DhcpOffer = { ...good, server: '10.10.10.7', address: null, netmask: null, router: null }

const networkOf = (machines: readonly Reservation[]) => ({
  subnet: '10.10.10.0/24',
  netmask: '255.255.255.0',
  gateway: '10.10.10.254',
  machines,
})

/** The first question of each machine, with the same offers for all. */
function judged(machines: readonly Reservation[], offersOf: (machine: Reservation) => DhcpOffer[]): string[] {
  const asked = clientsOf({ machines }).map((client) => ({ ...client, offers: offersOf(client.machine) }))
  return diagnosticsOf(judgeOffers(asked, networkOf(machines))).map(
    ({ code, severity, message }) => `${severity}[${code}]: ${message}`,
  )
}

const one = [machine(11)]

const askedWith = (offers: readonly DhcpOffer[]): Pick<Asked, 'firmware' | 'offers'> => ({
  firmware: { name: 'uefi-x64', title: '', architecture: 7, http: false },
  offers,
})

describe('clients', () => {
  it('are each machine as its firmware, and the first of each kind as iPXE and by HTTP', () => {
    const machines = [
      machine(11, { firmware: 'bios' }),
      machine(12),
      machine(13),
      machine(14, { architecture: 'arm64' }),
    ]
    const clients = clientsOf({ machines })
    expect(clients.map(inWords)).toEqual([
      'w-11 (52:54:00:00:00:11) as BIOS',
      'w-12 (52:54:00:00:00:12) as UEFI (x86-64)',
      'w-13 (52:54:00:00:00:13) as UEFI (x86-64)',
      'w-14 (52:54:00:00:00:14) as UEFI (arm64)',
      'w-11 (52:54:00:00:00:11) as iPXE on BIOS',
      'w-12 (52:54:00:00:00:12) as iPXE on UEFI (x86-64)',
      'w-14 (52:54:00:00:00:14) as iPXE on UEFI (arm64)',
      'w-12 (52:54:00:00:00:12) as UEFI HTTP boot (x86-64)',
      'w-14 (52:54:00:00:00:14) as UEFI HTTP boot (arm64)',
    ])
    expect(clients.map((client) => questionOf(client).architecture)).toEqual([0, 7, 7, 11, 0, 7, 11, 16, 19])
  })

  it('boot from where a proxy says, in preference to the server of their address', () => {
    expect(bootOf(askedWith([good, { ...proxy, nextServer: null, bootFile: 'proxy.efi' }]))).toEqual({
      file: 'proxy.efi',
      host: '10.10.10.7',
      server: '10.10.10.7',
      http: false,
    })
  })

  it('boot from the server that offers, if it names no other', () => {
    expect(bootOf(askedWith([{ ...good, nextServer: null }]))?.host).toBe('10.10.10.1')
    expect(bootOf(askedWith([good]))?.host).toBe('10.10.10.5')
    expect(bootOf(askedWith([{ ...good, bootFile: null }]))).toBeNull()
  })
})

describe('offers', () => {
  it('cause no finding if they are right, from one server or with a proxy', () => {
    expect(judged(one, () => [good])).toEqual([])
    expect(judged(one, () => [{ ...good, bootFile: null }, proxy])).toEqual([])
    expect(judged(one, () => [{ ...good, netmask: null, router: null }])).toEqual([])
  })

  it('cause one message about the network if no machine gets any', () => {
    expect(judged([machine(11), machine(12)], () => [])).toEqual([
      'error[doctor/no-offer]: no DHCP server answers any machine in 10.10.10.0/24',
    ])
  })

  it('cause one message with the machines that get none, and not all of very many', () => {
    const machines = Array.from({ length: 12 }, (_, index) => machine(index + 11))
    expect(judged(machines, ({ name, address }) => (name === 'w-11' ? [{ ...good, address }] : []))).toEqual([
      'error[doctor/no-offer]: w-12, w-13, w-14, w-15, w-16, w-17, w-18, w-19 and 3 more: no DHCP server offers an address',
    ])
  })

  it.each([
    [
      'come from a proxy alone',
      [proxy],
      ['error[doctor/no-address]: w-11: only a proxy answers (10.10.10.7), which gives no addresses'],
    ],
    [
      'come from two servers',
      [good, { ...good, server: '10.10.10.2' }],
      [
        'error[doctor/several-servers]: w-11: several DHCP servers offer addresses: 10.10.10.1, 10.10.10.2; the machine takes whichever is first',
      ],
    ],
    [
      'have another address',
      [{ ...good, address: '10.10.10.99' }],
      ['error[doctor/other-address]: w-11: 10.10.10.1 offers 10.10.10.99, the profile says 10.10.10.11'],
    ],
    [
      'have another netmask and router',
      [{ ...good, netmask: '255.255.0.0', router: '10.10.10.1' }],
      [
        'warning[doctor/other-network]: w-11: 10.10.10.1 gives the netmask 255.255.0.0, the profile says 255.255.255.0',
        'warning[doctor/other-network]: w-11: 10.10.10.1 gives the router 10.10.10.1, the profile says 10.10.10.254',
      ],
    ],
    [
      'name no file',
      [{ ...good, bootFile: null }],
      ['error[doctor/no-boot-file]: w-11: offers name no boot file for UEFI (x86-64) (from 10.10.10.1)'],
    ],
  ])('that %s are reported', (_, offers, messages) => {
    expect(judged(one, () => offers)).toEqual(messages)
  })

  it('need the vendor class HTTPClient for HTTP boot, unless they name no address', () => {
    const client = clientsOf({ machines: one }).find(({ firmware }) => firmware.http)
    const found = (offer: DhcpOffer) => (client ? judgeHttpOffer({ ...client, offers: [offer] }) : null)
    const address = 'http://10.10.10.5:8080/assets/ipxe.efi'
    expect(found({ ...good, bootFile: address })?.map(({ code }) => code)).toEqual(['doctor/vendor-class'])
    expect(found({ ...good, bootFile: address, vendorClass: 'HTTPClient' })).toEqual([])
    expect(found(good)).toEqual([])
  })

  it('are shown without control characters', () => {
    const [message = ''] = judged(one, () => [
      { ...good, server: 'evil\u001B[2J\u202E', address: '10.10.10.99' },
    ])
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
})

/** The head of a PE file. */
function program(type: number): Buffer {
  const bytes = Buffer.alloc(0x100)
  bytes.write('MZ')
  bytes.writeUInt32LE(0x80, 0x3c)
  bytes.write('PE\0\0', 0x80, 'latin1')
  bytes.writeUInt16LE(type, 0x84)
  return bytes
}

const firmware = (name: Asked['firmware']['name'], title: string): Asked['firmware'] => ({
  name,
  title,
  architecture: 0,
  http: false,
})

describe('a loader', () => {
  const bios = firmware('bios', 'BIOS')
  const x64 = firmware('uefi-x64', 'UEFI (x86-64)')
  const arm = firmware('http-arm64', 'UEFI HTTP boot (arm64)')
  const boot = Buffer.alloc(600, 0xea)

  it.each([
    [bios, boot, null],
    [x64, program(0x86_64), null],
    [arm, program(0xaa_64), null],
    [bios, program(0x86_64), 'is a program for UEFI (x86-64), not for BIOS'],
    [x64, program(0xaa_64), 'is a program for UEFI (arm64), not for UEFI (x86-64)'],
    [x64, program(0x01_4c), 'is a program for UEFI (x86, 32 bits), not for UEFI (x86-64)'],
    [x64, program(0x50_64), 'is a program for UEFI (machine type 5064), not for UEFI (x86-64)'],
    [x64, boot, 'is not a program for UEFI (x86-64)'],
    [x64, Buffer.from('<html>not found'), 'is text, not a program'],
    [x64, Buffer.from('MZ'), 'is not a program for UEFI (x86-64)'],
    [x64, program(0x86_64).subarray(0, 0x84), 'is not a program for UEFI (x86-64)'],
    [bios, Buffer.alloc(0), 'is empty'],
  ])('is recognized by its first bytes: %# for $name', (for_, bytes, reason) => {
    expect(whyNotStarted(bytes, for_)).toBe(reason)
  })

  it('is slow below 100 kB/s, if it is large enough to measure', () => {
    expect(slowRate(1_000_000, 9.9)).toBeNull()
    expect(slowRate(1_000_000, 80)).toBe('13 kB/s')
    expect(slowRate(1_000_000, 80_000)).toBe('1 kB/s')
    expect(slowRate(20_000, 80)).toBeNull()
    expect(slowRate(1_000_000, 0)).toBeNull()
  })
})
