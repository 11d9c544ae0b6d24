import { expect, it } from 'vitest'
import { createByteBudget } from '../../../src/server/syslog/byte-budget.ts'

it('limits the bytes of each address, over its connections, and lets it continue', () => {
  let time = 0
  const take = createByteBudget(() => time, { burst: 1000, perSecond: 100 })
  expect(take('10.0.0.1', 1000)).toBe(0)
  expect(take('10.0.0.1', 50)).toBe(500)
  expect(take('10.0.0.1', 50)).toBe(1000)
  expect(take('10.0.0.2', 50)).toBe(0)
  time += 1000
  expect(take('10.0.0.1', 0)).toBe(0)
  expect(take('10.0.0.1', 1)).toBe(10)
  // However long it was silent, not more than the first time.
  time += 3_600_000
  expect(take('10.0.0.1', 1100)).toBe(1000)
})
