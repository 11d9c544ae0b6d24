import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyOf, lengthOf, shareBodies } from '../../src/server/shared-bodies.ts'

const paragraph = (word: string): string => `${word.repeat(900)}\n\n`

const lines = (name: string): Buffer =>
  Buffer.from(Array.from({ length: 400 }, (_, line) => (line === 42 ? name : `line ${line}`)).join('\n'))

describe('the bodies of a site', () => {
  it('are the same bytes again, whatever they are', () => {
    const part = constantFrom(
      '\n',
      '\n\n',
      '\n\n\n',
      'a',
      paragraph('b'),
      paragraph('c'),
      'ä',
      '\0',
      'x\n'.repeat(700),
    )
    assert(
      property(array(array(part), { maxLength: 5 }), (files) => {
        const share = shareBodies()
        const bodies = files.map((parts) => Buffer.from(parts.join('')))
        const kept = bodies.map((body, index) => share(`seed/52-54-00-00-00-0${index}/user-data`, body))
        for (const [index, pieces] of kept.entries()) {
          expect(bodyOf(pieces).equals(bodies[index]!)).toBe(true)
          expect(lengthOf(pieces)).toBe(bodies[index]!.length)
        }
      }),
    )
  })

  it('share what is equal, in the same position or in another, and keep no body as a whole', () => {
    const share = shareBodies()
    const body = (name: string, ...words: string[]) =>
      Buffer.from(`name: ${name}\n\n${words.map(paragraph).join('')}`)
    const first = share('seed/52-54-00-00-00-01/user-data', body('one', 'a', 'b', 'c'))
    const second = share('seed/52-54-00-00-00-02/user-data', body('other', 'a', 'b', 'c'))
    const third = share('kickstart/52-54-00-00-00-02.ks', body('other', 'c', 'a', 'b'))
    expect(second.map((piece) => first.includes(piece))).toEqual([false, true, true, true])
    expect(third.map((piece) => second.includes(piece))).toEqual([true, true, true, true])
    // What they take together is what differs.
    const all = new Set([...first, ...second, ...third])
    expect([...all].map(String)).toEqual([
      'name: one\n\n',
      paragraph('a'),
      paragraph('b'),
      paragraph('c'),
      'name: other\n\n',
    ])
    for (const { buffer } of all) expect(buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize)
  })

  it('share the lines of a long list that are equal', () => {
    const share = shareBodies()
    const first = share('seed/52-54-00-00-00-01/user-data', lines('one'))
    const second = share('seed/52-54-00-00-00-02/user-data', lines('of another length'))
    expect(second.filter((piece) => !first.includes(piece)).map(String)).toEqual([
      'line 40\nline 41\nof another length\nline 43\nline 44\nline 45\nline 46\nline 47\n',
    ])
  })
})
