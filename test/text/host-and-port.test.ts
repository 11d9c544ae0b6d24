import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostAndPort, readHostAndPort } from '../../src/text/host-and-port.ts'

describe('readHostAndPort', () => {
  it.each([
    ['registry.example.com', 'registry.example.com', null],
    ['registry.example.com:5000', 'registry.example.com', 5000],
    ['localhost', 'localhost', null],
    ['Registry', 'Registry', null],
    ['10.0.0.7', '10.0.0.7', null],
    ['10.0.0.7:1', '10.0.0.7', 1],
    ['10.0.0.7:65535', '10.0.0.7', 65_535],
    ['[fd00::7]', 'fd00::7', null],
    ['[fd00::7]:5000', 'fd00::7', 5000],
    ['fd00::7', 'fd00::7', null],
    ['::1', '::1', null],
    ['10g.example.com', '10g.example.com', null],
  ])('%s: host %s, port %s', (text, host, port) => {
    expect(readHostAndPort(text)).toEqual({ host, port })
  })

  it.each([
    '',
    ':',
    ':80',
    'name:',
    'name:0',
    'name:080',
    'name:65536',
    'name:99999',
    'name:123456',
    'name:http',
    'name:80:80',
    '10.0.0',
    '10.0.0.300',
    '10.0.0.7.1',
    '010.0.0.7',
    '[10.0.0.7]:80',
    '[fd00::7',
    'fd00::7]:80',
    '[fd00::7]80',
    '[fd00::7%eth0]:80',
    'fe80::1%eth0',
    '[]:80',
    'fd00::zz',
    'http://name',
    'name/path',
    'user@name',
    'na me',
    '-name',
    'name-',
    'na_me',
    'a..b',
    '.name',
    'name.',
    'name\n:80',
    `${'a'.repeat(64)}.example.com`,
  ])('rejects %j', (text) => {
    expect(readHostAndPort(text)).toBeNull()
  })

  it('reads back what hostAndPort writes', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        expect(readHostAndPort(hostAndPort(name, port))).toEqual({ host: name, port })
      }),
    )
  })

  it('throws for an invalid text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = readHostAndPort(text)
        expect(read === null || text.includes(read.host)).toBe(true)
      }),
    )
  })
})
