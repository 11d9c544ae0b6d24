import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { installMethodOf } from '../install-method.ts'
import { firstCard, layouts, type MergedLayout } from '../layout.ts'
import { modesWithPrimary } from './link-uses.ts'
import { systemAt } from '../systems.ts'
import type { Rule } from './rule.ts'

/*
 * Settings that the format of an installer or of the installed system cannot express. Some installers configure one untagged card
 * (distributions/install-methods.ts); NetworkManager needs the kernel's name of a bond's primary card.
 */

/** Checks each layout once. */
export const linkFormatRules: Rule = ({ profile }) => {
  const layoutOf = layouts(profile)
  const found = new Map<string, Diagnostic>()
  for (const index of profile.machines.keys()) {
    const system = systemAt(profile, index)
    const method = installMethodOf(system)
    const { distribution } = system
    if (!distribution || !method) continue
    const program = method.configuresOneCard
    const service = distribution.networkServices[method.name]
    for (const each of [
      ...(program === null ? [] : checkInstallerCard(profile.network.installer, layoutOf(index), program)),
      ...(service === 'NetworkManager' ? checkPrimary(layoutOf(index), distribution.title) : []),
    ])
      found.set(JSON.stringify([each.path, each.message]), each)
  }
  return [...found.values()]
}

function checkInstallerCard(
  installer: string | undefined,
  layout: MergedLayout,
  program: string,
): Diagnostic[] {
  const network = installer === undefined ? null : layout.additional.get(installer)
  const start = network?.value.interface ?? layout.interface?.value ?? firstCard
  const path: Path = network ? [...network.path, 'interface'] : (layout.interface?.path ?? ['network'])
  const vlan = vlanBelow(layout, start, new Set())
  if (vlan === null) return []
  return [
    error('link/installer', `${program} uses an untagged network, but ${start} is on the VLAN ${vlan}`, {
      hint: `let the installer use the untagged network that machines boot from: "installer: provisioning" and "additional: {provisioning: {dhcp: true, interface: card0}}" under network`,
      path,
    }),
  ]
}

function vlanBelow(layout: MergedLayout, name: string, seen: Set<string>): string | null {
  if (layout.vlans.has(name)) return name
  if (seen.has(name)) return null
  seen.add(name)
  const [first] = layout.bonds.get(name)?.value.interfaces ?? layout.bridges.get(name)?.value.interfaces ?? []
  return first === undefined ? null : vlanBelow(layout, first, seen)
}

const checkPrimary = (layout: MergedLayout, title: string): Diagnostic[] =>
  [...layout.bonds].flatMap(([name, { value, path }]) =>
    // In other modes it has no effect, which checkBond reports.
    value.primary === undefined || !modesWithPrimary.some((mode) => mode === value.mode)
      ? []
      : [
          error(
            'link/bond',
            `NetworkManager of ${title} finds the primary card of ${name} by the kernel's name, which is not known before the machine runs`,
            {
              hint:
                'remove primary: the first card with a link is used as long as it has one; or write a command that sets it, nmcli connection modify hakube-' +
                name +
                ' +bond.options primary=NAME',
              path: [...path, 'primary'],
              onKey: true,
            },
          ),
        ],
  )
