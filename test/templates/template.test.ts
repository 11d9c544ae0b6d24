import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { render, textOf } from '../../src/templates/template.ts'

const top = fileURLToPath(new URL('../..', import.meta.url))
mkdirSync(join(top, '.cache'), { recursive: true })
const directory = mkdtempSync(join(top, '.cache/templates-'))
afterAll(() => rmSync(directory, { recursive: true }))

let count = 0
/** A template below the package, as `render` wants it. */
function template(...lines: string[]): string {
  const name = `${count++}.ejs`
  writeFileSync(join(directory, name), lines.join('\n'))
  return `.cache/${basename(directory)}/${name}`
}

describe('render', () => {
  it('inserts values unchanged', () => {
    const name = template('a <%= it.text %> <%- it.text %> <%= it.number %> <%= it.flag %>', '')
    const rendered = render(name, { text: `<&"'`, number: 3, flag: false })
    expect(textOf(rendered)).toBe(`a <&"' <&"' 3 false\n`)
    expect(rendered.template).toBe(name)
  })

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['object', { a: 1 }],
    ['function', () => 1],
  ])('refuses to print %s, and reports the line of the template', (kind, value) => {
    for (const tag of ['<%= it.value %>', '<%- it.value %>']) {
      const name = template('first line', 'second line', `third ${tag}`, 'fourth')
      expect(() => render(name, { value })).toThrow(
        `a template prints ${kind}; only strings, numbers and booleans can be printed`,
      )
      expect(() => render(name, { value })).toThrow(`${name}:3`)
    }
  })

  it('refuses a name that is not in the data', () => {
    const name = template('<%= it.other %>')
    expect(() => render(name, { some: 1, more: 2 })).toThrow(
      'a template reads other, which its data does not have (it has: some, more)',
    )
    expect(() => render(template('', '<%= other %>'), {})).toThrow('other is not defined')
  })

  it.each([
    ['a condition', '<% if (it.staticPodz) { -%>', 'staticPodz'],
    ['a negated condition', '<% if (!it.staticPodz) { -%>', 'staticPodz'],
    ['a comparison', "<% if (it.staticPodz !== '') { -%>", 'staticPodz'],
    ['a name that every object inherits', '<% if (it.constructor) { -%>', 'constructor'],
    ['a condition on an object in the data', '<% if (it.api.bind) { -%>', 'bind'],
    ['a condition on an item of a list', '<% for (const each of it.servers) if (each.bakup) { -%>', 'bakup'],
    ['names taken from an item', '<% for (const { bakup } of it.servers) if (bakup) { -%>', 'bakup'],
  ])('refuses a misspelt name in %s, and reports its line', (_, condition, wrong) => {
    const name = template('first line', condition, 'more', '<% } -%>')
    const data = { staticPods: 'yes', api: { binds: [] }, servers: [{ name: 'a', backup: true }] }
    expect(() => render(name, data)).toThrow(`a template reads ${wrong}, which its data does not have`)
    expect(() => render(name, data)).toThrow(`${name}:2`)
  })

  it('accepts a key without a value, and leaves lists and their methods unchanged', () => {
    const name = template(
      '<% if (!it.nothing && !it.list[7]) { -%>',
      '<%= it.list.map(({ name }) => name).join() %> <%= it.list.length %> <%= JSON.stringify(it.list) %>',
      '<% } -%>',
      '',
    )
    expect(textOf(render(name, { nothing: undefined, list: [{ name: 'a' }, { name: 'b' }] }))).toBe(
      'a,b 2 [{"name":"a"},{"name":"b"}]\n',
    )
  })

  it('reports which template is missing', () => {
    expect(() => render('cloud-init/nothing.ejs', {})).toThrow('cloud-init/nothing.ejs')
  })
})

/** Each line of the text with the template line that it came from. */
function lines(name: string, data: object = {}): string[] {
  const rendered = render(name, data)
  const texts = rendered.text.split('\n').slice(0, -1)
  const numbers = rendered.templateLines()
  expect(numbers).toHaveLength(texts.length)
  return texts.map((text, index) => `${numbers[index]}: ${text}`)
}

describe('templateLines', () => {
  it('counts plain lines', () => {
    expect(lines(template('one', '', 'three', ''))).toEqual(['1: one', '2: ', '3: three'])
  })

  it('skips lines with control flow only', () => {
    const name = template(
      'one',
      '<% if (it.yes) { -%>',
      'three',
      '<% } else { -%>',
      'five',
      '<% } -%>',
      'seven',
      '',
    )
    expect(lines(name, { yes: true })).toEqual(['1: one', '3: three', '7: seven'])
    expect(lines(name, { yes: false })).toEqual(['1: one', '5: five', '7: seven'])
  })

  it('repeats the line of a loop', () => {
    const name = template(
      'servers:',
      '<% for (const each of it.list) { -%>',
      '  <%= each %>',
      '  --',
      '<% } -%>',
      'end',
      '',
    )
    expect(lines(name, { list: ['a', 'b'] })).toEqual([
      '1: servers:',
      '3:   a',
      '4:   --',
      '3:   b',
      '4:   --',
      '6: end',
    ])
  })

  it('follows tags of several lines', () => {
    const name = template(
      'one',
      '<%',
      '  const words = it.list',
      '    .map((word) => word + "!")',
      '-%>',
      'six <%= words[0]',
      '%> seven',
      'eight',
      '',
    )
    expect(lines(name, { list: ['a'] })).toEqual(['1: one', '6: six a! seven', '8: eight'])
  })

  it('counts the lines of a value to the tag that printed it', () => {
    const name = template('one', '<%= it.text %>', 'three', '')
    expect(lines(name, { text: 'a\nb\nc' })).toEqual(['1: one', '2: a', '2: b', '2: c', '3: three'])
  })

  it('attributes a line that the value itself ends', () => {
    const name = template('one', '<%= it.text -%>', 'three', '')
    expect(lines(name, { text: 'a\nb\n' })).toEqual(['1: one', '2: a', '2: b', '3: three'])
  })

  it('keeps the line break after a tag that does not remove it', () => {
    const name = template('<% if (true) { %>', 'two', '<% } %>', 'four', '')
    expect(lines(name)).toEqual(['1: ', '2: two', '3: ', '4: four'])
  })

  it('supports comments and tags that print a tag', () => {
    const name = template('<%# a comment -%>', '<%# of two', 'lines -%>', 'four <%%= text', 'five', '')
    expect(lines(name)).toEqual(['4: four <%= text', '5: five'])
  })

  it('handles equal lines', () => {
    const name = template('same', '<% if (it.no) { -%>', 'same', '<% } -%>', 'same', '')
    expect(lines(name, { no: false })).toEqual(['1: same', '5: same'])
  })

  it('accepts a text without a final line break', () => {
    const name = template('one', 'two')
    expect(render(name, {}).text).toBe('one\ntwo')
    expect(render(name, {}).templateLines()[0]).toBe(1)
  })
})
