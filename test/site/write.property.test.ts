import { Refusal } from '../../src/diagnostics/refusal.ts'
import * as fc from 'fast-check'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { writeSite, type WriteOptions, type WriteReport } from '../../src/site/write.ts'
import { about, siteFile, treeOfFiles } from './files.ts'

/** Few names, so that files meet files and directories of the same name all the time. */
const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'))

const isAbove = (a: string, b: string): boolean => b.startsWith(`${a}/`)
const meet = (a: string, b: string): boolean => a === b || isAbove(a, b) || isAbove(b, a)

type Content = { text: string; secret: boolean }
type Files = Map<string, Content>

/** Path to content, without a file where another one needs a directory. */
const files: fc.Arbitrary<Files> = fc
  .array(fc.tuple(path, fc.record({ text: fc.constantFrom('1', '2', '22'), secret: fc.boolean() })), {
    maxLength: 6,
  })
  .map((pairs) => {
    const kept: Files = new Map()
    for (const [name, content] of pairs)
      if (![...kept.keys()].some((other) => meet(other, name))) kept.set(name, content)
    return kept
  })

const asSite = (wanted: Files): ReturnType<typeof siteFile>[] =>
  [...wanted].map(([name, { text, secret }]) => siteFile(name, text, { secret }))

const expected = (site: Files, foreign: ReadonlyMap<string, string>): Record<string, string> => {
  const rows: Record<string, string> = {}
  for (const [name, text] of foreign) rows[name] = `0640 ${text}`
  for (const [name, { text, secret }] of site) rows[name] = `${secret ? '0600' : '0644'} ${text}`
  return rows
}

/** Without directories: they are checked by what is in them. */
const onlyRows = (rows: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(rows).filter(([, row]) => !row.endsWith('/')))

const onlyFiles = (top: string): Record<string, string> => onlyRows(treeOfFiles(top))

async function outcome(site: Files, top: string, options: WriteOptions): Promise<WriteReport | 'refused'> {
  try {
    return await writeSite(asSite(site), about, top, options)
  } catch (fault) {
    if (fault instanceof Refusal) return 'refused'
    throw fault
  }
}

const emptyDirectories = (top: string): string[] => {
  const names = Object.keys(treeOfFiles(top))
  return Object.entries(treeOfFiles(top))
    .filter(([name, row]) => row.endsWith('/') && !names.some((other) => isAbove(name, other)))
    .map(([name]) => name)
}

it('writeSite ends with exactly the new site and, if forced, the foreign files, or changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(files, files, files, files, async (first, second, others, last) => {
      const top = mkdtempSync(join(tmpdir(), 'hakube-property-'))
      try {
        await writeSite(asSite(first), about, top)
        await writeSite(asSite(second), about, top)
        expect(onlyFiles(top)).toEqual(expected(second, new Map()))

        const foreign = new Map<string, string>()
        for (const [name, { text }] of others) {
          if ([...second.keys()].some((own) => own === name || isAbove(own, name))) continue
          if (existsSync(join(top, name))) continue
          mkdirSync(dirname(join(top, name)), { recursive: true })
          writeFileSync(join(top, name), text, { mode: 0o640 })
          foreign.set(name, text)
        }
        const before = treeOfFiles(top)
        const meeting = [...foreign.keys()].filter((name) => [...last.keys()].some((own) => meet(own, name)))
        const whole = expected(last, foreign)
        const run = (options: WriteOptions): Promise<WriteReport | 'refused'> => outcome(last, top, options)

        // Forced or not, a directory and a file cannot be in one place.
        const blocked = meeting.some((name) => !last.has(name))
        const planned = await run({ force: true, dryRun: true })
        expect(treeOfFiles(top)).toEqual(before)
        const plain = await run({})
        expect(plain === 'refused').toBe(foreign.size > 0)
        expect(onlyFiles(top)).toEqual(plain === 'refused' ? onlyRows(before) : whole)
        const again = await run({ force: true, dryRun: true })
        expect(await run({ force: true })).toEqual(again)
        expect([planned === 'refused', again === 'refused']).toEqual([blocked, blocked])
        expect(onlyFiles(top)).toEqual(blocked ? onlyRows(before) : whole)
        expect(blocked ? [] : emptyDirectories(top)).toEqual([])
      } finally {
        rmSync(top, { recursive: true, force: true })
      }
    }),
    { numRuns: 100 },
  )
}, 60_000)
