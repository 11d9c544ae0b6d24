import type { Assembly } from '../../src/assembly/assemble.ts'
import { commands } from '../../src/components/commands.ts'
import type { Component, Part } from '../../src/assembly/component.ts'
import { files } from '../../src/components/files.ts'
import { hosts } from '../../src/components/hosts.ts'
import { kernel } from '../../src/components/kernel.ts'
import { limits } from '../../src/components/limits.ts'
import { packages } from '../../src/components/packages.ts'
import { selinuxFirewall } from '../../src/components/selinux-firewall.ts'
import { swap } from '../../src/components/swap.ts'
import { sysctl } from '../../src/components/sysctl.ts'
import { time } from '../../src/components/time.ts'
import { users } from '../../src/components/users.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { findDistribution } from '../../src/distributions/index.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, mirrorOf, testSecrets, type ExampleName } from '../example.ts'
import type { Tree } from '../support/overlay.ts'
import { assembleOnly } from '../support/assemble-only.ts'

/** The components of the host itself, in their order. */
export const hostComponents: readonly Component[] = [
  packages,
  kernel,
  sysctl,
  limits,
  swap,
  hosts,
  time,
  users,
  selinuxFirewall,
  files,
  commands,
]

/** A component that only declares something, as others do. */
export const declares = (name: string, part: Part): Component => ({
  name,
  purpose: 'declares',
  steps: (part.steps ?? []).map((step) => step.name),
  units: (part.units ?? []).map((unit) => unit.name),
  appliesTo: () => true,
  contribute: () => part,
})

/** An example profile with something changed in it, resolved. */
export function changedCluster(change: (profile: Profile) => void, name?: ExampleName): Cluster {
  const profile = exampleProfile(name)
  change(profile)
  const distribution = findDistribution(profile.distribution.name, profile.distribution.version)
  if (distribution?.mirror === null)
    profile.mirrors = { distribution: mirrorOf(distribution), ...profile.mirrors }
  return resolve(profile, new Map(), testSecrets)
}

export function machineOf(cluster: Cluster, name: string): Machine {
  const machine = cluster.machines.find((each) => each.name === name)
  if (!machine) throw new Error(`no machine ${name}`)
  return machine
}

/** The machine's assembly of host components and what others declare; the first machine unless told. */
export const assembleHost = (
  cluster: Cluster,
  declaring: Part = {},
  machine = cluster.machines[0]!,
): Assembly => assembleOnly([...hostComponents, declares('other', declaring)], cluster, machine)

/** Text of a file of the machine. */
export function fileText(assembly: Assembly, path: string): string {
  const file = assembly.files.find((each) => each.path === path)
  if (!file) throw new Error(`no file ${path}`)
  return textOf(file.content)
}

export function stepText(assembly: Assembly, name: string): string {
  const step = assembly.steps.find((each) => each.name === name)
  if (!step) throw new Error(`no step ${name}`)
  return textOf(step.script)
}

export function checkText(assembly: Assembly, name: string): string {
  const check = assembly.checks.find((each) => each.name === name)
  if (!check) throw new Error(`no check ${name}`)
  return textOf(check.script)
}

const part = (title: string, text: string) => `==== ${title}\n${text}`

/** Everything that a machine is given, in one text for people to read. */
export function describeAssembly(assembly: Assembly): string {
  return [
    ...assembly.files.map((file) =>
      part(
        `file ${file.path} ${file.mode} ${file.owner ?? 'root:root'} (${file.component})`,
        textOf(file.content),
      ),
    ),
    ...assembly.units.map((unit) =>
      part(`unit ${unit.name} ${unit.start} (${unit.component})`, unit.content ? textOf(unit.content) : ''),
    ),
    ...assembly.steps.map((step) =>
      part(`step ${step.name} after ${step.after.join(' ')} (${step.component})`, textOf(step.script)),
    ),
    ...assembly.checks.map((check) => part(`check ${check.name} (${check.component})`, textOf(check.script))),
  ].join('\n')
}

/** The assembly on the machine that it is for: files where they belong, scripts under /steps and /checks. */
export function treeOf(assembly: Assembly): Tree {
  const tree: Tree = {}
  for (const { path, mode, content } of assembly.files)
    tree[path] = { text: textOf(content), mode: Number.parseInt(mode, 8) }
  for (const { name, script } of assembly.steps)
    tree[`/steps/${name}`] = { text: textOf(script), mode: 0o755 }
  for (const { name, script } of assembly.checks)
    tree[`/checks/${name}`] = { text: textOf(script), mode: 0o755 }
  return tree
}
