import { describe, expect, it } from 'vitest'
import { assembleHost, changedCluster, stepText } from './host.ts'

const assembly = assembleHost(
  changedCluster((profile) => {
    profile.commands = [
      { name: 'register', run: 'curl --fail http://10.10.10.1/register\n\n' },
      { name: 'again', run: 'true', secret: true },
    ]
  }),
  { units: [{ name: 'late.service', start: 'blocking' }] },
)

describe('commands', () => {
  it('come after everything else, in their order', () => {
    expect(assembly.steps.map(({ name }) => name).slice(-4)).toEqual([
      'start-late',
      'start-firewalld',
      'command-register',
      'command-again',
    ])
    expect(assembly.steps.at(-2)).toMatchObject({ name: 'command-register', from: ['commands', 0] })
  })

  it('may hold a secret', () => {
    expect(assembly.steps.slice(-2).map(({ secret }) => secret)).toEqual([false, true])
  })

  it('stop at the first mistake', () => {
    expect(stepText(assembly, 'command-register')).toBe(
      '#!/bin/bash\nset -euo pipefail\ncurl --fail http://10.10.10.1/register\n',
    )
  })
})
