import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hakube, program } from './hakube.ts'

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

  it('leaves no half file behind', () => {
    // The profile has more than the two blocks of 1024 bytes that a file may have here.
    const line = 'ulimit -f 2; exec "$0" "$1" init rack'
    const ended = spawnSync('bash', ['-c', line, process.execPath, program], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect({ status: ended.status, stderr: ended.stderr, left: readdirSync(join(folder, 'rack')) }).toEqual({
      status: 1,
      stderr: 'hakube: cannot write rack/profile.yaml: file too large (EFBIG)\n',
      left: [],
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
