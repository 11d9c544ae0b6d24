import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hakube } from './hakube.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hakube-init-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('hakube init', () => {
  it('makes a folder that passes check, with all programs that are there, without a warning', () => {
    expect(hakube(['init', 'my-rack'], { folder })).toEqual({
      status: 0,
      stdout: 'my-rack/profile.yaml\nmy-rack/schema.json\nmy-rack/.gitignore\n',
      stderr: '\nEdit my-rack/profile.yaml, then: hakube check my-rack/profile.yaml --throw-away-secrets\n',
    })
    expect(readdirSync(join(folder, 'my-rack')).toSorted()).toEqual([
      '.gitignore',
      'profile.yaml',
      'schema.json',
    ])
    const check = hakube(['check', '--strict', 'my-rack/profile.yaml', '--throw-away-secrets'], { folder })
    expect({ status: check.status, stdout: check.stdout, last: check.stderr.split('\n').at(-2) }).toEqual({
      status: 0,
      stdout: '',
      last: 'no mistakes',
    })
  })

  it('never overwrites', () => {
    hakube(['init', '.'], { folder })
    const profile = readFileSync(join(folder, 'profile.yaml'), 'utf8')
    expect(hakube(['init', '.'], { folder })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'hakube: cannot write profile.yaml: it is there already\n',
    })
    expect(readFileSync(join(folder, 'profile.yaml'), 'utf8')).toBe(profile)
  })
})
