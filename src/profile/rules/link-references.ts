import type { Path } from '../../diagnostics/diagnostic.ts'
import type { MergedLayout } from '../layout.ts'

/* Where the layout of a machine refers to an interface. */

/** The kinds of interfaces that a profile can define, in addition to cards. */
export const kinds = ['bonds', 'vlans', 'bridges'] as const

export type Reference = { name: string; path: Path; kind: 'member' | 'link' | 'interface' }

export function* references(layout: MergedLayout): Generator<Reference & { owner: string | null }> {
  if (layout.interface)
    yield { name: layout.interface.value, path: layout.interface.path, kind: 'interface', owner: null }
  for (const kind of ['bonds', 'bridges'] as const)
    for (const [owner, { value, path }] of layout[kind])
      for (const [index, name] of (value.interfaces ?? []).entries())
        yield { name, path: [...path, 'interfaces', index], kind: 'member', owner }
  for (const [owner, { value, path }] of layout.vlans)
    if (value.link !== undefined) yield { name: value.link, path: [...path, 'link'], kind: 'link', owner }
}

/** Names of the interfaces that an interface consists of. */
export function belowIn(layout: MergedLayout, name: string): readonly string[] {
  const members = layout.bonds.get(name)?.value.interfaces ?? layout.bridges.get(name)?.value.interfaces
  const link = layout.vlans.get(name)?.value.link
  return members ?? (link === undefined ? [] : [link])
}
