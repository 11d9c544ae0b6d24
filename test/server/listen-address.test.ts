import { describe, expect, it } from 'vitest'
import { listenFault, parseListenAddress } from '../../src/server/listen-address.ts'
import { refusalOf } from '../site/files.ts'

describe('parseListenAddress', () => {
  it.each([
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['[::1]:8080', '::1', 8080],
    ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80],
    ['localhost:0', 'localhost', 0],
    ['boot.example.org:65535', 'boot.example.org', 65_535],
    [':8080', null, 8080],
    ['*:8080', null, 8080],
  ])('%s', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ host, port })
  })

  it.each([
    '',
    '8080',
    '127.0.0.1',
    '::1',
    '::1:8080',
    '127.0.0.1:',
    '127.0.0.1:http',
    '127.0.0.1:65536',
    '127.0.0:80',
    '256.1.1.1:80',
    '[127.0.0.1]:80',
    '[::1',
    'a b:80',
    'http://127.0.0.1:80',
    '127.0.0.1:-1',
    '127.0.0.1:999999',
  ])('explains how to write %j', async (text) => {
    expect(await refusalOf(() => parseListenAddress(text))).toMatchSnapshot()
  })
})

describe('listenFault', () => {
  it.each(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EINVAL'])('explains %s', async (code) => {
    const fault = Object.assign(new Error(`listen ${code}`), { code })
    expect(
      await refusalOf(() => {
        throw listenFault('10.10.10.5:80', fault)
      }),
    ).toMatchSnapshot()
  })
})
