import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { hakube } from './hakube.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-conflicts-'))
  const good = readFileSync(exampleFile('rack-test'), 'utf8')
  const own = 'roles:\n  load-balancer:\n    sysctls:\n      net.ipv4.ip_nonlocal_bind: 0\n'
  writeFileSync(
    join(directory, 'profile.yaml'),
    `${good.replaceAll(/^roles:\n(?:[ #].*\n|\n)*/gm, '')}\n${own}`,
  )
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const message =
  /error\[conflict\/sysctl\]: net\.ipv4\.ip_nonlocal_bind is 0, and haproxy on \S+ needs it to be 1: binds the virtual addresses also while another machine holds them \[\$\.roles\.load-balancer\.sysctls\["net\.ipv4\.ip_nonlocal_bind"\]\]/

describe('a setting with which a component cannot work', () => {
  it.each([
    ['check', ['check', 'profile.yaml', '--ephemeral-secrets', '--programs', 'none']],
    ['check without any secrets', ['check', 'profile.yaml']],
    ['render', ['render', 'profile.yaml', '--out', 'site', '--ephemeral-secrets']],
    ['serve', ['serve', 'profile.yaml', '--ephemeral-secrets', '--listen', '127.0.0.1:0']],
  ])('ends %s', (_what, words) => {
    const { status, stdout, stderr } = hakube(words, { directory })
    // What check finds is its result; the others have none.
    const [told, silent] = words[0] === 'check' ? [stdout, ''] : [stderr, stdout]
    expect({ status, told, silent }).toEqual({
      status: 1,
      told: expect.stringMatching(message),
      silent: '',
    })
    expect(existsSync(join(directory, 'site'))).toBe(false)
  })
})
