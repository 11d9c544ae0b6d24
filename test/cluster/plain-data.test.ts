import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { siteFiles } from '../../src/site/build.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames } from '../example.ts'

/** The type itself where all in it is data; a property that is a function becomes `never`. */
type Plain<T> = T extends (...args: never[]) => unknown
  ? never
  : T extends object
    ? { [Key in keyof T]: Plain<T[Key]> }
    : T

/** Paths of everything that is neither a plain object, a list, nor a text, number, boolean or null. */
function strangers(value: unknown, path: string): string[] {
  if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)) return []
  if (typeof value !== 'object') return [`${path}: ${typeof value}`]
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null)
    return [`${path}: ${value.constructor.name}`]
  return Object.entries(value).flatMap(([key, each]) => strangers(each, `${path}.${key}`))
}

const rendered = (cluster: Cluster) =>
  [...siteFiles(cluster)].map(({ body, ...rest }) => ({ ...rest, body: body.toString('latin1') }))

describe.each([...exampleNames, ...writeUpNames])('the cluster of %s', async (name) => {
  const cluster = await testCluster(exampleProfile(name))

  it('is plain data: no functions, and no instances of classes', () => {
    const plain: Plain<Cluster> = cluster
    expect(strangers(plain, 'cluster')).toEqual([])
  })

  it('gives the same bytes after a transfer to another thread', () => {
    expect(rendered(structuredClone(cluster))).toEqual(rendered(cluster))
  })
})
