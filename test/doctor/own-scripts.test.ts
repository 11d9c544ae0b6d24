import { describe, expect, it } from 'vitest'
import { bootScripts } from '../../src/boot/index.ts'
import { ownScripts } from '../../src/doctor/own-scripts.ts'
import { exampleCluster } from '../example.ts'

const cluster = exampleCluster('external-load-balancers')
const likeOf = (change: Partial<typeof cluster>): boolean[] => {
  const found = bootScripts({ ...cluster, ...change })
  return ownScripts(cluster).map(({ isLike }, index) => isLike(found[index]?.body ?? Buffer.alloc(0)))
}
const all = (like: boolean): boolean[] => bootScripts(cluster).map(() => like)

describe('the boot scripts of a cluster', () => {
  it('are those of a server for this cluster alone, or for several clusters', () => {
    expect(likeOf({})).toEqual(all(true))
    expect(likeOf({ name: 'other, sample' })).toEqual(all(true))
    expect(likeOf({ name: 'a, b, c, d and others' })).toEqual(all(true))
    expect(
      likeOf({ name: 'sample, other', syslog: { host: '10.10.10.5', port: 514, kernel: false } }),
    ).toEqual(all(true))
  })

  it('are not those of another cluster, of another server, or of another version', () => {
    expect(likeOf({ name: 'other' })).toEqual(all(false))
    expect(likeOf({ name: 'a, sample-2' })).toEqual(all(false))
    expect(likeOf({ server: 'http://10.10.10.6:8080' })).toEqual(all(false))
    for (const { body, isLike } of ownScripts(cluster))
      expect(isLike(Buffer.concat([body, Buffer.from('\n')]))).toBe(false)
  })
})
