import { assert, property, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeOffer, encodeQuestion } from '../../src/doctor/dhcp-message.ts'

const question = { mac: '525400000011', architecture: 7, ipxe: false }

/** An answer with the given options, e.g. `{ 53: '02' }`. */
function answer(
  options: readonly (readonly [code: number, hex: string])[],
  { yours = '00000000', next = '00000000', file = '', name = '' } = {},
): Buffer {
  const head = Buffer.alloc(240)
  head.set([2, 1, 6, 0])
  head.writeUInt32BE(0xc0_ff_ee_01, 4)
  head.set(Buffer.from(yours, 'hex'), 16)
  head.set(Buffer.from(next, 'hex'), 20)
  head.set(Buffer.from(name, 'latin1'), 44)
  head.set(Buffer.from(file, 'latin1'), 108)
  head.set(Buffer.from('63825363', 'hex'), 236)
  const list = options.flatMap(([code, hex]) => [code, hex.length / 2, ...Buffer.from(hex, 'hex')])
  return Buffer.concat([head, Buffer.from([...list, 255])])
}

const nothing = {
  server: '10.10.10.2',
  address: null,
  netmask: null,
  router: null,
  nextServer: null,
  bootFile: null,
  vendorClass: null,
}

describe('a request', () => {
  it('is a DHCPDISCOVER of firmware that requests a broadcast answer', () => {
    const bytes = encodeQuestion(question, 0xc0_ff_ee_01)
    expect(bytes.subarray(0, 12).toString('hex')).toBe('01010600c0ffee0100008000')
    expect(bytes.subarray(12, 34).toString('hex')).toBe(`${'00'.repeat(16)}525400000011`)
    expect(bytes.subarray(236).toString('hex')).toBe(
      [
        '63825363',
        '350101',
        '370b01030c060f2b363c424361'.replace('0c060f', '060c0f'),
        '390205c0',
        `3c20${Buffer.from('PXEClient:Arch:00007:UNDI:003016').toString('hex')}`,
        '5d020007',
        '5e03010310',
        `611100${'00'.repeat(10)}525400000011`,
        'ff',
      ].join(''),
    )
  })

  it('has the vendor class HTTPClient for firmware that boots over HTTP', () => {
    const text = encodeQuestion({ ...question, architecture: 0x10 }, 1).toString('latin1')
    expect(text).toContain('HTTPClient:Arch:00016:UNDI:003016')
  })

  it('has the user class and the options of iPXE', () => {
    const bytes = encodeQuestion({ ...question, ipxe: true }, 1).toString('hex')
    expect(bytes).toContain(`4d04${Buffer.from('iPXE').toString('hex')}af07b105011af41000ff`)
  })

  it('to a proxy is a DHCPREQUEST from the address of the client, answered there', () => {
    const bytes = encodeQuestion(question, 1, '10.10.10.9')
    expect(bytes.subarray(10, 16).toString('hex')).toBe('00000a0a0a09')
    expect(bytes.subarray(240, 243).toString('hex')).toBe('350103')
  })
})

describe('an answer', () => {
  it('is read with its options', () => {
    const bytes = answer(
      [
        [53, '02'],
        [54, '0a0a0a01'],
        [1, 'ffffff00'],
        [3, '0a0a0afe0a0a0afd'],
        [60, Buffer.from('HTTPClient').toString('hex')],
        [67, Buffer.from('ipxe.efi\0').toString('hex')],
      ],
      { yours: '0a0a0a0b', next: '0a0a0a05', file: 'other' },
    )
    expect(decodeOffer(bytes, '10.10.10.2')).toEqual({
      transaction: 0xc0_ff_ee_01,
      offer: {
        server: '10.10.10.1',
        address: '10.10.10.11',
        netmask: '255.255.255.0',
        router: '10.10.10.254',
        nextServer: '10.10.10.5',
        bootFile: 'ipxe.efi',
        vendorClass: 'HTTPClient',
      },
    })
  })

  it('without options comes from its sender, with the file of its field', () => {
    const bytes = answer([[53, '02']], { file: 'undionly.kpxe' })
    expect(decodeOffer(bytes, '10.10.10.2')?.offer).toEqual({ ...nothing, bootFile: 'undionly.kpxe' })
  })

  it('names the TFTP server in option 66 if its field is empty', () => {
    const bytes = answer([
      [53, '02'],
      [66, Buffer.from('tftp.example.com').toString('hex')],
    ])
    expect(decodeOffer(bytes, '10.10.10.2')?.offer.nextServer).toBe('tftp.example.com')
  })

  it('has more options in the fields of file and name if option 52 says so', () => {
    const piece = String.fromCodePoint(67, 4) + 'a.ef'
    const rest = String.fromCodePoint(67, 1) + 'i'
    const bytes = answer(
      [
        [53, '02'],
        [52, '03'],
      ],
      { file: `${piece}\u00FF`, name: `${rest}\u00FF` },
    )
    expect(decodeOffer(bytes, '10.10.10.2')?.offer.bootFile).toBe('a.efi')
  })

  it.each([
    ['a request', (bytes: Buffer) => bytes.fill(1, 0, 1)],
    ['BOOTP without the cookie', (bytes: Buffer) => bytes.fill(0, 236, 240)],
    ['a refusal', () => answer([[53, '06']])],
    ['a message without a type', () => answer([])],
    ['a torn message', (bytes: Buffer) => bytes.subarray(0, 239)],
  ])('is not an offer if it is %s', (_, change) => {
    expect(decodeOffer(change(answer([[53, '02']])), '10.10.10.2')).toBeNull()
  })

  it('of any bytes is parsed or rejected without an exception', () => {
    assert(
      property(uint8Array({ maxLength: 300 }), (tail) => {
        const bytes = Buffer.concat([answer([[53, '02']]).subarray(0, -1), tail])
        const found = decodeOffer(bytes, '10.10.10.2')
        expect(found?.offer.server ?? '10.10.10.2').toMatch(/^\d+\.\d+\.\d+\.\d+$/)
        decodeOffer(Buffer.from(tail), '10.10.10.2')
      }),
    )
  })
})
