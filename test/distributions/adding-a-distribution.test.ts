import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Distribution } from '../../src/distributions/distribution.ts'
import { findDistribution } from '../../src/distributions/index.ts'
import { good, replace } from '../profile/mistakes.ts'

const debian = findDistribution('debian', '13')
if (!debian) throw new Error('hakube no longer knows Debian 13')

/** What one more file of facts would hold. */
const example: Distribution = { ...debian, name: 'example', version: '1', title: 'Example Linux 1' }

beforeAll(() => {
  vi.resetModules()
  vi.doMock(import('../../src/distributions/index.ts'), async (original) => {
    const real = await original()
    const distributions = [...real.distributions, example]
    return {
      ...real,
      distributions,
      findDistribution: (name: string, version: string) =>
        distributions.find((each) => each.name === name && each.version === version) ?? null,
    }
  })
})

afterAll(() => {
  vi.doUnmock('../../src/distributions/index.ts')
  vi.resetModules()
})

it('a distribution is one entry in the list: profiles with it are valid, and its machines get a whole site', async () => {
  const { parseProfile } = await import('../../src/profile/load.ts')
  const { resolve } = await import('../../src/cluster/resolve.ts')
  const { siteFiles } = await import('../../src/site/build.ts')
  const { testSecrets } = await import('../example.ts')
  const text = replace(good, ['name: rocky', 'name: example'], ['version: "9"', 'version: "1"'])
  const { profile, diagnostics } = parseProfile(text, 'profile.yaml')
  expect(diagnostics).toEqual([])
  if (!profile) throw new Error('the profile has no errors, but is not there')
  const files = [...siteFiles(resolve(profile, new Map(), testSecrets))]
  expect(files.map(({ path }) => path).filter((path) => path.startsWith('preseed/'))).toHaveLength(6)
  const script = files.find(({ path }) => path === 'ipxe/52-54-00-aa-bb-01')
  expect(script?.body.toString()).toContain('Example Linux 1')
})
