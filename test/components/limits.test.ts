import { describe, expect, it } from 'vitest'
import type { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { assembleHost, changedCluster, fileText } from './host.ts'

type Limits = NonNullable<Profile['limits']>

const withLimits = (limits: Limits) =>
  assembleHost(
    changedCluster((profile) => {
      profile.limits = limits
    }),
  )

const nofile = (type: Limits[number]['type'], value: Limits[number]['value'], domain = '*') => [
  { domain, type, item: 'nofile', value },
]

describe('limits', () => {
  it('are written in their order, because the last one wins', () => {
    const assembly = withLimits([
      { domain: '*', type: 'soft', item: 'nproc', value: 655_360 },
      { domain: '@wheel', type: 'hard', item: 'memlock', value: 'unlimited' },
    ])
    expect(fileText(assembly, '/etc/security/limits.d/95-hakube.conf')).toMatchInlineSnapshot(`
      "# Written by hakube (limits.conf(5)). For logins; services get their limits from systemd.

      # profile $.limits[0]
      * soft nproc 655360

      # profile $.limits[1]
      @wheel hard memlock unlimited
      "
    `)
  })

  it.each([
    ['a higher limit of all', nofile('-', 1_048_576), '1024:1048576'],
    ['no limit', nofile('hard', 'unlimited'), '1024:infinity'],
    ['the last of two', [...nofile('hard', 600_000), ...nofile('-', 700_000)], '1024:700000'],
    ['a limit below what services have', nofile('-', 65_536), null],
    ['a soft limit', nofile('soft', 1_048_576), null],
    ['a limit of one user', nofile('-', 1_048_576, 'ops'), null],
  ] as const)('services: %s', (_what, limits, value) => {
    const assembly = withLimits([...limits])
    const path = '/etc/systemd/system.conf.d/95-hakube.conf'
    const found = assembly.files.some((file) => file.path === path)
      ? /^DefaultLimitNOFILE=(.*)$/m.exec(fileText(assembly, path))?.[1]
      : null
    expect(found).toBe(value)
    expect(assembly.steps.some(({ name }) => name === 'limits')).toBe(value !== null)
  })

  it.each([
    ['one limit, as it knows no other', 1_048_576, '1048576'],
    ['a limit above the 4096 that services have', 65_536, '65536'],
    ['none below', 4096, null],
  ] as const)('services on CentOS 7: %s', (_what, limit, value) => {
    const { files } = assembleHost(
      changedCluster((profile) => {
        profile.distribution = { name: 'centos', version: '7' }
        profile.limits = nofile('-', limit)
      }),
    )
    const found = files.find(({ path }) => path === '/etc/systemd/system.conf.d/95-hakube.conf')
    expect(found ? /^DefaultLimitNOFILE=(.*)$/m.exec(textOf(found.content))?.[1] : null).toBe(value)
  })

  it('are absent on a machine without limits', () => {
    const cluster = changedCluster((profile) => {
      delete profile.limits
    })
    expect(
      assembleHost(cluster)
        .files.map(({ path }) => path)
        .filter((path) => path.includes('limits')),
    ).toEqual([])
  })
})
