import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../src/cluster/resolve.ts'
import { compileMachine } from '../../src/installers/compile.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { Profile } from '../../src/profile/schema.ts'
import { testSecrets } from '../example.ts'
import { mistakesIn } from '../profile/mistakes.ts'

const page = readFileSync(new URL('../../docs/hardware.md', import.meta.url), 'utf8')
const racks = [...page.matchAll(/^## (.*)$[^#]*?```yaml\n([^]*?)```/gm)].map(
  ([, title = '', text = '']) => [title, text] as const,
)

describe('docs/hardware.md', () => {
  it('has a profile for each rack', () => {
    expect(racks.map(([title]) => title)).toEqual([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title))
  })

  it.each(racks)('%s: is right, and rendered for each machine', (_title, text) => {
    expect(mistakesIn(text)).toBe('')
    const cluster = resolve(Profile.parse(parse(text)), new Map(), testSecrets)
    for (const machine of cluster.machines)
      expect(compileMachine(cluster, assemble(components, cluster, machine), []).length).toBeGreaterThan(3)
  })
})
