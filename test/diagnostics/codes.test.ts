import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codeSections } from '../../src/diagnostics/codes/index.ts'
import { errorsDocument } from '../../src/diagnostics/codes/document.ts'
import { oldAdviceCodes } from '../../src/profile/rules/old-advice/document.ts'

const root = new URL('../..', import.meta.url).pathname

/** Codes and severities in the source outside the table; `make` stands for both. */
function codesInSource(): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>()
  const add = (code: string, ...severities: string[]) => {
    codes.set(code, new Set([...(codes.get(code) ?? []), ...severities]))
  }
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    if (file.startsWith('diagnostics/codes/')) continue
    const text = readFileSync(join(root, 'src', file), 'utf8')
    for (const [, kind = '', code = ''] of text.matchAll(
      /\b(error|warning|make|refusal)(?:Finding)?\(\s*'([a-z0-9-]+\/[a-z0-9-]+)'/g,
    )) {
      if (kind === 'make') add(code, 'error', 'warning')
      else add(code, kind === 'refusal' ? 'error' : kind)
    }
    for (const [, code = ''] of text.matchAll(/\bcode: '([a-z0-9-]+\/[a-z0-9-]+)'/g)) add(code, 'error')
  }
  return codes
}

const sections = [...codeSections, oldAdviceCodes()]
const entries = sections.flatMap(({ codes }) => Object.entries(codes))

describe('codes', () => {
  it('the table has each code of the source, with its severity there, and no other', () => {
    const used = [...codesInSource()].map(
      ([code, severities]) => `${code}: ${[...severities].toSorted().join(' or ')}`,
    )
    expect(entries.map(([code, { severity }]) => `${code}: ${severity}`).toSorted()).toEqual(used.toSorted())
  })

  it('each code is in exactly one section', () => {
    const codes = entries.map(([code]) => code)
    expect(codes.length).toBe(new Set(codes).size)
  })

  it('docs/errors.md matches the table', () => {
    expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(errorsDocument([oldAdviceCodes()]))
  })
})
