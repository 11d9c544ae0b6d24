import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

describe('addresses', () => {
  it('malformed', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.256'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/malformed]: "10.10.10.256" is not an IPv4 address [$.machines[2].address]
         25 |     address: 10.10.10.256
            |              ^^^^^^^^^^^^
        hint: 256 is larger than 255
      "
    `)
  })
  it('leading zeros', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.013'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/malformed]: "10.10.10.013" is not an IPv4 address [$.machines[2].address]
         25 |     address: 10.10.10.013
            |              ^^^^^^^^^^^^
        hint: write the numbers without leading zeros, which some programs read as octal
      "
    `)
  })
  it('with a prefix length', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.13/24'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/malformed]: "10.10.10.13/24" is not an IPv4 address [$.machines[2].address]
         25 |     address: 10.10.10.13/24
            |              ^^^^^^^^^^^^^^
        hint: write the address without the prefix length: 10.10.10.13
      "
    `)
  })
  it('a name', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: control-1.example.com'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/malformed]: "control-1.example.com" is not an IPv4 address [$.machines[2].address]
         25 |     address: control-1.example.com
            |              ^^^^^^^^^^^^^^^^^^^^^
        hint: write the IP address, not a name
      "
    `)
  })
  it('IPv6', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: fd00::13'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/ipv6]: fd00::13 is IPv6, and hakube sets up IPv4 only so far [$.machines[2].address]
         25 |     address: fd00::13
            |              ^^^^^^^^
        hint: write an IPv4 address or network
      "
    `)
  })
  it('outside the subnet', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.11.13'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/outside-subnet]: 10.10.11.13 is not in the subnet 10.10.10.0/24 [$.machines[2].address]
         25 |     address: 10.10.11.13
            |              ^^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.17, or a wider subnet
        profile.yaml:8:11: the subnet stands here
      "
    `)
  })
  it('network address', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.0'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/reserved]: 10.10.10.0 is the network address of 10.10.10.0/24 [$.machines[2].address]
         25 |     address: 10.10.10.0
            |              ^^^^^^^^^^
        hint: write another address of the subnet, e.g. 10.10.10.17
        profile.yaml:8:11: the subnet stands here
      "
    `)
  })
  it('broadcast address', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.255'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/reserved]: 10.10.10.255 is the broadcast address of 10.10.10.0/24 [$.machines[2].address]
         25 |     address: 10.10.10.255
            |              ^^^^^^^^^^^^
        hint: write another address of the subnet, e.g. 10.10.10.17
        profile.yaml:8:11: the subnet stands here
      "
    `)
  })
  it('duplicate', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.12'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/duplicate]: the address 10.10.10.12 of control-1 is already that of balancer-2 [$.machines[2].address]
         25 |     address: 10.10.10.12
            |              ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:21:14: first used here
      "
    `)
  })
  it('gateway outside', () => {
    expect(mistakes(['gateway: 10.10.10.1', 'gateway: 10.10.11.1'])).toMatchInlineSnapshot(`
      "profile.yaml:9:12: error[address/outside-subnet]: 10.10.11.1 is not in the subnet 10.10.10.0/24 [$.network.gateway]
          9 |   gateway: 10.10.11.1
            |            ^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.17, or a wider subnet
        profile.yaml:8:11: the subnet stands here
      "
    `)
  })
  it('virtual address of a machine', () => {
    expect(mistakes(['address: 10.10.10.19', 'address: 10.10.10.13'])).toMatchInlineSnapshot(`
      "profile.yaml:40:14: error[address/duplicate]: the address 10.10.10.13 of the API is already that of control-1 [$.loadBalancing.api.address]
         40 |     address: 10.10.10.13
            |              ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:25:14: first used here
      "
    `)
  })
  it('virtual address of the gateway', () => {
    expect(mistakes(['address: 10.10.10.20', 'address: 10.10.10.1'])).toMatchInlineSnapshot(`
      "profile.yaml:42:14: error[address/duplicate]: the address 10.10.10.1 of the ingress is already that of the gateway [$.loadBalancing.ingress.address]
         42 |     address: 10.10.10.1
            |              ^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:9:12: first used here
      "
    `)
  })
  it('virtual address used twice', () => {
    expect(mistakes(['address: 10.10.10.20', 'address: 10.10.10.19'])).toMatchInlineSnapshot(`
      "profile.yaml:42:14: error[address/duplicate]: the address 10.10.10.19 of the ingress is already that of the API [$.loadBalancing.ingress.address]
         42 |     address: 10.10.10.19
            |              ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:40:14: first used here
      "
    `)
  })
  it('virtual address outside the subnet', () => {
    expect(mistakes(['address: 10.10.10.20', 'address: 10.10.20.20'])).toMatchInlineSnapshot(`
      "profile.yaml:42:14: error[address/outside-subnet]: 10.10.20.20 is not in the subnet 10.10.10.0/24 [$.loadBalancing.ingress.address]
         42 |     address: 10.10.20.20
            |              ^^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.17, or a wider subnet
        profile.yaml:8:11: the subnet stands here
      "
    `)
  })
  it('source address of a machine', () => {
    expect(
      mistakes(['    address: 10.10.10.20\n', '    address: 10.10.10.20\n  sourceAddress: 10.10.10.16\n']),
    ).toMatchInlineSnapshot(`
      "profile.yaml:43:18: error[address/duplicate]: the address 10.10.10.16 of sourceAddress is already that of worker-1 [$.loadBalancing.sourceAddress]
         43 |   sourceAddress: 10.10.10.16
            |                  ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:37:14: first used here
      "
    `)
  })
  it('name servers and time servers', () => {
    expect(
      mistakes([
        'nameServers: [10.10.10.1]',
        'nameServers: [10.10.10.1, 10.10.10.1, dns.example.com]\n  timeServers: [ntp.example.com, 10.10.10.300]',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:10:29: warning[address/name-server-twice]: 10.10.10.1 is in the list twice [$.network.nameServers[1]]
         10 |   nameServers: [10.10.10.1, 10.10.10.1, dns.example.com]
            |                             ^^^^^^^^^^
        hint: remove one

      profile.yaml:10:41: error[address/malformed]: "dns.example.com" is not an IPv4 address [$.network.nameServers[2]]
         10 |   nameServers: [10.10.10.1, 10.10.10.1, dns.example.com]
            |                                         ^^^^^^^^^^^^^^^
        hint: write the IP address, not a name

      profile.yaml:11:34: error[address/time-server]: "10.10.10.300" is neither a host name nor an address [$.network.timeServers[1]]
         11 |   timeServers: [ntp.example.com, 10.10.10.300]
            |                                  ^^^^^^^^^^^^
        hint: write e.g. pool.ntp.org or 10.10.10.1
      "
    `)
  })
  it('more name servers than are asked', () => {
    expect(
      mistakes([
        'nameServers: [10.10.10.1]',
        'nameServers: [10.10.10.1, 10.10.10.2, 10.10.10.3, 10.10.10.4]',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:10:53: warning[address/many-name-servers]: programs and pods use three name servers: 10.10.10.4 is never asked [$.network.nameServers[3]]
         10 |   nameServers: [10.10.10.1, 10.10.10.2, 10.10.10.3, 10.10.10.4]
            |                                                     ^^^^^^^^^^
        hint: keep the three that are to be asked; the kubelet complains of each pod otherwise
        source: resolv.conf(5), MAXNS; https://github.com/kubernetes/kubernetes/issues/82756
      "
    `)
  })

  it.each([
    [1, []],
    [3, []],
    [4, ['programs and pods use three name servers: 10.10.10.4 is never asked']],
    [5, ['programs and pods use three name servers: 10.10.10.4, 10.10.10.5 are never asked']],
  ])('%i name servers: %j', (number, messages) => {
    const servers = Array.from({ length: number }, (_, index) => `10.10.10.${index + 1}`)
    const { diagnostics } = parseProfile(
      replace(good, ['nameServers: [10.10.10.1]', `nameServers: [${servers.join(', ')}]`]),
      'profile.yaml',
    )
    expect(diagnostics.map((each) => each.message)).toEqual(messages)
  })

  it.each([
    ['10.10.10.1:53', 'write the address alone: 10.10.10.1'],
    ['http://10.10.10.1', 'write the address alone: 10.10.10.1'],
    ['10.10.10.1/24', 'write the address without the prefix length: 10.10.10.1'],
    ['dns.example.com', 'write the IP address, not a name'],
    ['dns.example.com:53', 'write four numbers from 0 to 255, e.g. 10.10.10.17'],
    ['10.10.10.300', '300 is larger than 255'],
    ['010.10.10.1', 'write the numbers without leading zeros, which some programs read as octal'],
  ])('the name server %j: %s', (text, hint) => {
    const { diagnostics } = parseProfile(
      replace(good, ['nameServers: [10.10.10.1]', `nameServers: ["${text}"]`]),
      'profile.yaml',
    )
    expect(diagnostics.map((each) => each.hint)).toEqual([hint])
  })
})
