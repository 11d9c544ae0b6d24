import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote, quoteAll } from '../../src/components/quote.ts'
import { describeWith } from '../prerequisites.ts'

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

  it('refuses what no shell word can hold', () => {
    expect(() => quote('a\0b')).toThrow('a shell word cannot hold a NUL character')
  })
})

describeWith({ programs: ['bash', 'sh'] }, 'quote, read by a real shell', () => {
  it.each(['bash', 'sh'])('%s sees each value as one word, whatever it holds', (shell) => {
    const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''))
    const word = fc.oneof(
      text,
      fc.constantFrom(
        '-n',
        '-e',
        '=',
        'a=b',
        '~',
        '*',
        '!',
        '!!',
        '#',
        ';',
        '\\',
        "'",
        '"',
        '`id`',
        '${HOME}',
        '\r',
        '\n',
      ),
    )
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
        const script = String.raw`printf '%s\0' ${quoteAll(words)}`
        const output = execFileSync(shell, ['-c', script], { encoding: 'utf8' })
        expect(output.split('\0').slice(0, -1)).toEqual(words)
        // As the value of an assignment too.
        const [first = ''] = words
        const assigned = execFileSync(shell, ['-c', `value=${quote(first)}; printf '%s' "$value"`])
        expect(assigned.toString('utf8')).toBe(first)
      }),
      { numRuns: 50 },
    )
  })
})
