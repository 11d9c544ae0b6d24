import { array, assert, constantFrom, jsonValue, nat, oneof, property, record, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printDiagnostics } from '../../src/diagnostics/print.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { good } from './mistakes.ts'

/** Never throws, always says where, and where is in the file. */
function check(text: string): void {
  const loaded = parseProfile(text, 'profile.yaml')
  const lines = text.split('\n')
  expect(loaded.profile !== null || loaded.diagnostics.length > 0).toBe(true)
  for (const { position, message, code } of loaded.diagnostics) {
    expect({ code, message, file: position?.file }).toEqual({ code, message, file: 'profile.yaml' })
    const { line = 0, column = 0, length = 0 } = position ?? {}
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1)
    expect(length).toBeGreaterThanOrEqual(1)
  }
  const printables = loaded.diagnostics.map((diagnostic) => ({ diagnostic, loaded }))
  for (const format of ['text', 'json', 'github'] as const) printDiagnostics(printables, format)
}

const snippets = constantFrom(
  '\t',
  '\n',
  ' ',
  '  ',
  ': ',
  '- ',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '<<: *a\n',
  '|\n',
  '>\n',
  '#',
  '---\n',
  '!tag ',
  '? ',
  '%',
  '@',
  '\r\n',
  '\u0085',
  '\u2028',
  '\u0000',
  '\uFEFF',
  '__proto__: ',
  'constructor: ',
  'null',
  '~',
  '1e999',
  '0x10',
  '.inf',
  '.nan',
  '-1',
  '1.30',
  'yes',
  '::',
  '10.0.0.0/8',
  'fe80::1',
  '💥',
  '\uD800',
  'machines:\n',
)

const mutations = array(
  record({
    at: nat(good.length),
    remove: oneof({ weight: 5, arbitrary: nat(8) }, { weight: 1, arbitrary: nat(400) }),
    insert: oneof(snippets, string({ maxLength: 6 })),
  }),
  { minLength: 1, maxLength: 6 },
)

describe('never throws, and always reports a position', () => {
  it('ends without an exception for any text', () => {
    assert(property(string({ unit: 'binary', maxLength: 200 }), check), { numRuns: 500 })
  })
  it('ends without an exception for any text of characters with a meaning in YAML', () => {
    assert(
      property(array(snippets, { maxLength: 40 }), (parts) => check(parts.join(''))),
      { numRuns: 500 },
    )
  })
  it('ends without an exception for a good profile with a few changes', () => {
    assert(
      property(mutations, (changes) => {
        let text = good
        for (const { at, remove, insert } of changes)
          text = text.slice(0, at) + insert + text.slice(at + remove)
        check(text)
      }),
      { numRuns: 1000 },
    )
  })
  it('ends without an exception for a good profile with other values', () => {
    const scalars = [...good.matchAll(/(?<=: |- )[^\s[{][^\n]*$/gm)]
    assert(
      property(nat(scalars.length - 1), jsonValue({ maxDepth: 2 }), (which, value) => {
        const { index = 0, 0: found = '' } = scalars[which] ?? {}
        check(good.slice(0, index) + JSON.stringify(value) + good.slice(index + found.length))
      }),
      { numRuns: 500 },
    )
  })
  it('ends without an exception for a good profile with lines moved', () => {
    const lines = good.split('\n')
    assert(
      property(nat(lines.length - 1), nat(lines.length - 1), nat(6), (from, to, indent) => {
        const moved = [...lines]
        const [line = ''] = moved.splice(from, 1)
        moved.splice(to, 0, ' '.repeat(indent) + line.trimStart())
        check(moved.join('\n'))
      }),
      { numRuns: 500 },
    )
  })
})
