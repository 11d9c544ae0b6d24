import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { isSameOwn, mergeOwn } from '../../src/secrets/merge-own.ts'
import { readOwnDocument, writeOwnDocument } from '../../src/secrets/own-document.ts'

const read = (text: string, before = {}) => readOwnDocument(text, 'secrets.yaml', before)

describe('user-defined secrets as YAML', () => {
  it('are written by name, with the notes at the top', () => {
    const own = { token: 'a: b', certificate: 'one\ntwo\n', number: '0123', 'a-b': ' x # y', last: 'x\n' }
    expect(writeOwnDocument(own, ['Note.', ''])).toMatchInlineSnapshot(`
      "# Note.
      #
      a-b: " x # y"
      certificate: |
        one
        two
      last: |
        x
      number: "0123"
      token: "a: b"
      "
    `)
    expect(writeOwnDocument({}, ['Note.'])).toBe('# Note.\n')
  })

  it('can be read again, whatever they contain', () => {
    const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/)
    const text = fc
      .oneof(fc.string({ minLength: 1, unit: 'binary' }), fc.stringMatching(/^[ \n\r\t#:'"|>a-]+$/))
      .filter((each) => each !== '' && !each.includes('\0'))
    fc.assert(
      fc.property(fc.dictionary(name, text), (own) => {
        const { own: again, diagnostics } = read(writeOwnDocument(own, ['Note.']), own)
        expect(diagnostics).toEqual([])
        expect(isSameOwn(again, own)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('lose only the final line break of a single new line', () => {
    expect(read('new: |\n  one\nold: |\n  one\nlines: |\n  one\n  two\n', { old: 'one\n' }).own).toEqual({
      new: 'one',
      old: 'one\n',
      lines: 'one\ntwo\n',
    })
  })

  it('are empty in an empty document', () => {
    expect(read('# Note.\n')).toEqual({ own: {}, diagnostics: [] })
    expect(read('')).toEqual({ own: {}, diagnostics: [] })
  })

  it('cause messages that name the position and quote nothing', () => {
    const texts = [
      'pin: 8439201\n',
      'on: true\n',
      'none:\n',
      "empty: ''\n",
      'list: [8439201]\n',
      'Secret8439201: x\n',
      'big: "' + 'x'.repeat(65_537) + '"\n',
      'null: "8439201\\0"\n',
      '8439201\n',
      '- 8439201\n',
      'one: "8439201\n',
      'one: *8439201\n',
      'one: !8439201 x\n',
      'one: @8439201\n',
      'one: x\none: 8439201\n',
      '<<: 8439201\n',
      'one: x\n---\ntwo: 8439201\n',
      '<<<<<<< 8439201\n',
    ]
    const found = texts.map((text) =>
      read(text).diagnostics.map(({ code, message, hint, position, hidden }) => {
        expect(hidden).toBe(true)
        return `${position?.line}:${position?.column} ${code}: ${message}; ${hint}`
      }),
    )
    expect(found.flat().join('\n')).not.toContain('8439201')
    expect(found).toMatchInlineSnapshot(`
      [
        [
          "1:6 secrets/own-text: YAML reads this as a number; quote it: '…'",
        ],
        [
          "1:5 secrets/own-text: YAML reads this as a boolean; quote it: '…'",
        ],
        [
          "1:1 secrets/own-text: the text is missing; write it after the name, or remove the line",
        ],
        [
          "1:8 secrets/own-text: the text is missing; write it after the name, or remove the line",
        ],
        [
          "1:7 secrets/own-text: this is not a text; quote it if it begins with [ or {; for several lines write "name: |"",
        ],
        [
          "1:1 secrets/own-name: this is not the name of a secret; use at most 63 lowercase letters, digits and dashes, e.g. registry-token",
        ],
        [
          "1:6 secrets/own-text: the text has more than 65536 bytes; a secret is a password, a token, a key or a small file",
        ],
        [
          "1:7 secrets/own-text: the text has a null character; encode it as base64, and decode it where it is used",
        ],
        [
          "1:1 secrets/own-text: this is not a mapping; write one "name: text" per secret",
        ],
        [
          "1:1 secrets/own-text: this is not a mapping; write one "name: text" per secret",
        ],
        [
          "1:6 yaml/unclosed-quote: A quote that is not closed where the value ends; Close it",
        ],
        [
          "1:6 yaml/unknown-anchor: \`*name\` without \`&name\` above it; Write the anchor, or quote the value",
        ],
        [
          "1:6 yaml/tag: A tag such as \`!vault\`; Remove it",
        ],
        [
          "1:6 yaml/reserved-character: A value that begins with \`@\`, a backtick or \`%\`; Quote it",
        ],
        [
          "2:1 yaml/duplicate-key: The same key twice in one mapping; Keep one",
        ],
        [
          "1:5 yaml/merge: \`<<\` with a value that is not a mapping; Write \`<<: *anchor\`",
        ],
        [
          "2:1 yaml/several-documents: A second document in the file; Write one profile per file",
        ],
        [
          "1:1 secrets/own-text: this is not a mapping; write one "name: text" per secret",
        ],
      ]
    `)
  })
})

describe('changes by two users at once', () => {
  const base = { same: '1', mine: '1', theirs: '1', both: '1', gone: '1', clash: '1' }

  it('are all kept if they concern different names, or are equal', () => {
    const mine = { same: '1', mine: '2', theirs: '1', both: '2', clash: '1', added: '1' }
    const theirs = { same: '1', mine: '1', theirs: '2', both: '2', gone: '1', clash: '1', extra: '1' }
    expect(mergeOwn(base, mine, theirs)).toEqual({
      own: { added: '1', both: '2', clash: '1', extra: '1', mine: '2', same: '1', theirs: '2' },
      conflicts: [],
    })
  })

  it('conflict if they concern the same name', () => {
    expect(mergeOwn(base, { ...base, clash: '2' }, { ...base, clash: '3' })).toEqual({
      own: { ...base, clash: '2' },
      conflicts: ['clash'],
    })
    const { gone: _, ...without } = base
    expect(mergeOwn(base, without, { ...base, gone: '2' })).toEqual({ own: without, conflicts: ['gone'] })
    expect(mergeOwn(base, { ...base, gone: '2' }, without).conflicts).toEqual(['gone'])
    expect(mergeOwn({}, { new: '1' }, { new: '2' }).conflicts).toEqual(['new'])
  })
})
