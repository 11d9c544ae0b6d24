import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { orList, suggest } from '../../diagnostics/suggest.ts'
import { cardIndex, cardName, layouts, type MergedLayout } from '../layout.ts'
import { belowIn, kinds, references } from './link-references.ts'
import { checkBond, checkUses, checkVlans } from './link-uses.ts'
import { checkMtu } from './link-mtu.ts'
import type { Rule } from './rule.ts'

/*
 * The network interfaces of machines: names, members, and settings of bonds and VLANs. Many machines share a layout, so each mistake is
 * reported once.
 */

/** Checks the layout of each machine; mistakes of several machines with the same layout count once. */
export const linkRules: Rule = ({ profile }) => {
  const layoutOf = layouts(profile)
  const found = new Map<string, Diagnostic>()
  const seen = new Map<MergedLayout, Set<number>>()
  for (const [index, machine] of profile.machines.entries()) {
    const layout = layoutOf(index)
    const cards = [machine.mac].flat().length
    const known = seen.get(layout) ?? new Set()
    seen.set(layout, known)
    if (known.has(cards)) continue
    known.add(cards)
    for (const each of checkLayout(layout, cards, machine.name)) {
      const key = JSON.stringify([each.code, each.path])
      if (!found.has(key)) found.set(key, each)
    }
  }
  return [...found.values()]
}

function checkLayout(layout: MergedLayout, cards: number, machine: string): Diagnostic[] {
  return [
    ...checkNames(layout),
    ...checkReferences(layout, cards, machine),
    ...checkUses(layout),
    ...[...layout.bonds].flatMap(([name, { value, path }]) => checkBond(name, value, path)),
    ...checkVlans(layout),
    ...checkMtu(layout),
  ]
}

/** IFNAMSIZ of linux/if.h is 16 including the terminating zero; dev_valid_name of net/core/dev.c. */
const longest = 15

/** Names that the kernel, container runtimes and network plugins use, and the kernel's names of cards. */
const reserved =
  /^(?:lo|all|default|bonding_masters|card\d+|eth\d+|en[ospx].*|wl.*|docker.*|br-.*|veth.*|cni.*|cali.*|tunl\d+|vxlan\.calico|wireguard\.cali|cilium.*|lxc.*|flannel.*|kube-.*|nodelocaldns|dummy\d+|sit\d+|ip6?tnl\d+|gre\d+|ip_vti\d+)$/

function checkNames(layout: MergedLayout): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const owners = new Map<string, Path>()
  for (const kind of kinds)
    for (const [name, { path }] of layout[kind]) {
      const wrong = whatIsWrong(name)
      if (wrong)
        diagnostics.push(
          error('link/name', `the interface name ${inQuotes(name)} ${wrong.what}`, {
            hint: wrong.hint,
            path,
            onKey: true,
          }),
        )
      const earlier = owners.get(name)
      if (earlier)
        diagnostics.push(
          error('link/name', `two interfaces are called ${name}`, {
            hint: 'rename one of the two',
            path,
            onKey: true,
            related: [{ path: earlier, message: 'the other is here' }],
          }),
        )
      owners.set(name, path)
    }
  return diagnostics
}

function whatIsWrong(name: string): { what: string; hint: string } | null {
  const bytes = Buffer.byteLength(name)
  if (bytes > longest)
    return { what: `has ${bytes} bytes, but the kernel takes ${longest}`, hint: 'shorten it' }
  if (!/^[a-zA-Z][a-zA-Z0-9._-]*$/.test(name))
    return {
      what: 'is not a name that all programs can read',
      hint: 'write letters, digits, dots and dashes, beginning with a letter, e.g. bond0 or bond0.20',
    }
  if (reserved.test(name))
    return {
      what: 'is a name that the kernel, a container runtime or a network plugin uses',
      hint: 'use another one, e.g. bond0, br0 or storage',
    }
  return null
}

/** Names of the cards of a machine, and of all interfaces on top of them. */
const namesIn = (layout: MergedLayout, cards: number): string[] => [
  ...Array.from({ length: cards }, (_, index) => cardName(index)),
  ...kinds.flatMap((kind) => [...layout[kind].keys()]),
]

function checkReferences(layout: MergedLayout, cards: number, machine: string): Diagnostic[] {
  const names = namesIn(layout, cards)
  const diagnostics: Diagnostic[] = []
  const unknown = (name: string, path: Path) => {
    const position = cardIndex(name)
    if (position === null) {
      const near = suggest(name, names)
      diagnostics.push(
        error('link/unknown', `there is no interface ${inQuotes(name)}`, {
          hint:
            near === null
              ? `write one of ${orList(names)}, or define it under bonds, vlans or bridges`
              : `did you mean ${near}?`,
          path,
        }),
      )
    } else
      diagnostics.push(
        error(
          'link/no-card',
          `${machine} has ${cards === 1 ? 'one MAC address' : `${cards} MAC addresses`}, so there is no ${name}`,
          {
            hint: `add the MAC address of the card to mac of ${machine}; card0 is the first, card1 the second`,
            path,
          },
        ),
      )
  }
  for (const { name, path } of references(layout)) if (!names.includes(name)) unknown(name, path)
  // Their cards are needed only on machines in these networks (link-addresses.ts).
  for (const { value, path } of layout.additional.values()) {
    const name = value.interface
    if (name !== undefined && cardIndex(name) === null && !names.includes(name))
      unknown(name, [...path, 'interface'])
  }
  for (const [name, { path }] of layout.ethernets)
    if (cardIndex(name) === null)
      diagnostics.push(
        error('link/name', `${inQuotes(name)} is not the name of a card`, {
          hint: 'cards are called card0, card1, … in the order of mac',
          path,
          onKey: true,
        }),
      )
  for (const [name, { value, path }] of layout.bonds)
    if (value.interfaces === undefined) diagnostics.push(missing('bond', name, 'interfaces', path))
    else if (value.mode === undefined) diagnostics.push(missing('bond', name, 'mode', path))
  for (const [name, { value, path }] of layout.vlans)
    for (const key of ['id', 'link'] as const)
      if (value[key] === undefined) diagnostics.push(missing('VLAN', name, key, path))
  for (const [name, { value, path }] of layout.bridges)
    if (value.interfaces === undefined) diagnostics.push(missing('bridge', name, 'interfaces', path))
  return [...diagnostics, ...checkLoops(layout)]
}

const missing = (kind: string, name: string, key: string, path: Path): Diagnostic =>
  error('link/incomplete', `the ${kind} ${name} has no ${key}`, {
    hint: `write ${key}, here or where ${name} is set for all machines`,
    path,
    onKey: true,
  })

function checkLoops(layout: MergedLayout): Diagnostic[] {
  const reaches = (from: string, wanted: string, seen: Set<string>): boolean =>
    belowIn(layout, from).some(
      (name) => name === wanted || (!seen.has(name) && reaches(name, wanted, seen.add(name))),
    )
  for (const kind of kinds)
    for (const [name, { path }] of layout[kind])
      if (reaches(name, name, new Set()))
        return [
          error('link/loop', `the interface ${name} contains itself`, {
            hint: 'a bond consists of cards, a VLAN is on a card, a bond or a bridge',
            path,
            onKey: true,
          }),
        ]
  return []
}
