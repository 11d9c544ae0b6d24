import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { canonicalMac, colonMac, isMulticastMac } from '../../network/mac.ts'
import { macsOf } from './rule.ts'
import type { Rule } from './rule.ts'

/** MAC addresses identify a machine's configuration: a wrong or duplicate one gives a machine another's. */
export const macRules: Rule = ({ profile }) => {
  const diagnostics: Diagnostic[] = []
  const first = new Map<string, { path: Path; name: string }>()
  for (const [index, machine] of profile.machines.entries()) {
    for (const { path, mac } of macsOf(machine, index)) {
      const canonical = canonicalMac(mac)
      if (canonical === null || /^(?:00-){5}00$/.test(canonical)) {
        diagnostics.push(malformed(mac, path))
        continue
      }
      const earlier = first.get(canonical)
      if (earlier) {
        diagnostics.push(
          error('mac/duplicate', `the MAC address ${colonMac(canonical)} is used twice`, {
            hint: 'every network interface has its own; see the label of the machine, or ip link',
            path,
            related: [{ path: earlier.path, message: `first used here, by ${earlier.name}` }],
          }),
        )
      } else {
        first.set(canonical, { path, name: machine.name })
      }
    }
  }
  return diagnostics
}

function malformed(mac: string, path: Path): Diagnostic {
  const shown = inQuotes(mac, 40)
  if (isMulticastMac(mac)) {
    return error('mac/multicast', `${shown} is a multicast address, not the address of a network interface`, {
      hint: "the second digit of an interface's address is even, e.g. 52:54:00:aa:bb:01",
      path,
      source: 'IEEE 802, 8.2: the lowest bit of the first octet',
    })
  }
  const digits = mac.replaceAll(/[^0-9a-f]/gi, '').length
  const strange = /[^0-9a-f:.\- ]/i.exec(mac)?.[0]
  let why = ''
  if (strange !== undefined) why = `: ${JSON.stringify(strange)} is not a hexadecimal digit`
  else if (digits !== 12) why = `: it has ${digits} hexadecimal digits instead of 12`
  return error('mac/malformed', `${shown} is not a MAC address${why}`, {
    hint: 'write six pairs of hexadecimal digits, e.g. 52:54:00:aa:bb:01',
    path,
  })
}
