import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assemble, type Assembly } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { describeAssembly } from '../components/host.ts'
import { exampleFile, exampleProfile, testCluster, writeUpNames } from '../example.ts'
import { forReview } from '../support/shared-text.ts'

const page = new URL('../../docs/write-ups.md', import.meta.url)

const withoutSecrets = (assembly: Assembly): Assembly => ({
  ...assembly,
  files: assembly.files.map((file) => (file.secret ? { ...file, content: '(secret)\n' } : file)),
  steps: assembly.steps.map((step) => (step.secret ? { ...step, script: '(secret)\n' } : step)),
})

describe.each(writeUpNames)('profiles/%s.yaml', (name) => {
  it('gives the first machine of each role the expected files', async () => {
    const cluster = await testCluster(exampleProfile(name))
    const roles = new Set(cluster.machines.map(({ role }) => role))
    for (const role of roles) {
      const machine = cluster.machines.find((each) => each.role === role)!
      const text = describeAssembly(withoutSecrets(assemble(components, cluster, machine)))
      await expect(await forReview(text)).toMatchFileSnapshot(
        `../fixtures/write-ups/expected/${name}-${role}.txt`,
      )
    }
  })

  it('is quoted in docs/write-ups.md and README.md', () => {
    for (const file of [page, new URL('../../README.md', import.meta.url)])
      expect(readFileSync(file, 'utf8')).toContain(`profiles/${name}.yaml)`)
  })
})

describe('docs/write-ups.md', () => {
  const text = readFileSync(page, 'utf8')

  it('names existing rules', () => {
    const errors = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    const ids = [...text.matchAll(/`([a-z]+(?:-[a-z]+)*\/[a-z0-9-]+)`/g)].map(([, id]) => id!)
    expect(ids.length).toBeGreaterThan(30)
    expect(ids.filter((id) => !errors.includes(`| \`${id}\` |`))).toEqual([])
  })

  it('names existing profiles', () => {
    const files = [...text.matchAll(/\]\(\.\.\/(profiles\/[^)]+)\)/g)].map(([, file]) => file!)
    expect(files.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([])
    expect(exampleFile('static-pods').endsWith(files.find((file) => file.includes('static-pods'))!)).toBe(
      true,
    )
  })
})
