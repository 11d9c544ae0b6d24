import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { byItself } from '../../../../src/profile/rules/old-advice/by-itself.ts'
import { rulesDocument } from '../../../../src/profile/rules/old-advice/document.ts'

const root = new URL('../../../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')

it('docs/rules.md is up to date (regenerate it with: npm run rules)', () => {
  expect(read('docs/rules.md')).toBe(rulesDocument())
})

it('what hakube does by itself is in the files that the page names', () => {
  const places = byItself.flatMap(({ where }) =>
    [...where.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
  )
  expect(places.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
})

it('rules that the page refers to exist', () => {
  const known = read('docs/errors.md')
  const named = byItself.flatMap(({ instead }) =>
    [...instead.matchAll(/`([a-z-]+\/[a-z0-9-]+)`/g)].map(([, code = '']) => code),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((code) => !known.includes(`| \`${code}\` |`))).toEqual([])
})
