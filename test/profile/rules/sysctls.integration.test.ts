import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { findSysctls } from '../../../src/distributions/sysctls/known.ts'
import { nearSysctl } from '../../../src/distributions/sysctls/near.ts'
import { valueProblem } from '../../../src/profile/rules/sysctl-values.ts'
import { describeWith } from '../../prerequisites.ts'

/** What a kernel shows and does not take: -1 for `none`, and 0 for the one of two settings that is not in use. */
const shownOnly = /^(?:kernel\.(?:msg|sem|shm)_next_id|vm\.dirty_(?:background_)?bytes)$/

describeWith({ linux: true, programs: ['sysctl'] }, 'the kernel of this machine', () => {
  const settings = execFileSync('sysctl', ['--all', '--ignore'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .split('\n')
    .flatMap((line): [string, string][] => {
      const [, key, value = ''] = /^(\S+) = (.*\S.*)$/.exec(line) ?? []
      return key === undefined ? [] : [[key, value]]
    })

  it('has no setting that counts as misspelt', () => {
    expect(settings.length).toBeGreaterThan(200)
    const unknown = settings.filter(([key]) => findSysctls(key).length === 0).map(([key]) => key)
    expect(unknown.filter((key) => nearSysctl(key) !== null)).toEqual([])
    // A kernel may have a few of its own.
    expect(unknown.length).toBeLessThan(settings.length / 50)
  })

  it('has no value that counts as rejected', () => {
    const problems = settings
      .filter(([key]) => !shownOnly.test(key) && findSysctls(key).some(({ takes }) => takes !== 'fixed'))
      .flatMap(([key, value]) => valueProblem(key, value)?.message ?? [])
    expect(problems).toEqual([])
  })
})
