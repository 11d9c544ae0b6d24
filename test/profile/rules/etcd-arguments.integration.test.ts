import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { hasArgument, knownEtcdArguments } from '../../../src/distributions/arguments/index.ts'
import { describeWith } from '../../prerequisites.ts'

describeWith({ programs: ['etcd'] }, 'the etcd of the distribution', () => {
  const version =
    /etcd Version: (3\.\d+)/.exec(spawnSync('etcd', ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? ''

  it('prints only known arguments', () => {
    const { stdout, stderr } = spawnSync('etcd', ['--help'], { encoding: 'utf8' })
    const names = [...`${stdout}${stderr}`.matchAll(/^ +--([a-z0-9-]+)/gm)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(60)
    expect(
      names.filter((name) => {
        const known = knownEtcdArguments.get(name)
        return !known || !hasArgument(known, version)
      }),
    ).toEqual([])
  })

  it('exits with an election timeout of fewer than five heartbeats, also from a variable', () => {
    const work = mkdtempSync(join(tmpdir(), 'hakube-etcd-arguments-'))
    try {
      const { status, stdout, stderr } = spawnSync('etcd', [], {
        encoding: 'utf8',
        cwd: work,
        env: {
          PATH: process.env['PATH'] ?? '',
          ETCD_DATA_DIR: work,
          ETCD_HEARTBEAT_INTERVAL: '250',
          ETCD_ELECTION_TIMEOUT: '1000',
        },
      })
      expect(status).not.toBe(0)
      expect(`${stdout}${stderr}`).toContain('should be at least as 5 times as')
    } finally {
      rmSync(work, { recursive: true })
    }
  })
})
