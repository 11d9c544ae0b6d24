import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  fitsBlock,
  indentYaml,
  isText,
  plainBlock,
  quoteYaml,
  toYaml,
  yamlEntry,
} from '../../src/templates/yaml.ts'
import { anyText } from '../seeds/texts.ts'

const read = (text: string): unknown => parse(text, { version: '1.1' })

describe('toYaml', () => {
  it('writes text of several lines as blocks and all other strings in double quotes', () => {
    const value = {
      answer: 'no',
      mac: '52:54:00:12:34:56',
      mode: '0644',
      text: 'one\n\n  two\n',
      more: 'no end',
      ends: 'two of them\n\n',
      leading: ' space\nbefore\n',
      empty: '',
      odd: 'bell \u0007, delete \u007f, next line \u0085\n',
      windows: 'one\r\ntwo\r\n',
      list: [1, true, null, { key: 'value' }],
      none: [],
    }
    expect(toYaml(value)).toMatchInlineSnapshot(`
      "answer: "no"
      mac: "52:54:00:12:34:56"
      mode: "0644"
      text: |
        one

          two
      more: "no end"
      ends: |+
        two of them

      leading: |2
         space
        before
      empty: ""
      odd: "bell \\u0007, delete \\x7f, next line \\x85\\n"
      windows: "one\\r\\ntwo\\r\\n"
      list:
        - 1
        - true
        - null
        - key: "value"
      none: []
      "
    `)
    expect(read(toYaml(value))).toEqual(value)
  })

  it('states the indentation of a block that begins with a tab, at any depth', () => {
    const text = '\tone\n\ttwo\n'
    const value = { text, list: [{ deep: { text: `\n\n${text}` } }, `${text}\n`], end: '\tno end\n\tx' }
    expect(toYaml(value)).toMatchInlineSnapshot(`
      "text: |2
        	one
        	two
      list:
        - deep:
            text: |2
              

              	one
              	two
        - |2+
          	one
          	two

      end: |2-
        	no end
        	x
      "
    `)
    expect(read(toYaml(value))).toEqual(value)
  })

  it('returns any text unchanged', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(read(toYaml({ text, list: [text, { text }] }))).toEqual({ text, list: [text, { text }] })
      }),
    )
  })
})

describe('what is written without the serialiser equals what it writes', () => {
  it('holds for plainBlock', () => {
    const lines = fc
      .array(fc.oneof(fc.string(), fc.constantFrom('', 'é 漢 🚀', '  indented', '---')))
      .map((all) => `${all.join('\n')}\n`)
    let blocks = 0
    fc.assert(
      fc.property(fc.oneof(lines, anyText), (text) => {
        const block = plainBlock(text, 2)
        if (block === null) return
        blocks += 1
        expect(`a:\n  text: ${plainBlock(text, 4)}`).toBe(toYaml({ a: { text } }))
        expect(`text: ${block}`).toBe(toYaml({ text }))
      }),
    )
    expect(blocks).toBeGreaterThan(10)
  })

  it('holds for quoteYaml', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(!text.includes('\n'))
        expect(`text: ${quoteYaml(text)}\n`).toBe(toYaml({ text }))
      }),
    )
  })

  it('holds for yamlEntry and indentYaml', () => {
    const value = fc.oneof(
      anyText,
      fc.boolean(),
      fc.integer(),
      fc.array(anyText),
      fc.object({
        key: fc.constantFrom('a', 'b', 'c'),
        values: [anyText, fc.boolean(), fc.integer(), fc.constant(null)],
      }),
      fc.dictionary(fc.constantFrom('a', 'b'), anyText),
      fc.array(fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(anyText, fc.array(anyText)))),
    )
    fc.assert(
      fc.property(value, value, (one, other) => {
        const entries = yamlEntry('one', one) + yamlEntry('other', other)
        expect(entries).toBe(toYaml({ one, other }))
        expect(`deep:\n${indentYaml(entries, 2)}`).toBe(toYaml({ deep: { one, other } }))
      }),
    )
  })
})

describe('isText and fitsBlock', () => {
  it.each([
    ['plain\n\ttext\n', true, true],
    ['ünïcödé 漢字 🚀\n', true, true],
    ['one\r\ntwo\r\n', true, false],
    ['line\u2028separator', true, false],
    ['\ufeffbyte order mark', true, false],
    ['nul \0', false, false],
    ['escape \u001b[0m', false, false],
    ['delete \u007f', false, false],
    ['half a character \ud800', false, false],
  ])('%j', (text, isOne, fits) => {
    expect([isText(text), fitsBlock(text)]).toEqual([isOne, fits])
  })
})
