import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

type Change = [from: string, to: string]

const subnet6 = (text: string): Change => ['10.10.10.0/24\n', `10.10.10.0/24\n  subnet6: ${text}\n`]
const api = (text: string): Change => ['address: 10.10.10.19', `address: ${text}`]
const ingress = (text: string): Change => ['address: 10.10.10.20', `address: ${text}`]
const good = subnet6('fd00:10:10::/64')

describe('the rules of several virtual addresses', () => {
  it('accept both families', () => {
    expect(mistakes(good, api('[10.10.10.19, "fd00:10:10::19"]'), ingress('"fd00:10:10::20"'))).toBe('')
    expect(mistakes(api('[10.10.10.19, 10.10.10.21]'))).toBe('')
  })
  it('report IPv6 addresses without a network', () => {
    expect(mistakes(api('[10.10.10.19, "fd00:10:10::19"]'))).toMatchInlineSnapshot(`
      "profile.yaml:40:28: error[address/no-subnet6]: fd00:10:10::19 is IPv6, but network.subnet6 is not set [$.loadBalancing.api.address[1]]
         40 |     address: [10.10.10.19, "fd00:10:10::19"]
            |                            ^^^^^^^^^^^^^^^^
        hint: set network.subnet6 to the IPv6 network of this address, e.g. fd00:10:10::/64
      "
    `)
  })
  it('report addresses outside the network, and the anycast address of routers', () => {
    expect(mistakes(good, api('[10.10.10.19, "fd00:10:11::19"]'), ingress('"fd00:10:10::"')))
      .toMatchInlineSnapshot(`
        "profile.yaml:41:28: error[address/outside-subnet]: fd00:10:11::19 is not in the network fd00:10:10::/64 [$.loadBalancing.api.address[1]]
           41 |     address: [10.10.10.19, "fd00:10:11::19"]
              |                            ^^^^^^^^^^^^^^^^
          hint: write an address of fd00:10:10::/64
          profile.yaml:9:12: the network is set here

        profile.yaml:43:14: error[address/reserved]: fd00:10:10:: is the subnet-router anycast address of fd00:10:10::/64 [$.loadBalancing.ingress.address]
           43 |     address: "fd00:10:10::"
              |              ^^^^^^^^^^^^^^
          hint: write an address of fd00:10:10::/64
          profile.yaml:9:12: the network is set here
        "
      `)
  })
  it('report IPv6 addresses first or alone', () => {
    expect(mistakes(good, api('["fd00:10:10::19", 10.10.10.19]'))).toMatchInlineSnapshot(`
      "profile.yaml:41:15: error[load-balancing/ipv6-first]: machines use the first address of the API, fd00:10:10::19, but they have only IPv4 [$.loadBalancing.api.address[0]]
         41 |     address: ["fd00:10:10::19", 10.10.10.19]
            |               ^^^^^^^^^^^^^^^^
        hint: write an IPv4 address before this one
      "
    `)
    expect(mistakes(good, api('"fd00:10:10::19"'))).toMatch(
      'but they have only IPv4 [$.loadBalancing.api.address]',
    )
  })
  it('report the same address in two spellings', () => {
    expect(
      mistakes(good, api('[10.10.10.19, "fd00:10:10::19"]'), ingress('[10.10.10.20, "fd00:10:10:0::0019"]')),
    ).toMatchInlineSnapshot(`
      "profile.yaml:43:28: error[address/duplicate]: the address fd00:10:10::19 of the ingress is already used by the API [$.loadBalancing.ingress.address[1]]
         43 |     address: [10.10.10.20, "fd00:10:10:0::0019"]
            |                            ^^^^^^^^^^^^^^^^^^^^
        hint: give each its own address
        profile.yaml:41:28: first used here
      "
    `)
  })
  it.each(['10.11.0.0/24', 'fd00:10:10::1/64', 'fe80::/64', 'fd00:10:10::19/128', 'fd00'])(
    'report %s as network.subnet6',
    (text) => {
      expect(mistakes(subnet6(`"${text}"`))).toMatchSnapshot()
    },
  )
  it('report settings that disable IPv6', () => {
    const off =
      'sysctls: { net.ipv6.conf.all.disable_ipv6: 1 }\nkernel: { arguments: [ipv6.disable=1] }\nusers:\n'
    expect(mistakes(good, api('[10.10.10.19, "fd00:10:10::19"]'), ['users:\n', off])).toMatchInlineSnapshot(`
      "profile.yaml:46:12: error[load-balancing/ipv6-off]: net.ipv6.conf.all.disable_ipv6 disables IPv6, but fd00:10:10::19 is a virtual address [$.sysctls["net.ipv6.conf.all.disable_ipv6"]]
         46 | sysctls: { net.ipv6.conf.all.disable_ipv6: 1 }
            |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove one of the two

      profile.yaml:47:23: error[load-balancing/ipv6-off]: ipv6.disable=1 disables IPv6, but fd00:10:10::19 is a virtual address [$.kernel.arguments[0]]
         47 | kernel: { arguments: [ipv6.disable=1] }
            |                       ^^^^^^^^^^^^^^
        hint: remove one of the two
      "
    `)
    expect(mistakes(['users:\n', off])).toBe('')
  })
})
