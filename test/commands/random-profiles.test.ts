import { assert, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { certificateNeeds } from '../../src/cluster/certificate-needs.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve, resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { linesOf } from '../../src/commands/explain/action.ts'
import { explainMachine } from '../../src/commands/explain/explanation.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { hasErrors } from '../../src/diagnostics/diagnostic.ts'
import { isMapping } from '../../src/text/data.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { type KeyPair, machineRecord, type Secrets } from '../../src/secrets/secrets.ts'
import { findLongKernelLines } from '../../src/check/kernel-lines.ts'
import { siteFiles } from '../../src/site/build.ts'
import { buildManifest, manifestEntry } from '../../src/site/manifest.ts'
import { testSecrets } from '../example.ts'
import { good } from '../profile/mistakes.ts'
import { changes } from './random-profiles.ts'

/** Puts a value into a profile; a place below something else than a mapping or list stays away. */
function put(profile: unknown, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let owner: unknown = profile
  for (const key of keys) {
    if (isMapping(owner)) owner = owner[key] ??= {}
    else if (Array.isArray(owner)) owner = owner[Number(key)]
  }
  if (isMapping(owner)) owner[last] = value
}

/** One key for all: making many takes minutes and shows no more. */
function secretsFor(cluster: Omit<Cluster, 'secrets'>): Secrets {
  const machines = machineRecord<Record<string, KeyPair>>()
  for (const { machine, kind } of certificateNeeds(cluster))
    machines[machine] = { ...machines[machine], [kind]: testSecrets.authorities.etcd }
  return { ...testSecrets, machines }
}

describe('a profile without errors', () => {
  it('can be rendered and explained, whatever it contains', () => {
    let rendered = 0
    assert(
      property(changes, (list) => {
        const profile: unknown = parse(good)
        for (const { path, value } of list) put(profile, path, value)
        const loaded = parseProfile(JSON.stringify(profile, null, 2), 'profile.yaml')
        if (!loaded.profile || hasErrors(loaded.diagnostics)) return
        const bare = resolveWithoutSecrets(loaded.profile, loaded.sources)
        const cluster = resolve(loaded.profile, loaded.sources, secretsFor(bare))
        // Every command that renders looks for these first: a boot loader would cut the line.
        if (findLongKernelLines(cluster).length > 0) return
        rendered += 1
        const entries = [...siteFiles(cluster)].map((file) => manifestEntry(file))
        buildManifest(
          {
            hakube: '0',
            profile: cluster.name,
            commit: null,
            ephemeralSecrets: true,
            machines: cluster.machines,
          },
          entries,
        )
        for (const machine of cluster.machines) {
          const assembly = assemble(components, cluster, machine)
          explainMachine(cluster, assembly, machineFiles(cluster, assembly), components, linesOf(loaded))
        }
      }),
      { numRuns: Number(process.env['HAKUBE_RANDOM_RUNS'] ?? 300) },
    )
    // Otherwise nothing was tested.
    expect(rendered).toBeGreaterThan(50)
  })
})
