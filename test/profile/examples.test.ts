import { describe, expect, it } from 'vitest'
import { loadProfile } from '../../src/profile/load.ts'
import { exampleFile, exampleNames } from '../example.ts'

describe('the example profiles', () => {
  it.each(exampleNames)('%s has no mistakes', async (name) => {
    const loaded = await loadProfile(exampleFile(name))
    expect(loaded.profile?.hakube).toBe(1)
    // One machine boots in the rack test: it is a load balancer alone.
    const expected = name === 'rack-test' ? ['load-balancing/one-balancer'] : []
    expect(loaded.diagnostics.map(({ code }) => code)).toEqual(expected)
  })
})
