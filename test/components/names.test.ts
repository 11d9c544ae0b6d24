import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { startStepName } from '../../src/assembly/start-steps.ts'
import { components } from '../../src/components/index.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames } from '../example.ts'
import { changedCluster } from './host.ts'

/** A cluster whose machines make their keys themselves. */
async function withoutPairs(profile: Profile): Promise<Cluster> {
  const cluster = await testCluster(profile)
  return { ...cluster, secrets: { ...cluster.secrets, machines: {} } }
}

/** Names of the steps and units of every machine of a cluster, by component. */
async function givenNames() {
  const authority = readFileSync(new URL('../fixtures/trust/root.crt', import.meta.url), 'utf8')
  const given = new Map(components.map(({ name }) => [name, new Set<string>()]))
  const clusters = [
    ...(await Promise.all(
      [...exampleNames, ...writeUpNames].map((name) => testCluster(exampleProfile(name))),
    )),
    await withoutPairs(exampleProfile('external-etcd')),
    // What no example has.
    changedCluster((profile) => {
      profile.containerRuntime = { name: 'cri-o' }
      profile.commands = [{ name: 'own', run: 'true' }]
      profile.timezone = 'Europe/Berlin'
      profile.syslogPort = 514
      profile.netconsole = true
      profile.labels = { 'node-role.kubernetes.io/worker': '' }
      profile.trust = [{ content: authority }]
      profile.hardware = {
        disk: '/dev/sda',
        dataDisks: [{ disk: '/dev/sdb', mount: '/srv' }],
        bootFirst: 'disk',
      }
    }),
  ]
  for (const cluster of clusters)
    for (const machine of cluster.machines) {
      const { steps, units } = assemble(components, cluster, machine)
      const starts = new Set(units.map(({ name }) => startStepName(name)))
      for (const { component, name } of [...steps.filter(({ name }) => !starts.has(name)), ...units])
        given.get(component)?.add(name.replace(/^command-.*/, 'command-*'))
    }
  return given
}

it('every component lists the steps and units that it provides in all profiles, and no others', async () => {
  const given = await givenNames()
  const named = components.map(({ name, steps = [], units = [] }) => [name, [...steps, ...units].toSorted()])
  expect(Object.fromEntries([...given].map(([name, names]) => [name, [...names].toSorted()]))).toEqual(
    Object.fromEntries(named),
  )
})

it('no two components name the same step or unit', () => {
  const names = components.flatMap(({ steps = [], units = [] }) => [...steps, ...units.map(startStepName)])
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([])
})

it('the name of a unit is written once in the source', () => {
  const root = new URL('../../src/', import.meta.url).pathname
  const literals = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(root, file), 'utf8').matchAll(/(['"`])[\w@.-]+\.(?:service|socket|timer)\1/g),
    ])
    .map(([literal]) => literal)
  expect(literals.filter((literal, index) => literals.indexOf(literal) < index)).toEqual([])
})
