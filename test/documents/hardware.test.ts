import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { machinePicture } from '../../src/commands/explain/pictures/machine.ts'
import { mermaidText } from '../../src/commands/explain/pictures/picture.ts'
import { rackPicture } from '../../src/commands/explain/pictures/rack.ts'
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

const clusterOf = (text: string): Cluster => resolve(Profile.parse(parse(text)), new Map(), testSecrets)

/** Machines that are drawn beside their rack. */
const drawnMachines: Readonly<Record<string, readonly string[]>> = {
  'A bond with VLANs': ['control-1'],
  'Disks for etcd, images and Ceph': ['control-1', 'worker-1'],
}

const block = (text: string): string => `\`\`\`mermaid\n${text}\`\`\`\n`

function pictures(title: string, text: string): string {
  const cluster = clusterOf(text)
  const ofMachines = (drawnMachines[title] ?? []).map((name) => {
    const machine = cluster.machines.find((each) => each.name === name)
    if (!machine) throw new Error(`${title} has no ${name}`)
    return `\n\`${name}\`:\n\n${block(mermaidText(machinePicture(cluster, machine)))}`
  })
  return [`\n${block(mermaidText(rackPicture(cluster)))}`, ...ofMachines].join('')
}

describe('docs/hardware.md', () => {
  it('has a profile for each of ten racks', () => {
    expect(racks.map(([title]) => title)).toEqual([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title))
    expect(racks).toHaveLength(10)
  })

  it.each(racks)('has a valid profile of %s, which is rendered for each machine', (_title, text) => {
    expect(mistakesIn(text)).toBe('')
    const cluster = clusterOf(text)
    for (const machine of cluster.machines)
      expect(compileMachine(cluster, assemble(components, cluster, machine), []).length).toBeGreaterThan(3)
  })

  // `npx vitest run --project unit test/documents/hardware.test.ts --update` draws them again.
  it('has the pictures of its racks', async () => {
    const [start = '', ...sections] = page.split(/^(?=## )/m)
    const drawn = sections.map((section, index) => {
      const [title, text] = racks[index] ?? ['', '']
      const [words = ''] = /^[^]*?```yaml\n[^]*?```\n/.exec(section) ?? []
      return `${words}${pictures(title, text)}`
    })
    await expect([start, drawn.join('\n')].join('')).toMatchFileSnapshot('../../docs/hardware.md')
  })
})
