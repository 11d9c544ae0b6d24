import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { parseNetwork } from '../../network/addresses.ts'
import type { ProfileLayout } from '../schema-layout.ts'

/** Routing policy rules: netplan rejects one without `from` and `to` (validation.c), and both must be of one family. */
export const checkPolicy = (
  rules: NonNullable<ProfileLayout['routingPolicy']> | undefined,
  path: Path,
): Diagnostic[] =>
  (rules ?? []).flatMap((rule, index) => {
    const at = [...path, index]
    if (rule.from === undefined && rule.to === undefined)
      return [
        error('link/incomplete', 'the routing policy rule has neither from nor to', {
          hint: 'write from, the network of the senders, or to, that of the receivers',
          path: at,
        }),
      ]
    const wrong = (['from', 'to'] as const).flatMap((key) => {
      const text = rule[key]
      if (text === undefined) return []
      const network = parseNetwork(text)
      if (!network)
        return [
          error('network/malformed', `${inQuotes(text)} is not a network`, {
            hint: 'write a network, e.g. 10.2.0.0/24; of one address, e.g. 10.2.0.11/32',
            path: [...at, key],
          }),
        ]
      if (!network.hostBits) return []
      return [
        error('network/host-bits', `${text} has bits set after the prefix: the network is ${network.text}`, {
          hint: `write ${network.text}`,
          path: [...at, key],
        }),
      ]
    })
    if (wrong.length > 0 || rule.from === undefined || rule.to === undefined) return wrong
    if (rule.from.includes(':') === rule.to.includes(':')) return []
    return [
      error('network/malformed', `${rule.from} and ${rule.to} are not of the same family`, {
        hint: 'write two IPv4 networks, or two IPv6 networks',
        path: at,
      }),
    ]
  })
