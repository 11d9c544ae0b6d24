import { expect, it } from 'vitest'
import { siteFiles } from '../../src/site/build.ts'
import { exampleCluster } from '../example.ts'

it('the file release names profile, commit and version, and belongs to no machine', () => {
  const cluster = exampleCluster()
  const render = (commit: string | null) => [
    ...siteFiles(cluster, { profile: 'sample', commit, hakube: '1.2.3' }),
  ]
  const [one, other] = [render('0123'), render(null)]
  const changed = other.filter(({ body }, index) => !body.equals(one[index]?.body ?? Buffer.alloc(0)))
  expect(changed.map(({ path }) => path)).toEqual(['release'])
  const { body, ...rest } = one.find(({ path }) => path === 'release') ?? {}
  expect({ ...rest, text: body?.toString() }).toEqual({
    path: 'release',
    secret: false,
    contentType: 'text/plain; charset=utf-8',
    text: 'PROFILE=sample\nCOMMIT=0123\nHAKUBE=1.2.3\n',
  })
  expect([...siteFiles(cluster)].some(({ path }) => path === 'release')).toBe(false)
})
