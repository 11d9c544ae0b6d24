import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

describe('addresses', () => {
  it('reports a malformed address', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.256'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/malformed]: "10.10.10.256" is not an IPv4 address [$.machines[2].address]
         25 |     address: 10.10.10.256
            |              ^^^^^^^^^^^^
        hint: 256 is larger than 255
      "
    `)
  })
  it('reports leading zeros', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.013'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/malformed]: "10.10.10.013" is not an IPv4 address [$.machines[2].address]
         25 |     address: 10.10.10.013
            |              ^^^^^^^^^^^^
        hint: write the numbers without leading zeros, which some programs read as octal
      "
    `)
  })
  it('reports a prefix length', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.13/24'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/malformed]: "10.10.10.13/24" is not an IPv4 address [$.machines[2].address]
         25 |     address: 10.10.10.13/24
            |              ^^^^^^^^^^^^^^
        hint: write the address without the prefix length: 10.10.10.13
      "
    `)
  })
  it('reports a name', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: control-1.example.com'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/malformed]: "control-1.example.com" is not an IPv4 address [$.machines[2].address]
         25 |     address: control-1.example.com
            |              ^^^^^^^^^^^^^^^^^^^^^
        hint: write the IP address, not a name
      "
    `)
  })
  it('reports an IPv6 address', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: fd00::13'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/ipv6]: fd00::13 is IPv6, but hakube supports only IPv4 here [$.machines[2].address]
         25 |     address: fd00::13
            |              ^^^^^^^^
        hint: write an IPv4 address or network
      "
    `)
  })
  it('reports an address outside the subnet', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.11.13'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/outside-subnet]: 10.10.11.13 is not in the subnet 10.10.10.0/24 [$.machines[2].address]
         25 |     address: 10.10.11.13
            |              ^^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.17, or widen the subnet; the subnet of another rack belongs in network.subnets, an address in an additional network in addresses
        profile.yaml:8:11: the subnet is set here
      "
    `)
  })
  it('reports the network address', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.0'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/reserved]: 10.10.10.0 is the network address of 10.10.10.0/24 [$.machines[2].address]
         25 |     address: 10.10.10.0
            |              ^^^^^^^^^^
        hint: write another address of the subnet, e.g. 10.10.10.17
        profile.yaml:8:11: the subnet is set here
      "
    `)
  })
  it('reports the broadcast address', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.255'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/reserved]: 10.10.10.255 is the broadcast address of 10.10.10.0/24 [$.machines[2].address]
         25 |     address: 10.10.10.255
            |              ^^^^^^^^^^^^
        hint: write another address of the subnet, e.g. 10.10.10.17
        profile.yaml:8:11: the subnet is set here
      "
    `)
  })
  it('reports a duplicate address', () => {
    expect(mistakes(['address: 10.10.10.13', 'address: 10.10.10.12'])).toMatchInlineSnapshot(`
      "profile.yaml:25:14: error[address/duplicate]: the address 10.10.10.12 of control-1 is already used by balancer-2 [$.machines[2].address]
         25 |     address: 10.10.10.12
            |              ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:21:14: first used here
      "
    `)
  })
  it('reports a gateway outside the subnet', () => {
    expect(mistakes(['gateway: 10.10.10.1', 'gateway: 10.10.11.1'])).toMatchInlineSnapshot(`
      "profile.yaml:9:12: error[address/outside-subnet]: 10.10.11.1 is not in the subnet 10.10.10.0/24 [$.network.gateway]
          9 |   gateway: 10.10.11.1
            |            ^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.17, or widen the subnet
        profile.yaml:8:11: the subnet is set here
      "
    `)
  })
  it('reports a virtual address that a machine has', () => {
    expect(mistakes(['address: 10.10.10.19', 'address: 10.10.10.13'])).toMatchInlineSnapshot(`
      "profile.yaml:40:14: error[address/duplicate]: the address 10.10.10.13 of the API is already used by control-1 [$.loadBalancing.api.address]
         40 |     address: 10.10.10.13
            |              ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:25:14: first used here
      "
    `)
  })
  it('reports a virtual address that the gateway has', () => {
    expect(mistakes(['address: 10.10.10.20', 'address: 10.10.10.1'])).toMatchInlineSnapshot(`
      "profile.yaml:42:14: error[address/duplicate]: the address 10.10.10.1 of the ingress is already used by the gateway [$.loadBalancing.ingress.address]
         42 |     address: 10.10.10.1
            |              ^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:9:12: first used here
      "
    `)
  })
  it('reports a virtual address that is used twice', () => {
    expect(mistakes(['address: 10.10.10.20', 'address: 10.10.10.19'])).toMatchInlineSnapshot(`
      "profile.yaml:42:14: error[address/duplicate]: the address 10.10.10.19 of the ingress is already used by the API [$.loadBalancing.ingress.address]
         42 |     address: 10.10.10.19
            |              ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:40:14: first used here
      "
    `)
  })
  it('reports a virtual address outside the subnet', () => {
    expect(mistakes(['address: 10.10.10.20', 'address: 10.10.20.20'])).toMatchInlineSnapshot(`
      "profile.yaml:42:14: error[address/outside-subnet]: 10.10.20.20 is not in the subnet 10.10.10.0/24 [$.loadBalancing.ingress.address]
         42 |     address: 10.10.20.20
            |              ^^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.17, or widen the subnet; a virtual address may also be in a network of network.additional that its machines are in
        profile.yaml:8:11: the subnet is set here
      "
    `)
  })
  it('reports a source address that a machine has', () => {
    expect(
      mistakes(['    address: 10.10.10.20\n', '    address: 10.10.10.20\n  sourceAddress: 10.10.10.16\n']),
    ).toMatchInlineSnapshot(`
      "profile.yaml:43:18: error[address/duplicate]: the address 10.10.10.16 of sourceAddress is already used by worker-1 [$.loadBalancing.sourceAddress]
         43 |   sourceAddress: 10.10.10.16
            |                  ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:37:14: first used here
      "
    `)
  })
  it('reports malformed name servers and time servers', () => {
    expect(
      mistakes([
        'nameServers: [10.10.10.1]',
        'nameServers: [10.10.10.1, 10.10.10.1, dns.example.com]\n  timeServers: [ntp.example.com, 10.10.10.300]',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:10:29: warning[address/name-server-twice]: 10.10.10.1 is in this list twice [$.network.nameServers[1]]
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
  it('reports more name servers than a resolver uses', () => {
    expect(
      mistakes([
        'nameServers: [10.10.10.1]',
        'nameServers: [10.10.10.1, 10.10.10.2, 10.10.10.3, 10.10.10.4]',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:10:53: warning[address/many-name-servers]: programs and pods use three name servers: 10.10.10.4 is never used [$.network.nameServers[3]]
         10 |   nameServers: [10.10.10.1, 10.10.10.2, 10.10.10.3, 10.10.10.4]
            |                                                     ^^^^^^^^^^
        hint: keep three; otherwise the kubelet warns about every pod
        source: resolv.conf(5), MAXNS; https://github.com/kubernetes/kubernetes/issues/82756
      "
    `)
  })

  it.each([
    [1, []],
    [3, []],
    [4, ['programs and pods use three name servers: 10.10.10.4 is never used']],
    [5, ['programs and pods use three name servers: 10.10.10.4, 10.10.10.5 are never used']],
  ])('%i name servers: %j', (number, messages) => {
    const servers = Array.from({ length: number }, (_, index) => `10.10.10.${index + 1}`)
    const { diagnostics } = parseProfile(
      replace(good, ['nameServers: [10.10.10.1]', `nameServers: [${servers.join(', ')}]`]),
      'profile.yaml',
    )
    expect(diagnostics.map((each) => each.message)).toEqual(messages)
  })

  it.each([
    ['10.10.10.1:53', 'write only the address: 10.10.10.1'],
    ['http://10.10.10.1', 'write only the address: 10.10.10.1'],
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

const copied = (...more: [string, string][]) =>
  mistakes(['subnet: 10.10.10.0/24', 'subnet: 10.20.0.0/24'], ...more)
    .split('\n')
    .filter((line) => /error\[|hint:/.test(line))

describe('a subnet that no machine is in', () => {
  it('causes one message, with the network that they are in', () => {
    expect(copied()).toMatchInlineSnapshot(`
      [
        "profile.yaml:8:11: error[address/outside-subnet]: no machine has an address in the subnet 10.20.0.0/24 [$.network.subnet]",
        "  hint: write their network, e.g. 10.10.10.0/24",
      ]
    `)
  })
  it('does not hide other mistakes if its own gateway is in it', () => {
    expect(copied(['gateway: 10.10.10.1', 'gateway: 10.20.0.1'])).toMatchInlineSnapshot(`
      [
        "profile.yaml:8:11: error[address/outside-subnet]: no machine has an address in the subnet 10.20.0.0/24 [$.network.subnet]",
        "  hint: write their network, e.g. 10.10.10.0/24, and its router in network.gateway; or correct the addresses of the machines",
      ]
    `)
  })
  it('causes a message for each of the others if one machine is in it', () => {
    expect(copied(['address: 10.10.10.13', 'address: 10.20.0.13']).length).toBeGreaterThan(10)
  })
})
