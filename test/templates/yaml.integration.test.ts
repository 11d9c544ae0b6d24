import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { isText, toYaml } from '../../src/templates/yaml.ts'
import { describeWith } from '../prerequisites.ts'
import { anyText } from '../seeds/texts.ts'

/** Reads `[text, YAML of it in places of several depths]…` as JSON; prints where one of PyYAML's two readers reads something else. */
const reader = `
import json, sys, yaml
assert yaml.__with_libyaml__, 'PyYAML is without libyaml'
for text, document in json.load(sys.stdin):
    expected = {'text': text, 'list': [text, {'deep': {'text': text}}]}
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        try:
            found = yaml.load(document, loader)
        except yaml.YAMLError as error:
            found = str(error)
        if found != expected:
            print(json.dumps([loader.__name__, text, found]))
`

/** White space, line ends and what YAML gives a meaning to, close together: where blocks go wrong. */
const edgy = fc
  .array(fc.constantFrom('\t', ' ', '\n', 'x', '#', '- ', ': ', '---\n', '...\n', '|', '%', '\r', '\u00e9'), {
    maxLength: 12,
  })
  .map((pieces) => pieces.join(''))

describeWith({ programs: ['python3'] }, 'YAML that libyaml and PyYAML read', () => {
  it.each([
    ['texts of white space and marks', edgy, 3000],
    ['any text', anyText.filter(isText), 1000],
  ])('returns %s unchanged', (_what, texts, count) => {
    const seed = Date.now() & 0x7fffffff
    const cases = fc
      .sample(texts, { numRuns: count, seed })
      .map((text) => [text, toYaml({ text, list: [text, { deep: { text } }] })])
    const ran = spawnSync('python3', ['-c', reader], { input: JSON.stringify(cases), encoding: 'utf8' })
    expect(`${ran.stdout}${ran.stderr}`, `seed ${seed}`).toBe('')
    for (const [text, document = ''] of cases)
      expect(parse(document, { version: '1.1' }), `seed ${seed}`).toEqual({
        text,
        list: [text, { deep: { text } }],
      })
    expect(cases.filter(([, document = '']) => document.includes('|2')).length).toBeGreaterThan(5)
  })
})
