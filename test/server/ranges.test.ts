import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isNotModified, mayUseRange, selectRange } from '../../src/server/ranges.ts'

describe('selectRange', () => {
  it.each([
    [undefined, 10, 'whole'],
    ['', 10, 'whole'],
    ['bytes=0-0', 10, [0, 0]],
    ['bytes=0-9', 10, [0, 9]],
    ['bytes=0-', 10, [0, 9]],
    ['bytes=3-5', 10, [3, 5]],
    ['bytes=9-', 10, [9, 9]],
    ['bytes=5-100', 10, [5, 9]],
    ['bytes=-1', 10, [9, 9]],
    ['bytes=-10', 10, [0, 9]],
    ['bytes=-100', 10, [0, 9]],
    ['Bytes=1-2', 10, [1, 2]],
    ['bytes= 1-2 ', 10, [1, 2]],
    ['bytes=0-99999999999999999999999', 10, [0, 9]],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=10-11', 10, 'unsatisfiable'],
    ['bytes=99999999999999999999999-', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=-5', 0, 'unsatisfiable'],
    ['bytes=5-3', 10, 'whole'],
    ['bytes=-', 10, 'whole'],
    ['bytes=', 10, 'whole'],
    ['bytes=a-b', 10, 'whole'],
    ['bytes=0x1-2', 10, 'whole'],
    ['bytes=1-2-3', 10, 'whole'],
    ['bytes=--1', 10, 'whole'],
    ['bytes=1-2,4-5', 10, 'whole'],
    ['lines=1-2', 10, 'whole'],
    ['bytes 1-2', 10, 'whole'],
  ])('%j of %d bytes', (field, size, expected) => {
    const range = Array.isArray(expected) ? { first: expected[0], last: expected[1] } : expected
    expect(selectRange(field, size)).toEqual(range)
  })

  it('never exceeds the file', () => {
    const number = fc.oneof(fc.nat(40), fc.bigInt({ min: 0n }), fc.constant(''))
    fc.assert(
      fc.property(number, number, fc.nat(30), (from, to, size) => {
        const range = selectRange(`bytes=${from}-${to}`, size)
        if (typeof range === 'string') return
        expect(range.first).toBeGreaterThanOrEqual(0)
        expect(range.last).toBeGreaterThanOrEqual(range.first)
        expect(range.last).toBeLessThan(size)
      }),
    )
  })
})

const version = { etag: '"a-b"', modified: new Date('2026-11-21T12:00:00.500Z') }

describe('isNotModified', () => {
  it.each([
    [{}, false],
    [{ 'if-none-match': '"a-b"' }, true],
    [{ 'if-none-match': 'W/"a-b"' }, true],
    [{ 'if-none-match': '"x", "a-b"' }, true],
    [{ 'if-none-match': '*' }, true],
    [{ 'if-none-match': '"x"' }, false],
    [{ 'if-modified-since': 'Sat, 21 Nov 2026 12:00:00 GMT' }, true],
    [{ 'if-modified-since': 'Sat, 21 Nov 2026 12:00:01 GMT' }, true],
    [{ 'if-modified-since': 'Sat, 21 Nov 2026 11:59:59 GMT' }, false],
    [{ 'if-modified-since': 'nonsense' }, false],
    [{ 'if-none-match': '"x"', 'if-modified-since': 'Sat, 21 Nov 2026 12:00:00 GMT' }, false],
  ])('%j', (headers, expected) => {
    expect(isNotModified(headers, version)).toBe(expected)
  })
})

describe('mayUseRange', () => {
  it.each([
    [{}, true],
    [{ 'if-range': '"a-b"' }, true],
    [{ 'if-range': 'W/"a-b"' }, false],
    [{ 'if-range': '"x"' }, false],
    [{ 'if-range': 'Sat, 21 Nov 2026 12:00:00 GMT' }, true],
    [{ 'if-range': 'Sat, 21 Nov 2026 12:00:01 GMT' }, false],
    [{ 'if-range': 'nonsense' }, false],
  ])('%j', (headers, expected) => {
    expect(mayUseRange(headers, version)).toBe(expected)
  })
})
