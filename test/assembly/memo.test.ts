import {
  type Arbitrary,
  array,
  assert,
  constant,
  constantFrom,
  pre,
  property,
  record,
  shuffledSubarray,
  tuple,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { resolve, resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { components } from '../../src/components/index.ts'
import { hasErrors } from '../../src/diagnostics/diagnostic.ts'
import { applyRules } from '../../src/profile/rules/index.ts'
import { type Profile, roles } from '../../src/profile/schema.ts'
import { machineSite } from '../../src/site/build.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleNames, exampleProfile, type ProfileName, writeUpNames } from '../example.ts'
import { fakeSecrets } from '../secrets/fake-secrets.ts'

/*
 * What many machines share is made once for each kind of machine (src/assembly/once.ts), and each component says itself what makes a
 * kind. Where that leaves something out, one machine is given what another needs. A copy of a cluster has nothing made yet: what it
 * makes for one machine alone is right.
 */

type Profiles = (typeof exampleNames)[number] | (typeof writeUpNames)[number]
const names: readonly Profiles[] = [...exampleNames, ...writeUpNames]

const clusterOf = (profile: Profile): Cluster => {
  const bare = resolveWithoutSecrets(profile, new Map())
  return resolve(profile, new Map(), fakeSecrets(bare))
}

/** All that a machine is given, by where. */
function given(cluster: Cluster, machine: Machine): Record<string, string> {
  const assembly = assemble(components, cluster, machine)
  const files = machineFiles(cluster, assembly)
  const onMachine = files.map(({ path, mode, owner, content, secret }) => [
    path,
    `${mode} ${owner} ${secret}\n${textOf(content)}`,
  ])
  // Seeds keep texts of files too.
  const fetched = machineSite(cluster, assembly, files).map(({ path, body }) => [path, body.toString()])
  return Object.fromEntries([...onMachine, ...fetched]) as Record<string, string>
}

/** The first thing in which a machine beside others differs from the same machine made alone. */
function firstDifference(cluster: Cluster, machines: readonly Machine[]): object | null {
  for (const machine of machines) {
    const beside = given(cluster, machine)
    const alone = given({ ...cluster }, machine)
    for (const path of new Set([...Object.keys(alone), ...Object.keys(beside)]))
      if (beside[path] !== alone[path])
        return { machine: machine.name, path, beside: beside[path], alone: alone[path] }
  }
  return null
}

/** Every second machine has the other architecture. */
function mixArchitectures(profile: Profile): void {
  for (const [index, machine] of profile.machines.entries())
    machine.architecture = index % 2 === 0 ? 'amd64' : 'arm64'
}

/** A mirror for each architecture: what is fetched differs with it. */
const mirror = {
  amd64: 'http://mirror.example.com/amd64',
  arm64: 'http://mirror.example.com/arm64',
}

describe('parts that machines share', () => {
  it.each(names)('are right for each machine of %s, on two architectures, with mirrors', (name) => {
    const profile = exampleProfile(name)
    mixArchitectures(profile)
    const plain = clusterOf(profile)
    expect(firstDifference(plain, plain.machines)).toBe(null)
    profile.mirrors = { ...profile.mirrors, distribution: mirror }
    const mirrored = clusterOf(profile)
    expect(firstDifference(mirrored, mirrored.machines)).toBe(null)
  })

  type Machine = Profile['machines'][number]
  type Settings = Partial<Machine>

  const settings: Arbitrary<Settings> = record(
    {
      kernel: record(
        {
          modules: shuffledSubarray(['br_netfilter', 'ip_vs', 'nf_conntrack']),
          arguments: shuffledSubarray(['mitigations=auto', 'quiet']),
        },
        { requiredKeys: [] },
      ),
      sysctls: constantFrom<Record<string, number>[]>(
        {},
        { 'net.core.somaxconn': 1024 },
        { 'vm.swappiness': 5 },
      ),
      limits: constantFrom<NonNullable<Settings['limits']>[]>(
        [],
        [{ domain: '*', type: 'soft', item: 'nofile', value: 4096 }],
      ),
      files: shuffledSubarray([
        { path: '/etc/own/one', content: 'one\n' },
        { path: '/etc/yum.repos.d/own.repo', content: '[own]\n' },
        { path: '/etc/apt/sources.list.d/own.list', content: '\n' },
      ]),
      packages: shuffledSubarray(['htop', 'tmux']),
      labels: constantFrom({}, { 'example.com/disks': 'nvme' }),
      taints: constantFrom([], ['example.com/slow:PreferNoSchedule']),
      kubeletArguments: constantFrom({}, { 'max-pods': '60' }),
      commands: constantFrom([], [{ name: 'own', run: 'true' }]),
    },
    { requiredKeys: [] },
  )

  const hardware = constantFrom<Pick<Machine, 'architecture' | 'firmware' | 'console' | 'disk'>[]>(
    { architecture: 'amd64', firmware: 'bios', console: 'ttyS0' },
    { architecture: 'amd64', firmware: 'uefi', disk: '/dev/vda' },
    { architecture: 'arm64', firmware: 'uefi' },
    { architecture: 'arm64', firmware: 'uefi', console: 'ttyS1,115200' },
  )

  // Few of each, so that many machines are of a kind in one way and not in another.
  const dice = array(constantFrom<(0 | 1 | 2)[]>(0, 1, 2, 2, 2), { minLength: 12, maxLength: 12 })
  const rack = record({
    name: constantFrom<ProfileName>(...names),
    mirrored: constantFrom(true, true, false),
    hardware: tuple(hardware, hardware, hardware),
    settings: tuple(settings, settings, constant({})),
    ofRoles: record(Object.fromEntries(roles.map((role) => [role, settings])), { requiredKeys: [] }),
    hardwareOf: dice,
    settingsOf: dice,
    order: dice,
  })

  it('are right for each machine of a rack in which hardware and settings are mixed', () => {
    let looked = 0
    assert(
      property(rack, ({ name, mirrored, ofRoles, order, ...rest }) => {
        const profile = exampleProfile(name)
        profile.roles = { ...profile.roles, ...ofRoles }
        for (const [index, machine] of profile.machines.entries())
          Object.assign(
            machine,
            rest.hardware[rest.hardwareOf[index] ?? 0],
            rest.settings[rest.settingsOf[index] ?? 0],
          )
        if (mirrored) profile.mirrors = { ...profile.mirrors, distribution: mirror }
        pre(!hasErrors(applyRules({ profile, sources: new Map() })))
        const cluster = clusterOf(profile)
        looked += 1
        const shuffled = cluster.machines.toSorted(
          (left, right) =>
            (order[cluster.machines.indexOf(left)] ?? 0) - (order[cluster.machines.indexOf(right)] ?? 0),
        )
        expect(firstDifference(cluster, shuffled)).toBe(null)
      }),
      { numRuns: 25 },
    )
    expect(looked).toBeGreaterThan(10)
  })
})
