import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { quote, quoteAll } from '../../src/text/quote.ts'
import { describeWith } from '../prerequisites.ts'

describeWith({ programs: ['bash', 'sh'] }, 'quote, read by a real shell', () => {
  it.each(['bash', 'sh'])('%s reads each value as one word, whatever it contains', (shell) => {
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
        const [first = ''] = words
        // As the value of an assignment too.
        const script = String.raw`value=${quote(first)}; printf '%s\0' "$value" ${quoteAll(words)}`
        const output = execFileSync(shell, ['-c', script], { encoding: 'utf8' })
        expect(output.split('\0')).toEqual([first, ...words, ''])
      }),
      { numRuns: 50 },
    )
  })
})
