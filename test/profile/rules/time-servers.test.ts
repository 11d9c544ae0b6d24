import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const withServers = (servers: string, more = ''): string[] =>
  mistakes(
    ['nameServers: [10.10.10.1]', `nameServers: [10.10.10.1]\n  timeServers: [${servers}]`],
    ['hardware:', `${more}hardware:`],
  )
    .split('\n')
    .flatMap((line) => /\d: ((?:error|warning)\[.*) \[\$/.exec(line)?.[1] ?? [])

describe('time servers', () => {
  it.each([
    ['{prefer: true}', 'error[address/time-server]: this time server has no name'],
    [
      '{server: a.example.com, pool: b.example.com}',
      'error[address/time-server]: this is both a server and a pool',
    ],
    [
      '{server: a.example.com, maxSources: 2}',
      'error[address/time-server]: one server is one source: maxSources is for pools',
    ],
    [
      '{pool: "http://ntp.org"}',
      'error[address/time-server]: "http://ntp.org" is neither a host name nor an address',
    ],
    [
      '{server: localhost}',
      'error[address/reserved]: the time server localhost is each machine itself, so machines cannot query it',
    ],
    [
      '10.10.10.13',
      'error[address/reserved]: the time server 10.10.10.13 is control-1, whose chrony does not serve time',
    ],
    [
      '{server: worker-1}',
      'error[address/reserved]: the time server worker-1 is worker-1, whose chrony does not serve time',
    ],
    [
      '10.10.10.1, {server: 10.10.10.1}',
      'warning[address/name-server-twice]: 10.10.10.1 is in this list twice',
    ],
    [
      '{pool: a.example.com, minPoll: 8, maxPoll: 6}',
      'warning[address/time-server]: chrony takes the larger of the two for both: minPoll is 8 and maxPoll 6',
    ],
    [
      '{pool: a.example.com, maxPoll: 4}',
      'warning[address/time-server]: chrony takes the larger of the two for both: minPoll is 6 and maxPoll 4 (the default of the one that is missing)',
    ],
    [
      '{server: 10.244.0.1}',
      'error[network/address-inside]: the time server 10.244.0.1 is in the pod network 10.244.0.0/16, the default, so nodes cannot reach it',
    ],
  ])('%s', (servers, message) => {
    expect(withServers(servers)).toEqual([message])
  })

  it.each([
    '10.10.10.1, ntp.example.com',
    '{pool: pool.ntp.org, maxSources: 3, iburst: false}',
    '{server: 10.10.10.1, prefer: true, minPoll: -2, maxPoll: 6}',
    '{server: "fd00::1"}',
  ])('accept %s', (servers) => {
    expect(withServers(servers)).toEqual([])
  })

  it('accept a machine whose NTP port is open', () => {
    expect(withServers('10.10.10.13', 'firewall: {ports: [123/udp]}\n')).toEqual([])
  })
})
