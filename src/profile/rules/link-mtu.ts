import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { firstCard, type MergedLayout } from '../layout.ts'
import { belowIn, kinds } from './link-references.ts'

const kindsWithMtu = ['ethernets', ...kinds] as const

/** An interface cannot have a larger MTU than the one below it. */
export function checkMtu(layout: MergedLayout): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const given = (name: string): { value: number; path: Path } | null => {
    for (const kind of kindsWithMtu) {
      const found = layout[kind].get(name)
      if (found?.value.mtu !== undefined) return { value: found.value.mtu, path: [...found.path, 'mtu'] }
    }
    return null
  }
  const need = (upper: string, mtu: number, path: Path, lower: string, seen: readonly string[]) => {
    if (seen.includes(lower)) return
    const own = given(lower)
    if (own && own.value < mtu)
      diagnostics.push(
        error('link/mtu', `${upper} has an MTU of ${mtu}, but ${lower} below it has ${own.value}`, {
          hint: `write at least ${mtu} for ${lower}, or at most ${own.value} for ${upper}`,
          path,
          related: [{ path: own.path, message: `the MTU of ${lower} is set here` }],
        }),
      )
    // An interface with its own MTU states what it needs from those below.
    else if (!own) for (const next of belowIn(layout, lower)) need(upper, mtu, path, next, [...seen, lower])
  }
  for (const kind of kinds)
    for (const name of layout[kind].keys()) {
      const own = given(name)
      if (own) for (const lower of belowIn(layout, name)) need(name, own.value, own.path, lower, [name])
    }
  const main = layout.interface?.value ?? firstCard
  if (layout.mtu) need('the network of the machines', layout.mtu.value, layout.mtu.path, main, [])
  for (const [name, { value, path }] of layout.additional)
    if (value.mtu !== undefined && value.interface !== undefined)
      need(`the network ${name}`, value.mtu, [...path, 'mtu'], value.interface, [])
  return [...diagnostics, ...checkShared(layout)]
}

/** An interface has one MTU: what a network sets for its interface must not contradict a larger one. */
function checkShared(layout: MergedLayout): Diagnostic[] {
  const below = (name: string, seen: Set<string> = new Set()): Set<string> => {
    if (!seen.has(name)) {
      seen.add(name)
      for (const lower of belowIn(layout, name)) below(lower, seen)
    }
    return seen
  }
  const networks = [
    {
      what: 'the network of the machines',
      on: layout.interface?.value ?? firstCard,
      mtu: layout.mtu?.value,
      path: layout.mtu?.path ?? [],
    },
    ...[...layout.additional].map(([name, { value, path }]) => ({
      what: `the network ${name}`,
      on: value.interface ?? '',
      mtu: value.mtu,
      path: [...path, 'mtu'],
    })),
  ]
  return networks.flatMap(({ what, on, mtu, path }) => {
    if (mtu === undefined || kindsWithMtu.some((kind) => layout[kind].get(on)?.value.mtu !== undefined))
      return []
    const larger = networks.find((other) => (other.mtu ?? 0) > mtu && below(other.on).has(on))
    if (!larger?.mtu) return []
    return [
      error(
        'link/mtu',
        `${what} has an MTU of ${mtu}, but its interface ${on} also carries ${larger.what} with ${larger.mtu}`,
        {
          hint: `write ${larger.mtu} for both; or put the smaller one on a VLAN of its own`,
          path,
          related: [{ path: larger.path, message: 'the larger MTU is set here' }],
        },
      ),
    ]
  })
}
