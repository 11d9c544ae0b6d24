import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeStateDirectory, stateDirectory } from '../../src/state/directory.ts'

const top = realpathSync(mkdtempSync(join(tmpdir(), 'hakube-state-')))
afterAll(() => rmSync(top, { recursive: true }))

describe('the state directory', () => {
  it('is set by the operator, by systemd, or is below the user’s own', () => {
    const served = '/srv/rack/profile.yaml'
    const everything = {
      STATE_DIRECTORY: '/var/lib/hakube:/var/lib/other',
      XDG_STATE_HOME: '/x',
      HOME: '/home/a',
    }
    expect([
      stateDirectory('/given', served, everything),
      stateDirectory(null, served, everything),
      stateDirectory(null, served, { XDG_STATE_HOME: '/x', HOME: '/home/a' }),
      stateDirectory(null, served, { XDG_STATE_HOME: 'x', HOME: '/home/a' }),
      stateDirectory(null, '/srv/other/profile.yaml', { HOME: '/home/a' }),
    ]).toEqual([
      '/given',
      '/var/lib/hakube',
      '/x/hakube/profile-024d9218912d',
      '/home/a/.local/state/hakube/profile-024d9218912d',
      '/home/a/.local/state/hakube/profile-ea12764cf728',
    ])
  })

  it('is accessible only to its owner', () => {
    const path = join(top, 'a/b')
    makeStateDirectory(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    makeStateDirectory(path)
  })

  it('cannot be one that others may read', () => {
    const path = join(top, 'open')
    mkdirSync(path)
    chmodSync(path, 0o755)
    expect(() => makeStateDirectory(path)).toThrow(`cannot keep state in ${path}: others may read it`)
  })

  it('cannot be in the working tree of a repository', () => {
    mkdirSync(join(top, 'repository/.git'), { recursive: true })
    const path = join(top, 'repository/state')
    expect(() => makeStateDirectory(path)).toThrow(
      `cannot keep state in ${path}: it is in the working tree of a git repository`,
    )
  })

  it('causes a message if it cannot be created', () => {
    const path = join(top, 'file/state')
    writeFileSync(join(top, 'file'), '')
    expect(() => makeStateDirectory(path)).toThrow(`cannot keep state in ${path}: not a directory (ENOTDIR)`)
  })
})
