import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { orList } from '../../diagnostics/suggest.ts'
import { cardIndex, firstCard, type MergedLayout } from '../layout.ts'
import { kinds, references, type Reference } from './link-references.ts'

/* Combinations of interfaces that are impossible, and invalid settings of bonds and VLANs. */

/** A member belongs to its bond or bridge only: it has no address, and nothing else uses it. */
export function checkUses(layout: MergedLayout): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const owners = new Map<string, Reference & { owner: string | null }>()
  for (const each of references(layout))
    if (each.kind === 'member') {
      const earlier = owners.get(each.name)
      if (earlier)
        diagnostics.push(
          error(
            'link/taken',
            earlier.owner === each.owner
              ? `${each.name} is a member of ${each.owner} twice`
              : `${each.name} is already a member of ${earlier.owner}`,
            {
              hint: 'remove it here',
              path: each.path,
              related: [{ path: earlier.path, message: 'it is a member here' }],
            },
          ),
        )
      else owners.set(each.name, each)
    }
  const used = (name: string, path: Path, what: string) => {
    const owner = owners.get(name)
    if (!owner) return
    diagnostics.push(
      error('link/taken', `${name} is a member of ${owner.owner}, so it cannot have ${what}`, {
        hint:
          path.at(-1) === 'interface' || path.at(-1) === 'link'
            ? `write ${owner.owner} instead of ${name}`
            : `write interface: ${owner.owner} under network`,
        path,
        related: [{ path: owner.path, message: 'it is a member here' }],
      }),
    )
  }
  for (const { value, path } of layout.vlans.values())
    if (value.link !== undefined) used(value.link, [...path, 'link'], 'a VLAN of its own')
  used(
    layout.interface?.value ?? firstCard,
    layout.interface?.path ?? owners.get(firstCard)?.path ?? [],
    'addresses',
  )
  for (const { value, path } of layout.additional.values())
    if (value.interface !== undefined) used(value.interface, [...path, 'interface'], 'addresses')
  for (const [name, { value, path }] of layout.bonds)
    for (const [index, member] of (value.interfaces ?? []).entries())
      if (cardIndex(member) === null && kinds.some((kind) => layout[kind].has(member)))
        diagnostics.push(
          error('link/taken', `${member} is not a card, so ${name} cannot have it as a member`, {
            hint: 'a bond consists of cards; a VLAN or a bridge can be on the bond',
            path: [...path, 'interfaces', index],
          }),
        )
  return diagnostics
}

type Bond = MergedLayout['bonds'] extends ReadonlyMap<string, { value: infer Value }> ? Value : never

/** Bond modes with a preferred member. */
export const modesWithPrimary = ['active-backup', 'balance-tlb', 'balance-alb'] as const

/** https://docs.kernel.org/networking/bonding.html: lacp_rate, min_links, primary, xmit_hash_policy */
export function checkBond(name: string, bond: Bond, path: Path): Diagnostic[] {
  const { mode, interfaces = [] } = bond
  if (mode === undefined) return []
  const source = 'https://docs.kernel.org/networking/bonding.html'
  const diagnostics: Diagnostic[] = []
  const unused = (key: keyof Bond, modes: readonly string[]) => {
    if (bond[key] === undefined || modes.includes(mode)) return
    diagnostics.push(
      error('link/bond', `${key} has no effect in mode ${mode}`, {
        hint: `remove it, or write mode: ${orList(modes)}`,
        path: [...path, key],
        onKey: true,
        source,
      }),
    )
  }
  unused('lacpRate', ['802.3ad'])
  unused('minLinks', ['802.3ad'])
  unused('transmitHashPolicy', ['balance-xor', '802.3ad', 'balance-tlb'])
  unused('primary', modesWithPrimary)
  const { primary } = bond
  if (primary !== undefined && !interfaces.includes(primary))
    diagnostics.push(
      error('link/bond', `primary ${inQuotes(primary)} is not a member of ${name}`, {
        hint: `write ${orList(interfaces)}`,
        path: [...path, 'primary'],
      }),
    )
  if (bond.minLinks !== undefined && bond.minLinks > interfaces.length)
    diagnostics.push(
      error(
        'link/bond',
        `${name} has ${interfaces.length} members, so it would never have ${bond.minLinks} links`,
        {
          hint: `write at most ${interfaces.length}`,
          path: [...path, 'minLinks'],
        },
      ),
    )
  if (interfaces.length !== 1) return diagnostics
  const one = `the bond ${name} has one member`
  const hint = 'add the second card: its MAC address to mac of each machine, and card1 to interfaces'
  const at = { hint, path: [...path, 'interfaces'] }
  diagnostics.push(
    mode === '802.3ad'
      ? error('link/bond', `${one}, but 802.3ad (LACP) joins at least two`, at)
      : warning('link/bond-of-one', `${one}, which fails with it`, at),
  )
  return diagnostics
}

export function checkVlans(layout: MergedLayout): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const owners = new Map<string, { name: string; path: Path }>()
  for (const [name, { value, path }] of layout.vlans) {
    const { id, link } = value
    if (id === undefined || link === undefined) continue
    const key = `${id} ${link}`
    const earlier = owners.get(key)
    if (earlier)
      diagnostics.push(
        error('link/vlan-twice', `VLAN ${id} is on ${link} twice: as ${earlier.name} and as ${name}`, {
          hint: 'remove one of the two; an interface can have several addresses',
          path,
          onKey: true,
          related: [{ path: earlier.path, message: 'first defined here' }],
        }),
      )
    else owners.set(key, { name, path })
    const [, suffix] = /\.(\d+)$/.exec(name) ?? []
    if (suffix !== undefined && Number(suffix) !== id)
      diagnostics.push(
        error('link/name', `the name ${name} says VLAN ${suffix}, but its id is ${id}`, {
          hint: `call it ${name.replace(/\d+$/, String(id))}, or write id: ${suffix}`,
          path,
          onKey: true,
        }),
      )
  }
  return diagnostics
}
