import { describe, expect, it } from 'vitest'
import { factsOf } from '../../src/server/machine-facts.ts'

const memory = (modules: string, large = ''): number | undefined =>
  factsOf(`/hardware/x?modules=${modules}&large=${large}`).memory

describe('what iPXE reports about the memory of a machine', () => {
  it('is the sum of its modules', () => {
    expect(memory('00-40.00-40.00-00.00-20')).toBe(16_384 + 16_384 + 8192)
  })

  it('supports small modules in KiB and large ones elsewhere', () => {
    expect(memory('00-a0')).toBe(8)
    expect(memory('ff-7f.00-01.ff-7f', '00-00-01-00.00-00-00-00.00-80-00-00')).toBe(65_536 + 256 + 32_768)
  })

  it.each(['', '.', 'ff-ff', '00', '00-00', '00-00-01', 'zz-01', '-1', 'ff-7f', '0x10'])(
    'is unknown for %j',
    (modules) => {
      expect(memory(modules)).toBe(undefined)
    },
  )
})
