import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { hasErrors } from '../../src/diagnostics/diagnostic.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { anyMixedProfile } from '../mixed-systems.ts'

/* Racks with random operating systems for all, for roles and for machines: what the rules let through, the programs of this machine read. */

const program = new URL('../../dist/cli.js', import.meta.url).pathname
const directory = mkdtempSync(join(tmpdir(), 'hakube-mixed-'))
afterAll(() => rmSync(directory, { recursive: true }))

const profiles = fc
  .sample(anyMixedProfile, { numRuns: 400, seed: 20_250 })
  .filter((text) => {
    const { profile, diagnostics } = parseProfile(text, 'profile.yaml')
    return profile !== null && !hasErrors(diagnostics)
  })
  .slice(0, 12)

describe('a rack with random operating systems that the rules accept', () => {
  it('is found in each run', () => {
    expect(profiles.length).toBe(12)
  })

  it.each(profiles.map((text, index) => [index, text] as const))(
    'number %i is accepted by all programs',
    (index, text) => {
      const file = join(directory, `profile-${index}.yaml`)
      writeFileSync(file, text)
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        [program, 'check', file, '--ephemeral-secrets'],
        { encoding: 'utf8' },
      )
      const errors = `${stdout}${stderr}`.split('\n').filter((line) => /error\[/.test(line))
      expect([status, errors, text]).toEqual([0, [], text])
    },
  )
})
