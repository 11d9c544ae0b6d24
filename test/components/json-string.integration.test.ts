import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { render } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'

/** What the library makes of many byte strings, in one bash. */
function jsonStrings(values: readonly Buffer[]): unknown[] {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-json-'))
  try {
    const library = join(directory, 'library')
    writeFileSync(library, render('cloud-init/first-boot/library.ejs', { proxy: false, syslog: null }).text)
    for (const [index, value] of values.entries()) writeFileSync(join(directory, String(index)), value)
    const script = `
      set -euo pipefail
      . "$1/library"
      for ((i = 0; i < $2; i++)); do
        # Not by $(…) and %: bash 5.2 reads beyond the end of text that is no UTF-8. In a UTF-8 locale its \`read\` loses the
        # byte 1 after the first byte of a sequence.
        LC_ALL=C IFS= read -r -d '' value <"$1/$i" || true
        json_string "$value"
        echo
      done`
    const output = execFileSync('bash', ['-c', script, '-', directory, String(values.length)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })
    return output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** The decoder of the platform, which replaces what is not UTF-8 in the way of the standard. */
const decoded = (value: Buffer): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(value)

describeWith({ programs: ['bash'] }, 'json_string of the first-boot library', () => {
  it('encodes any bytes except NUL', () => {
    const bytes = fc.uint8Array({ maxLength: 60 })
    // Bytes around the edges of UTF-8's sequences, more often than chance would.
    const edges = fc.array(
      fc.constantFrom(
        0x7f,
        0x80,
        0x8f,
        0x90,
        0x9f,
        0xa0,
        0xbf,
        0xc1,
        0xc2,
        0xe0,
        0xed,
        0xef,
        0xf0,
        0xf4,
        0xf5,
        0x22,
        0x5c,
      ),
      { maxLength: 20 },
    )
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const value = fc.oneof(
      bytes.map((each) => Buffer.from(each)),
      edges.map((each) => Buffer.from(each)),
      text.map((each) => Buffer.from(each)),
    )
    const withoutNul = value.map((each) => Buffer.from(each.filter((byte) => byte !== 0)))
    fc.assert(
      fc.property(fc.array(withoutNul, { minLength: 50, maxLength: 100 }), (values) => {
        expect(jsonStrings(values)).toEqual(values.map(decoded))
      }),
      { numRuns: 10, examples: [[[Buffer.from([194, 1, 1])]]] },
    )
  })
})
