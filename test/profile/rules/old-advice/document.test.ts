import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { byItself } from '../../../../src/profile/rules/old-advice/by-itself.ts'
import { rulesDocument } from '../../../../src/profile/rules/old-advice/document.ts'

const root = new URL('../../../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')

it('docs/rules.md is that of the rules (regenerate it with: npm run rules)', () => {
  expect(read('docs/rules.md')).toBe(rulesDocument())
})

it('what hakube does by itself is where it is said to be', () => {
  const places = byItself.flatMap(({ where }) =>
    [...where.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
  )
  expect(places.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
})

it('what is said of other rules is true', () => {
  const known = read('docs/errors.md')
  const named = byItself.flatMap(({ instead }) =>
    [...instead.matchAll(/`([a-z-]+\/[a-z0-9-]+)`/g)].map(([, code = '']) => code),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((code) => !known.includes(`| \`${code}\` |`))).toEqual([])
})
