import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { foldPieces, forReview, sharedFiles, withoutNumbers } from './support/shared-text.ts'

const directory = fileURLToPath(new URL('fixtures/shared/', import.meta.url))

describe('what machines of profiles/ share', () => {
  it('is what stands in test/fixtures/shared', async () => {
    for (const { name, stored } of await sharedFiles())
      await expect(stored).toMatchFileSnapshot(`fixtures/shared/${name}`)
  })

  it('is all that stands there', async () => {
    const names = new Set((await sharedFiles()).map(({ name }) => name))
    const files = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length))
    expect(files.filter((name) => !names.has(name))).toEqual([])
  })

  it('has a reference of its own for each piece', async () => {
    const references = (await sharedFiles()).flatMap(({ pieces }) => pieces.map((piece) => piece.reference))
    expect(new Set(references).size).toBe(references.length)
  })

  it('is replaced where it stands, at any indentation', async () => {
    const verify = (await sharedFiles()).find(({ name }) => name === 'hakube-verify')!
    const indented = verify.text.replace(/^(?=.)/gm, '      ')
    expect(await forReview(`before\n${verify.text}after\n`)).toBe(
      'before\n# as test/fixtures/shared/hakube-verify\nafter\n',
    )
    expect(await forReview(`before\n${indented}after\n`)).toBe(
      'before\n      # as test/fixtures/shared/hakube-verify\nafter\n',
    )
  })

  it('stays where one character differs', async () => {
    const verify = (await sharedFiles()).find(({ name }) => name === 'hakube-verify')!
    for (const at of [1, verify.text.length >> 1, verify.text.length - 2]) {
      const other = `${verify.text.slice(0, at)}~${verify.text.slice(at + 1)}`
      expect(await forReview(other)).toBe(other)
    }
  })
})

describe('foldPieces', () => {
  const pieces = [
    { reference: 'short', lines: ['a {', '  b', '}'] },
    { reference: 'long', lines: ['a {', '  b', '}', '', 'c'] },
  ]

  it('takes the longest piece that is there', () => {
    expect(foldPieces('a {\n  b\n}\n\nc\na {\n  b\n}\n\nd\n', pieces)).toBe('# as long\n# as short\n\nd\n')
  })

  it('leaves lines of another indentation, and pieces that are cut short', () => {
    for (const text of ['a {\n b\n}\n', ' a {\n  b\n }\n', 'a {\n  b\n', 'x a {\n  b\n}\n'])
      expect(foldPieces(text, pieces)).toBe(text)
  })
})

describe('withoutNumbers', () => {
  it('takes the numbers of steps and checks away, and no others', () => {
    expect(withoutNumbers('/usr/libexec/hakube/steps/16-start-haproxy 0700, checks/3-a, /checks/012-b')).toBe(
      '/usr/libexec/hakube/steps/NN-start-haproxy 0700, checks/3-a, /checks/NN-b',
    )
  })
})
