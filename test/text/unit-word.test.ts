import { expect, it } from 'vitest'
import { unitProgram, unitWord } from '../../src/text/unit-word.ts'

/* What systemd makes of it is in test/commands/service.integration.test.ts. */

it('a word without a meaning to systemd stays unchanged, and every other is quoted', () => {
  const words = {
    plain: '--listen=10.0.0.1:8080',
    '': '',
    'two words': 'two words',
    'a"b\\c': 'a"b\\c',
    percent: '50%h',
    variable: '$HOME ${HOME}',
    lines: 'a\nb\tc\u007F\u0085',
    ';': ';',
    umlaut: 'ä',
  }
  expect(Object.fromEntries(Object.entries(words).map(([name, word]) => [name, unitWord(word)]))).toEqual({
    plain: '--listen=10.0.0.1:8080',
    '': '""',
    'two words': '"two words"',
    'a"b\\c': String.raw`"a\"b\\c"`,
    percent: '"50%%h"',
    variable: '"$$HOME $${HOME}"',
    lines: String.raw`"a\u000ab\u0009c\u007f\u0085"`,
    ';': '";"',
    umlaut: '"ä"',
  })
  expect(() => unitWord('a\0')).toThrow(TypeError)
})

it('variables have no meaning in the path of a program', () => {
  expect(unitProgram('/usr/bin/node')).toBe('/usr/bin/node')
  expect(unitProgram('/opt/a $b%c/node')).toBe('"/opt/a $b%%c/node"')
})
