import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import type { Declared } from '../../src/assembly/component.ts'
import { components } from '../../src/components/index.ts'
import { collectOnce, onceForEach, sameForAll } from '../../src/assembly/once.ts'
import { declares } from '../components/host.ts'
import { exampleCluster } from '../example.ts'

const cluster = exampleCluster('external-load-balancers')
const declaredOf = (): Declared[] =>
  cluster.machines.map((machine) => assemble(components, cluster, machine).declared)

describe('onceForEach', () => {
  it('calls once for each cluster and kind', () => {
    const calls: string[] = []
    const roleOf = onceForEach(
      ({ role }) => role,
      ({ name }, { role }) => calls.push(`${name} ${role}`),
    )
    const other = { ...cluster, name: 'other' }
    for (const each of [cluster, other, cluster]) for (const machine of each.machines) roleOf(each, machine)
    const roles = [...new Set(cluster.machines.map(({ role }) => role))]
    expect(calls).toEqual([cluster.name, 'other'].flatMap((name) => roles.map((role) => `${name} ${role}`)))
  })

  it('returns the cached result for another machine of the same kind', () => {
    const nameOf = onceForEach(sameForAll, (_, { name }) => name)
    expect(new Set(cluster.machines.map((machine) => nameOf(cluster, machine)))).toEqual(
      new Set([cluster.machines[0]?.name]),
    )
  })
})

describe('what machines declare', () => {
  it('is one object for all machines with equal declarations', () => {
    const all = declaredOf()
    expect(new Set(all).size).toBe(new Set(all.map((declared) => JSON.stringify(declared))).size)
    expect(new Set(all).size).toBeLessThan(all.length)
    expect(declaredOf().every((declared, index) => declared === all[index])).toBe(true)
  })

  it('is dropped if each of many machines declares something different', () => {
    const own = { ...cluster }
    const [machine] = own.machines
    const declaredWith = (name: string) =>
      assemble([declares('one', { packages: [{ name }] })], own, machine!).declared
    const first = declaredWith('0')
    for (let index = 1; index < 100; index += 1) declaredWith(String(index))
    expect(declaredWith('0')).toBe(first)
    declaredWith('100')
    expect(declaredWith('0')).not.toBe(first)
    expect(declaredWith('0')).toEqual(first)
  })

  it('is collected once, and again for another declaration', () => {
    let calls = 0
    const collect = collectOnce(sameForAll, () => {
      calls += 1
      return { files: [] }
    })
    const [machine] = cluster.machines
    if (!machine) throw new Error('the example has machines')
    for (const declared of [...declaredOf(), ...declaredOf()]) collect(cluster, machine, declared)
    expect(calls).toBe(new Set(declaredOf()).size)
  })
})
