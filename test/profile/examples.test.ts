import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadProfile } from '../../src/profile/load.ts'
import { exampleFile, exampleNames, writeUpNames, type ProfileName } from '../example.ts'

/** What `check` says of profiles that are as they are on purpose. */
const expected: Partial<Record<ProfileName, string[]>> = {
  // One machine boots in the rack test: it is a load balancer alone.
  'rack-test': ['load-balancing/one-balancer'],
  // Old on purpose, and their comments say so.
  'external-load-balancers-centos-7': ['distribution/end-of-life', 'kubernetes/end-of-life'],
  'external-etcd': ['kubernetes/end-of-life'],
}

describe('the example profiles', () => {
  it.each([...exampleNames, ...writeUpNames])('%s has no mistakes', async (name) => {
    const loaded = await loadProfile(exampleFile(name))
    expect(loaded.profile?.hakube).toBe(1)
    expect(loaded.diagnostics.map(({ code }) => code)).toEqual(expected[name] ?? [])
  })

  it('are listed completely', () => {
    const names = readdirSync(dirname(exampleFile('rack-test'))).filter((name) => name.endsWith('.yaml'))
    const known: string[] = [...exampleNames, ...writeUpNames].map((name) => `${name}.yaml`)
    expect(names.toSorted()).toEqual(known.toSorted())
  })
})
