import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

/** The profile with a virtual IPv6 address of the API, and more changes. */
const told = (gateway6: string, ...more: [string, string][]): string =>
  mistakes(
    ['  gateway: 10.10.10.1\n', `  gateway: 10.10.10.1\n  subnet6: fd00:10:10::/64\n${gateway6}`],
    ['    address: 10.10.10.19\n', '    address: [10.10.10.19, fd00:10:10::19]\n'],
    ...more,
  )
const gateway6 = '  gateway6: fd00:10:10::1\n'
const own = (address: string, more: string): [string, string] => [
  `    address: ${address}\n`,
  `    address: ${address}\n    addresses: [${more}]\n`,
]

describe('holders of a virtual IPv6 address', () => {
  it('have no IPv6 default route without an address of their own', () => {
    expect(told(gateway6, own('10.10.10.11', 'fd00:10:10::11'))).toMatchInlineSnapshot(`
      "profile.yaml:24:14: warning[load-balancing/no-route6]: balancer-2 holds the virtual address fd00:10:10::19, but has no IPv6 address of its own, and so no default route via fd00:10:10::1: it can answer only clients in fd00:10:10::/64 [$.machines[1].address]
         24 |     address: 10.10.10.12
            |              ^^^^^^^^^^^
        hint: write addresses: [an address of fd00:10:10::/64] for the machine
        profile.yaml:11:13: the IPv6 router
      "
    `)
  })

  it('have one with an address, and need none if the profile sets no router', () => {
    expect(told(gateway6, own('10.10.10.11', 'fd00:10:10::11'), own('10.10.10.12', 'fd00:10:10::12'))).toBe(
      '',
    )
    expect(told('')).toBe('')
    expect(
      mistakes(['  gateway: 10.10.10.1\n', `  gateway: 10.10.10.1\n  subnet6: fd00:10:10::/64\n${gateway6}`]),
    ).toBe('')
  })
})
