import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareVersions } from '../../src/text/versions.ts'

describe('the order of versions', () => {
  it.each([
    ['1.9', '1.10', -1],
    ['1.10', '1.9', 1],
    ['1.33', '1.33', 0],
    ['1.33', '1.33.1', -1],
    ['5.14', '5.13', 1],
    ['24.04', '9', 1],
  ])('puts %s and %s in order: %i', (one, other, sign) => {
    expect(Math.sign(compareVersions(one, other))).toBe(sign)
  })

  it('is consistent in both directions and across three versions', () => {
    const version = fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'))
    fc.assert(
      fc.property(version, version, version, (one, two, three) => {
        expect(Math.sign(compareVersions(one, two))).toBe(-Math.sign(compareVersions(two, one)) + 0)
        const [low, middle, high] = [one, two, three].toSorted(compareVersions)
        expect([low, middle, high].every((each) => each !== undefined)).toBe(true)
        expect(compareVersions(low ?? '', high ?? '')).toBeLessThanOrEqual(0)
      }),
    )
  })
})
