import { describe, expect, it } from 'vitest'
import type { Path } from '../../src/diagnostics/diagnostic.ts'
import { createTextLocator } from '../../src/diagnostics/locate.ts'
import type { TextPart } from '../../src/diagnostics/locate.ts'
import { readYaml } from '../../src/profile/yaml.ts'

const text = `shared: &shared
  disk: /dev/sda
machines:
  - name: one
    <<: *shared
    empty:
    list: [a, b]
    script: |

      first
        second
    folded: >
      some words
    quoted: "a\\tb"
`
const { locate } = readYaml(text, 'f')

/** The text that a position marks, with its place. */
function marked(path: Path, onKey?: boolean, part?: TextPart): string {
  const { file, line, column, length } = locate(path, onKey, part)
  const found = (text.split('\n')[line - 1] ?? '').slice(column - 1, column - 1 + length)
  return `${file}:${line}:${column} ${found}`
}

describe('locate', () => {
  it.each<[Path, boolean, string]>([
    [['machines', 0, 'name'], false, 'f:4:11 one'],
    [['machines', 0, 'name'], true, 'f:4:5 name'],
    [['machines', 0, 'list', 1], false, 'f:7:15 b'],
    [['machines', 0], false, 'f:4:5 name: one'],
    [['machines'], true, 'f:3:1 machines'],
    // Through the anchor.
    [['machines', 0, 'disk'], false, 'f:2:9 /dev/sda'],
    // No value: the key.
    [['machines', 0, 'empty'], false, 'f:6:5 empty'],
    // Not there: what is.
    [['machines', 0, 'mac'], false, 'f:4:5 name: one'],
    [['machines', 7, 'mac'], false, 'f:4:3 - name: one'],
    [['nothing', 'at', 'all'], true, 'f:1:1 shared: &shared'],
    [['machines', 0, 'toString'], false, 'f:4:5 name: one'],
    [[], false, 'f:1:1 shared: &shared'],
  ])('%j, on its key: %s', (path, onKey, expected) => {
    expect(marked(path, onKey)).toBe(expected)
  })

  it('finds a part of a literal block exactly', () => {
    expect(marked(['machines', 0, 'script'], false, { start: 1, length: 5 })).toBe('f:10:7 first')
    expect(marked(['machines', 0, 'script'], false, { start: 9, length: 6 })).toBe('f:11:9 second')
  })

  it('locates a part of other text where the text begins', () => {
    expect(marked(['machines', 0, 'folded'], false, { start: 5, length: 5 })).toBe('f:12:13 >')
    expect(marked(['machines', 0, 'quoted'], false, { start: 1, length: 1 })).toBe('f:14:13 "a\\tb"')
  })
})

it('createTextLocator finds lines and columns in plain text', () => {
  expect(createTextLocator('f', 'one\ntwo three\n')({ start: 8, length: 50 })).toEqual({
    file: 'f',
    line: 2,
    column: 5,
    length: 5,
  })
  expect(createTextLocator('f', '')({ start: 0, length: 0 })).toEqual({
    file: 'f',
    line: 1,
    column: 1,
    length: 1,
  })
})
