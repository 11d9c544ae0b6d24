import { describe, expect, it } from 'vitest'
import { hostOfAddress, readWebAddress, withoutScheme } from '../../src/text/web-address.ts'

describe('readWebAddress', () => {
  it.each([
    ['http://10.0.0.7', '10.0.0.7', ''],
    ['https://registry.example.com:5000/v2', 'registry.example.com', '5000'],
    ['HTTP://Registry.Example.com/', 'registry.example.com', ''],
    ['http://[fd00::7]:5000', 'fd00::7', '5000'],
    ['https://registry.example.com:443', 'registry.example.com', ''],
  ])('%s: host %s, port %s', (text, host, port) => {
    const url = readWebAddress(text)
    expect(url && [hostOfAddress(url), url.port]).toEqual([host, port])
  })

  it.each([
    '',
    'registry.example.com',
    'registry.example.com:5000',
    '10.0.0.7:5000',
    'http://',
    'http://:80',
    'ftp://10.0.0.7',
    'oci://registry.example.com/x',
    'http://10.0.0.7:99999',
    'http://10.0.0.300',
    'http://[fd00::7',
    'http://10.1',
    'http://010.0.0.1',
    'http://0x0a.0.0.1:8080',
    'http://167772161',
    ' http://10.0.0.7',
    'http://10.0.0.7\n',
    'http://10.0\t.0.7',
    'http://10.0.0.7/"',
    'http://10.0.0.7/$(id)',
    'http://10.0.0.7/\u202E',
    'javascript:alert(1)',
    'file:///etc/passwd',
  ])('rejects %j', (text) => {
    expect(readWebAddress(text)).toBeNull()
  })

  it.each([
    ['https://registry.example.com/kubernetes/', 'registry.example.com/kubernetes'],
    ['oci://registry.example.com', 'registry.example.com'],
    ['registry.example.com//', 'registry.example.com'],
    ['', ''],
    ['://', ''],
  ])('%j without its scheme is %j', (text, rest) => {
    expect(withoutScheme(text)).toBe(rest)
  })
})
