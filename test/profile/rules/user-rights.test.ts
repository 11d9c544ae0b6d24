import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

const last = good.slice(good.lastIndexOf('users:'))
const withUser = (text: string) => replace(good, [last, `${last.trimEnd()}\n${text}`])
const codes = (text: string): string[] =>
  parseProfile(withUser(text), 'profile.yaml')
    .diagnostics.map(({ code }) => code)
    .filter((code) => code.startsWith('users/') && code !== 'users/no-login')
const hash = '$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.'

describe('rights of users', () => {
  it('groups, a user ID and sudo with a password are accepted', () => {
    expect(
      codes(
        `    groups: [video, docker]\n    uid: 1500\n  - {name: ann, sudo: password, passwordHash: '${hash}', groups: [video]}\n`,
      ),
    ).toEqual([])
  })

  it('sudo with a password that nobody has is an error', () => {
    expect(mistakes([last, `${last.trimEnd()}\n    sudo: password\n`])).toMatchInlineSnapshot(`
      "profile.yaml:49:11: error[users/sudo-password]: ops has no password, so sudo would never accept one [$.users[0].sudo]
         49 |     sudo: password
            |           ^^^^^^^^
        hint: set passwordHash (mkpasswd -m sha-512 prints one), or write sudo: true
      "
    `)
  })

  it('groups that cannot be, or that sudo is for, are errors', () => {
    expect(codes('    groups: [Video, ops, wheel, sudo, video, video]\n')).toEqual(
      Array(5).fill('users/group'),
    )
  })

  it('a group that is as good as root is a warning for who should not be root', () => {
    expect(codes('    sudo: false\n    groups: [docker]\n')).toEqual(['users/group-root'])
  })

  it('a user ID of the system, or of another user, is an error', () => {
    expect(codes('    uid: 999\n')).toEqual(['users/uid'])
    expect(codes('    uid: 65534\n')).toEqual(['users/uid'])
    expect(codes('    uid: 1500\n  - {name: ann, uid: 1500}\n')).toEqual(['users/uid'])
  })
})
