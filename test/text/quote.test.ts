import { describe, expect, it } from 'vitest'
import { quote } from '../../src/text/quote.ts'

describe('quote', () => {
  it.each([
    ['plain', 'plain'],
    ['10.10.10.0/24', '10.10.10.0/24'],
    ['', "''"],
    ['two words', "'two words'"],
    ["it's", String.raw`'it'\''s'`],
    ['$(reboot)', "'$(reboot)'"],
    ['~root', "'~root'"],
    ['line\nline', "'line\nline'"],
    [6443, '6443'],
  ])('%j becomes %s', (value, expected) => {
    expect(quote(value)).toBe(expected)
  })

  it('refuses what no shell word can contain', () => {
    expect(() => quote('a\0b')).toThrow('a shell word cannot contain a NUL character')
  })
})
