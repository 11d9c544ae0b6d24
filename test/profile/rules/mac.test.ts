import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

describe('MAC addresses', () => {
  it('reports a duplicate in another spelling', () => {
    expect(mistakes(['52:54:00:aa:bb:03', '52-54-00-AA-BB-02'])).toMatchInlineSnapshot(`
      "profile.yaml:24:10: error[mac/duplicate]: the MAC address 52:54:00:aa:bb:02 is used twice [$.machines[2].mac]
         24 |     mac: 52-54-00-AA-BB-02
            |          ^^^^^^^^^^^^^^^^^
        hint: every network interface has its own; see the label of the machine, or ip link
        profile.yaml:20:10: first used here, by balancer-2
      "
    `)
  })
  it('reports a duplicate within one machine', () => {
    expect(mistakes(['52:54:00:aa:cc:06', '525400aabb06'])).toMatchInlineSnapshot(`
      "profile.yaml:36:30: error[mac/duplicate]: the MAC address 52:54:00:aa:bb:06 is used twice [$.machines[5].mac[1]]
         36 |     mac: [52:54:00:aa:bb:06, 525400aabb06]
            |                              ^^^^^^^^^^^^
        hint: every network interface has its own; see the label of the machine, or ip link
        profile.yaml:36:11: first used here, by worker-1
      "
    `)
  })
  it('reports a MAC address that is too short', () => {
    expect(mistakes(['52:54:00:aa:bb:03', '52:54:00:aa:bb'])).toMatchInlineSnapshot(`
      "profile.yaml:24:10: error[mac/malformed]: "52:54:00:aa:bb" is not a MAC address: it has 10 hexadecimal digits instead of 12 [$.machines[2].mac]
         24 |     mac: 52:54:00:aa:bb
            |          ^^^^^^^^^^^^^^
        hint: write six pairs of hexadecimal digits, e.g. 52:54:00:aa:bb:01
      "
    `)
  })
  it('reports a character that is not a hexadecimal digit', () => {
    expect(mistakes(['52:54:00:aa:bb:03', '52:54:00:aa:bb:0g'])).toMatchInlineSnapshot(`
      "profile.yaml:24:10: error[mac/malformed]: "52:54:00:aa:bb:0g" is not a MAC address: "g" is not a hexadecimal digit [$.machines[2].mac]
         24 |     mac: 52:54:00:aa:bb:0g
            |          ^^^^^^^^^^^^^^^^^
        hint: write six pairs of hexadecimal digits, e.g. 52:54:00:aa:bb:01
      "
    `)
  })
  it('reports a multicast address', () => {
    expect(mistakes(['52:54:00:aa:bb:03', '01:00:5e:00:00:12'])).toMatchInlineSnapshot(`
      "profile.yaml:24:10: error[mac/multicast]: "01:00:5e:00:00:12" is a multicast address, not the address of a network interface [$.machines[2].mac]
         24 |     mac: 01:00:5e:00:00:12
            |          ^^^^^^^^^^^^^^^^^
        hint: the second digit of an interface's address is even, e.g. 52:54:00:aa:bb:01
        source: IEEE 802, 8.2: the lowest bit of the first octet
      "
    `)
  })
  it('reports an address of nothing but zeros', () => {
    expect(mistakes(['52:54:00:aa:bb:03', '00:00:00:00:00:00'])).toMatchInlineSnapshot(`
      "profile.yaml:24:10: error[mac/malformed]: "00:00:00:00:00:00" is not a MAC address [$.machines[2].mac]
         24 |     mac: 00:00:00:00:00:00
            |          ^^^^^^^^^^^^^^^^^
        hint: write six pairs of hexadecimal digits, e.g. 52:54:00:aa:bb:01
      "
    `)
  })
})
