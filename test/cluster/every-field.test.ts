import type { Fact } from '../../src/cluster/facts.ts'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { printed } from '../profile/mistakes.ts'

const read = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')

/** What the profiles name with `source`. */
const sources = new Map([
  ['audit.yaml', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n'],
  ['cloud.conf', 'region = one\n'],
  ['patch.yaml', '[{op: add, path: /metadata/labels/own, value: "1"}]\n'],
  ['both.crt', read('trust/root.crt') + read('trust/second.crt')],
])
const names = ['every-field', 'other-choices'] as const
const loadedOf = (name: string) => parseProfile(read(`cluster/${name}.yaml`), `${name}.yaml`, sources)

const resolved = (name: string) => {
  const loaded = loadedOf(name)
  if (!loaded.profile) throw new Error(printed(loaded))
  return resolveWithoutSecrets(loaded.profile, sources)
}

const inOneLine = ({ name, value, from, reason }: Fact): string =>
  `${name}: ${value} (${from ? from.join('/') : reason})`

const named = (machines: readonly { name: string }[]) => machines.map(({ name }) => name)

describe.each(names)('a profile that sets almost everything, %s,', (name) => {
  it('has no errors', () => {
    expect(
      loadedOf(name).diagnostics.flatMap(({ severity, message }) => (severity === 'error' ? [message] : [])),
    ).toEqual([])
  })

  it('gives a cluster with normalized values, from which the rest is derived', async () => {
    const cluster = resolved(name)
    const { machines, controlPlanes, workers, balancers, etcd, facts, ...rest } = cluster
    await expect(
      `${JSON.stringify(
        {
          ...rest,
          machines: machines.map(({ settings, system, ...machine }, index) => ({
            ...machine,
            settings:
              index > 0 && isDeepStrictEqual(settings, machines[0]?.settings)
                ? `as ${machines[0]?.name}`
                : settings,
            system: system.distribution.title,
          })),
          systems: [...new Set(machines.map(({ system }) => system))].map(({ facts: about, ...system }) => ({
            ...system,
            distribution: system.distribution.title,
            facts: about.map(inOneLine),
          })),
          controlPlanes: named(controlPlanes),
          workers: named(workers),
          balancers: named(balancers),
          etcd: { ...etcd, members: named(etcd.members) },
          facts: facts.map(inOneLine),
        },
        null,
        1,
      )}\n`,
    ).toMatchFileSnapshot(`../fixtures/cluster/expected/${name}.json`)
  })
})
