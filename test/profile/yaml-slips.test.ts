import { describe, expect, it } from 'vitest'
import { readYaml } from '../../src/profile/yaml.ts'

const told = (text: string): string[] =>
  readYaml(text, 'p').diagnostics.map(
    ({ code, message, hint, position }) =>
      `${position?.line}:${position?.column} ${code}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
  )

const comma = 'yaml/missing-comma: a comma is missing between two entries of { } or [ ]'
const quote =
  'yaml/unclosed-quote: the quote that opens here is not closed at the end of the value; put the same quote at the end of the value'
const bracket =
  'yaml/unclosed-bracket: a [ or { before this line is not closed; close it with ] or }, or write the list as lines that start with "- "'
const blank =
  'yaml/no-break-space: this is a no-break space or another typographic space, which YAML treats as a letter; write a space; your editor can show such characters'
const typographic = (character: string): string =>
  `yaml/typographic-quote: ${character} is not a quote in YAML, but part of the text; write " or '; if it belongs to the text, put quotes around all of it`
const colon = (name: string): string =>
  `yaml/colon-without-space: there is no space after the colon of ${name}; write ${name}: and a space before the value`

describe('a slip in YAML', () => {
  it.each([
    [
      'a comma behind a plain value',
      'a:\n  - {name: w-1 role: worker}\n',
      [`2:12 ${comma}; write a comma before role:`],
    ],
    [
      'a comma behind a quoted value',
      'a: {name: "w-1" role: worker}\n',
      [`1:11 ${comma}; write a comma before role:`],
    ],
    [
      'a comma behind a MAC address',
      'a: {mac: 52:54:00:aa:bb:01 role: x}\n',
      [`1:10 ${comma}; write a comma before role:`],
    ],
    ['a comma in a list', 'a: ["b" "c"]\n', [`1:9 ${comma}; write a comma before this`]],
    [
      'an entry before a comma',
      'a: {b: c, , d: e}\n',
      ['1:11 yaml/stray-comma: there is nothing before this comma; remove the comma'],
    ],
    ['a double quote', 'a:\n  - {name: "w-1, role: x}\n  - {name: w-2}\n', [`2:12 ${quote}`]],
    ['a single quote', "a:\n  - {name: 'w-1, role: x}\n  - {name: w-2}\n", [`2:12 ${quote}`]],
    ['a brace', 'a:\n  - {name: w-1, role: x\n  - {name: w-2}\n', [`3:3 ${bracket}`]],
    ['a space behind the first colon', 'a: [{name:w-1, role: x}]\n', [`1:6 ${colon('name')}`]],
    ['a space behind the last colon', 'a: [{name: w-1, role:x}]\n', [`1:17 ${colon('role')}`]],
    ['a quote that is one', 'a: {name: \u201Cw-1\u201D, role: x}\n', [`1:11 ${typographic('\u201C')}`]],
    ['a quote that is one, in a block', 'a: \u2018b\u2019\n', [`1:4 ${typographic('\u2018')}`]],
    ['a space before a key', 'a: {b: c,\u00A0d: e}\n', [`1:10 ${blank}`]],
    ['a space behind a colon', 'a: {b:\u00A0c}\n', [`1:7 ${blank}`]],
    ['a space as indentation', 'a:\n\u00A0\u00A0b: 1\n', [`2:1 ${blank}`]],
  ])('is reported with what is missing: %s', (_, text, expected) => {
    expect(told(text)).toEqual(expected)
  })

  it.each([
    'a: {url: http://x:1/y, time: 10:20, list: [52:54:00:aa:bb:01, http://x]}\n',
    'a: "\u201Cquoted\u201D"\nb: |\n  \u201Cquoted\u201D\u00A0x:y\nc: 10\u00A0GB # \u201Ccomment\u201D\n',
    'a: {b, c: }\n',
  ])('is not suspected in valid YAML: %j', (text) => {
    expect(told(text)).toEqual([])
  })
})
