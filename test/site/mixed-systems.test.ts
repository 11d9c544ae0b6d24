import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { findConflicts } from '../../src/check/conflicts.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { components } from '../../src/components/index.ts'
import { hasErrors } from '../../src/diagnostics/diagnostic.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { machineSite, siteFiles } from '../../src/site/build.ts'
import { textOf } from '../../src/templates/template.ts'
import { anyMixedProfile, clusterFrom, mixedProfile } from '../mixed-systems.ts'
import { foldLook } from '../support/shared-text.ts'

const names = (items: readonly { name: string }[]): string =>
  [...new Set(items.map(({ name }) => name))].join(' ')

/** What a machine is, and boots and answers its installer with. */
function shown(cluster: Cluster, index: number): string {
  const machine = cluster.machines[index]!
  const assembly = assemble(components, cluster, machine)
  const { packages, repositories } = assembly.declared
  const files = machineSite(cluster, assembly, [])
    .filter(({ path }) => /^(?:ipxe|kickstart|preseed)\/|^seed\/.*\/(?:user-data|network-config)$/.test(path))
    .map(({ path, body }) => `--- ${path}\n${body.toString()}`)
  return [
    `=== ${machine.name}: ${machine.system.distribution.title} by ${machine.system.install.name}, ${machine.architecture}`,
    `packages: ${names(packages)}`,
    ...new Set(repositories.map(({ name, url }) => `repository: ${name} ${url}`)),
    `units: ${names(assembly.units)}`,
    `steps: ${names(assembly.steps)}`,
    ...machineFiles(cluster, assembly)
      .filter(({ path }) => !path.startsWith('/usr/libexec/hakube/'))
      .map(({ path, mode }) => `file: ${path} ${mode}`),
    ...files,
  ].join('\n')
}

/** All that a machine is given, as text. */
const whole = (cluster: Cluster, index: number): string[] => {
  const assembly = assemble(components, cluster, cluster.machines[index]!)
  return [
    ...machineFiles(cluster, assembly).map(
      ({ path, mode, content }) => `${path} ${mode}\n${textOf(content)}`,
    ),
    ...machineSite(cluster, assembly).map(({ path, body }) => `${path}\n${body.toString()}`),
  ]
}

/** What each node's kubelet is told, where it is. */
const resolverOf = (change: [string, string][]) => {
  const text = change.reduce((all, [from, to]) => all.replace(from, to), mixedProfile)
  const cluster = clusterFrom(text)
  return cluster.machines
    .filter(({ role }) => role !== 'load-balancer')
    .map((machine) => {
      const { files } = assemble(components, cluster, machine)
      const join = files.find(({ path }) => path.endsWith('/join.yaml'))!
      return /resolv-conf"?(?::|\s+value:) "?([^"\n]*)/.exec(textOf(join.content))?.[1] ?? null
    })
}

describe('a rack with several operating systems', () => {
  it('gives each machine what its own system needs', async () => {
    const cluster = clusterFrom(mixedProfile)
    for (const [index, { name }] of cluster.machines.entries())
      await expect(foldLook(shown(cluster, index))).toMatchFileSnapshot(
        `../fixtures/mixed-systems/${name}.txt`,
      )
  })

  it('gives a kubelet the name servers of its own machine, even if kubeadm init runs on another system', () => {
    const resolved = '/run/systemd/resolve/resolv.conf'
    expect(resolverOf([])).toEqual([null, null, null, resolved, resolved])
    expect(
      resolverOf([
        ['{name: rocky, version: "9"}', '{name: ubuntu, version: "24.04"}'],
        [
          'worker:\n    distribution: {name: ubuntu, version: "24.04"}',
          'worker:\n    distribution: {name: rocky, version: "9"}',
        ],
      ]),
    ).toEqual([null, null, null, '/etc/resolv.conf', '/etc/resolv.conf'])
    const own = 'kubeletArguments: {resolv-conf: /etc/hakube-resolv.conf}\nnetworkPlugin:'
    expect(resolverOf([['networkPlugin:', own]])).toEqual(Array(5).fill('/etc/hakube-resolv.conf'))
  })

  it('gives a machine the same files as if it were alone, whatever the others have', () => {
    fc.assert(
      fc.property(anyMixedProfile, fc.nat(6), (text, index) => {
        const { profile, diagnostics } = parseProfile(text, 'profile.yaml')
        fc.pre(profile !== null && !hasErrors(diagnostics))
        const cluster = clusterFrom(text)
        // Everything that is made once for several machines is there already.
        for (const each of cluster.machines.keys()) whole(cluster, each)
        // Nothing was ever made for a copy.
        expect(whole(cluster, index)).toEqual(whole(structuredClone(cluster), index))
      }),
      { numRuns: 25 },
    )
  })

  it('is rendered whenever the rules accept it', () => {
    fc.assert(
      fc.property(anyMixedProfile, (text) => {
        expect(parse(text)).toHaveProperty('machines')
        const { profile, diagnostics } = parseProfile(text, 'profile.yaml')
        fc.pre(profile !== null && !hasErrors(diagnostics))
        const cluster = clusterFrom(text)
        expect(hasErrors(findConflicts(cluster))).toBe(false)
        expect([...siteFiles(cluster)].length).toBeGreaterThan(7 * 6)
      }),
      { numRuns: 10 },
    )
  })
})
