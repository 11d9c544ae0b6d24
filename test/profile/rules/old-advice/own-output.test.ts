import { describe, expect, it } from 'vitest'
import { assemble } from '../../../../src/assembly/assemble.ts'
import { machineFiles } from '../../../../src/assembly/first-boot.ts'
import { components } from '../../../../src/components/index.ts'
import { siteFiles } from '../../../../src/site/build.ts'
import { adviceOnText } from '../../../../src/profile/rules/old-advice/match.ts'
import { textsOf } from '../../../../src/profile/rules/old-advice/texts.ts'
import { textOf } from '../../../../src/templates/template.ts'
import type { Role } from '../../../../src/profile/schema.ts'
import { exampleCluster, exampleNames } from '../../../example.ts'

/** Advice holds for what is not known: only who gets a file is. */
const unknown = {
  role: null,
  distribution: null,
  kubernetes: null,
  containerd: null,
  runtime: 'containerd',
} as const

const adviceOn = (text: string, file: string, role: Role | null): string[] =>
  adviceOnText(text, file, [], { ...unknown, role }).map(
    ({ code, part = { start: 0, length: 0 } }) =>
      `${file}: ${code}: ${text.slice(part.start, part.start + part.length)}`,
  )

/** hakube takes its own advice. */
describe.each(exampleNames)('what hakube writes for %s', (name) => {
  const cluster = exampleCluster(name)
  const files = cluster.machines.flatMap((machine) =>
    machineFiles(cluster, assemble(components, cluster, machine)).map((file) => ({
      ...file,
      role: machine.role,
    })),
  )
  it('has no old advice in any file of any machine', () => {
    const found = files.flatMap(({ path, content, role }) => adviceOn(textOf(content), path, role))
    expect([...new Set(found)]).toEqual([])
  })
  it('is recognized as what it is', () => {
    const kinds = files.flatMap(({ path, content }) =>
      textsOf(textOf(content), path).flatMap((text) => [...text.kinds]),
    )
    const expected = [
      'haproxy',
      'keepalived',
      'keepalived-script',
      'shell',
      'sysctl',
      'unit',
      'containerd',
      'kubernetes',
    ]
    expect(kinds).toEqual(expect.arrayContaining(expected))
  })
  it('has none in the files with which machines boot and install', () => {
    const found = [...siteFiles(cluster)].flatMap(({ path, body }) => {
      const text = body.toString()
      // A kickstart is shell for the most part.
      return adviceOn(text, path.endsWith('.ks') ? `${path}.sh` : path, null)
    })
    expect([...new Set(found)]).toEqual([])
  })
})
