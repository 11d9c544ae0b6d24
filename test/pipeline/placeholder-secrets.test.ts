import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { clusterOf } from '../../src/pipeline/cluster.ts'
import { placeholderSecrets } from '../../src/pipeline/secrets.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { exampleFile, type ExampleName } from '../example.ts'

/** Those that are installed to a disk: machines that run from memory cannot enrol. */
const names: readonly ExampleName[] = ['external-load-balancers', 'load-balancers-on-control-planes']

describe('placeholders for secrets', () => {
  it.each(['inline', 'enrolled'])('suffice to assemble all machines, with delivery: %s', async (delivery) => {
    for (const name of names) {
      const text = readFileSync(exampleFile(name), 'utf8')
      const loaded = parseProfile(`${text}\nsecrets: {delivery: ${delivery}}\n`, 'profile.yaml')
      const cluster = clusterOf(loaded, await placeholderSecrets(loaded))
      const assembled = cluster?.machines.map(
        (machine) => assemble(components, cluster, machine).machine.name,
      )
      expect({ name, machines: assembled }).toEqual({
        name,
        machines: loaded.profile?.machines.map((machine) => machine.name),
      })
    }
  })
})
