import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Profile } from '../../src/profile/schema.ts'
import { systemAt, systemsOf } from '../../src/profile/systems.ts'
import { mixedProfile } from '../mixed-systems.ts'

const withSystems = (all: string, role: string, machine: string): Profile =>
  Profile.parse(
    parse(
      mixedProfile
        .replace('{name: rocky, version: "9"}', all)
        .replace('{name: debian, version: "13"}', role)
        .replace('{version: "12"}', machine),
    ),
  )

describe('the operating system of a machine', () => {
  it.each([
    ['what is for all', '{name: debian, version: "12"}', '{}', '{}', 'debian 12 preseed'],
    ['another release of it', '{name: debian, version: "12"}', '{}', '{version: "13"}', 'debian 13 preseed'],
    ['an install method', '{name: debian, version: "12"}', '{install: live}', '{}', 'debian 12 live'],
    [
      'a release installed as the role says',
      '{name: debian, version: "12"}',
      '{install: live}',
      '{version: "13"}',
      'debian 13 live',
    ],
    [
      'another distribution, installed as it usually is',
      '{name: debian, version: "12", install: live}',
      '{name: rocky, version: "9"}',
      '{}',
      'rocky 9 kickstart',
    ],
    [
      'of a machine, wherever it was named before',
      '{name: rocky, version: "9"}',
      '{name: ubuntu, version: "24.04"}',
      '{name: debian, version: "12"}',
      'debian 12 preseed',
    ],
  ])('is %s', (_, all, role, machine, expected) => {
    const { name, version, install } = systemAt(withSystems(all, role, machine), 1)
    expect(`${name} ${version} ${install}`).toBe(expected)
  })

  it('is the same object for all machines with equal settings, wherever they are written', () => {
    const systems = systemsOf(
      withSystems('{name: debian, version: "12"}', '{name: debian, version: "12"}', '{version: "12"}'),
    )
    expect(systems.map(({ name, version, indices }) => [name, version, indices])).toEqual([
      ['debian', '12', [0, 1, 2, 3, 4]],
      ['ubuntu', '24.04', [5, 6]],
    ])
  })

  it('comes from the narrowest place that sets it', () => {
    const { choice } = systemAt(Profile.parse(parse(mixedProfile)), 1)
    expect([choice.name.path, choice.version?.path, choice.install, choice.path]).toEqual([
      ['roles', 'load-balancer', 'distribution', 'name'],
      ['machines', 1, 'distribution', 'version'],
      null,
      ['machines', 1, 'distribution'],
    ])
  })
})
