import { array, assert, boolean, constantFrom, integer, property, tuple } from 'fast-check'
import { expect, it } from 'vitest'
import { inRanges } from '../../src/diff/ranges.ts'

it.each([
  [[], ''],
  [['w-1'], 'w-1'],
  [['w-1', 'w-2'], 'w-1, w-2'],
  [['w-1', 'w-2', 'w-3'], 'w-1 to w-3'],
  [['w-8', 'w-9', 'w-10', 'w-11', 'm-1'], 'w-8 to w-11, m-1'],
  [['w-08', 'w-09', 'w-10'], 'w-08 to w-10'],
  [['w-9', 'w-010', 'w-011'], 'w-9, w-010, w-011'],
  [['r1-w-1', 'r1-w-2', 'r1-w-3', 'r2-w-4', 'r2-w-5', 'r2-w-6'], 'r1-w-1 to r1-w-3, r2-w-4 to r2-w-6'],
  [['w-1', 'w-3', 'w-4', 'w-5', 'w-7'], 'w-1, w-3 to w-5, w-7'],
  [['a1b', 'a2b', 'a3b', 'a4c'], 'a1b to a3b, a4c'],
  [['one', 'two', 'three', 'four', 'five'], 'one, two, three, four, five'],
])('%j is written as %s', (names, text) => {
  expect(inRanges(names)).toBe(text)
})

/** What a reader makes of it. */
const readAgain = (text: string): string[] =>
  (text === '' ? [] : text.split(', ')).flatMap((part) => {
    const [from = '', to] = part.split(' to ')
    if (to === undefined) return [from]
    const [, before = '', first = '', after = ''] = /^(.*?)(\d+)(\D*)$/.exec(from) ?? []
    const last = /(\d+)\D*$/.exec(to)?.[1] ?? ''
    return Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, index) => before + String(Number(first) + index).padStart(first.length, '0') + after,
    )
  })

it('no name is lost, whatever the names are', () => {
  const name = tuple(
    constantFrom('w-', 'r1-w', 'm', ''),
    integer({ min: 0, max: 120 }),
    constantFrom(0, 2, 3),
    constantFrom('', '-a'),
  ).map(([before, number, width, after]) => `${before}${String(number).padStart(width, '0')}${after}`)
  assert(
    property(array(name), boolean(), (names, sorted) => {
      const given = sorted
        ? names.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
        : names
      expect(readAgain(inRanges(given))).toEqual(given)
    }),
  )
})
