import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveVirtualRouterId } from '../../src/network/virtual-router-id.ts'

describe('deriveVirtualRouterId', () => {
  it('is always the same for a name', () => {
    expect(['sample', 'k8s', 'rack', 'production'].map(deriveVirtualRouterId)).toEqual([71, 171, 99, 78])
  })

  it('is from 1 to 255 and never 51', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const id = deriveVirtualRouterId(name)
        expect(Number.isInteger(id) && id >= 1 && id <= 255 && id !== 51).toBe(true)
      }),
    )
  })

  it('can be any of them', () => {
    const ids = new Set(
      Array.from({ length: 10_000 }, (_, index) => deriveVirtualRouterId(`cluster-${index}`)),
    )
    expect(ids.size).toBe(254)
    expect([Math.min(...ids), Math.max(...ids), ids.has(51)]).toEqual([1, 255, false])
  })
})
