import type { Fact } from '../../src/cluster/facts.ts'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { parseProfile } from '../../src/profile/load.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { printed } from '../profile/mistakes.ts'

const text = readFileSync(new URL('../fixtures/cluster/every-field.yaml', import.meta.url), 'utf8')
const sources = new Map([
  ['audit.yaml', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n'],
])
const loaded = parseProfile(text, 'every-field.yaml', sources)

const resolved = (change: (profile: Profile) => void = () => undefined) => {
  if (!loaded.profile) throw new Error(printed(loaded))
  const profile = structuredClone(loaded.profile)
  change(profile)
  return resolveWithoutSecrets(profile, sources)
}

const inOneLine = ({ name, value, from, reason }: Fact): string =>
  `${name}: ${value} (${from ? from.join('/') : reason})`

const named = (machines: readonly { name: string }[]) => machines.map(({ name }) => name)

describe('a profile that says almost everything', () => {
  it('has no errors', () => {
    expect(
      loaded.diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    ).toEqual([])
  })

  it('gives a cluster in which all of it stands in one spelling, and the rest follows from it', async () => {
    const cluster = resolved()
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
    ).toMatchFileSnapshot('../fixtures/cluster/expected/every-field.json')
  })
})
