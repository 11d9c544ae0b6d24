import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

/** Codes and severities in the source; `make` stands for both. */
function codesInSource(): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>()
  const add = (code: string, ...severities: string[]) => {
    codes.set(code, new Set([...(codes.get(code) ?? []), ...severities]))
  }
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(root, 'src', file), 'utf8')
    for (const [, kind = '', code = ''] of text.matchAll(
      /\b(error|warning|make|secretsError)\(\s*'([a-z0-9/-]+)'/g,
    )) {
      if (kind === 'make') add(code, 'error', 'warning')
      else add(code, kind === 'secretsError' ? 'error' : kind)
    }
    for (const [, code = ''] of text.matchAll(/\bcode: '([a-z0-9-]+\/[a-z0-9-]+)'/g)) add(code, 'error')
  }
  return codes
}

const rows = [
  ...readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm),
].map(([, code = '', severity = '']) => `${code}: ${severity}`)

it('docs/errors.md has a row for each code in the source, with its severity, and no other', () => {
  const codes = [...codesInSource()].map(
    ([code, severities]) => `${code}: ${[...severities].toSorted().join(' or ')}`,
  )
  expect(rows.toSorted()).toEqual(codes.toSorted())
})

it('no code has two rows', () => {
  expect(rows.length).toBe(new Set(rows).size)
})
