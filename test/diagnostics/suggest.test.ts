import { describe, expect, it } from 'vitest'
import { didYouMean, editDistance, orList, suggest } from '../../src/diagnostics/suggest.ts'

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['a', '', 1],
    ['role', 'role', 0],
    ['rol', 'role', 1],
    ['rloe', 'role', 1],
    ['kitten', 'sitting', 3],
  ])('%s to %s is %i', (one, other, distance) => {
    expect(editDistance(one, other)).toBe(distance)
    expect(editDistance(other, one)).toBe(distance)
  })
})

describe('suggest', () => {
  it.each([
    ['rol', ['name', 'role', 'mac'], 'role'],
    ['ROLE', ['name', 'role'], 'role'],
    ['name_servers', ['nameServers', 'timeServers'], 'nameServers'],
    ['control-plan', ['load-balancer', 'control-plane', 'worker'], 'control-plane'],
    ['addr', ['address', 'mac'], 'address'],
    ['x', ['name', 'role'], null],
    ['banana', ['name', 'role'], null],
    ['', ['name'], null],
    ['r'.repeat(100), ['role'], null],
  ])('%s', (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected)
  })
})

it('didYouMean suggests the nearest name, or lists all', () => {
  expect(didYouMean('rol', ['role', 'name'])).toBe('did you mean role?')
  expect(didYouMean('banana', ['role', 'name', 'mac'])).toBe('write role, name or mac')
})

it('orList joins names with commas and "or"', () => {
  expect(orList([])).toBe('')
  expect(orList(['a'])).toBe('a')
  expect(orList(['a', 'b', 'c'])).toBe('a, b or c')
})
