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
  it('accept groups, a user ID and sudo with a password', () => {
    expect(
      codes(
        `    groups: [video, docker]\n    uid: 1500\n  - {name: ann, sudo: password, passwordHash: '${hash}', groups: [video]}\n`,
      ),
    ).toEqual([])
  })

  it('report sudo with a password for a user without one', () => {
    expect(mistakes([last, `${last.trimEnd()}\n    sudo: password\n`])).toMatchInlineSnapshot(`
      "profile.yaml:49:11: error[users/sudo-password]: ops has no password, so sudo would never accept one [$.users[0].sudo]
         49 |     sudo: password
            |           ^^^^^^^^
        hint: set passwordHash (mkpasswd -m sha-512 prints one), or write sudo: true
      "
    `)
  })

  it('report invalid groups, and groups that give sudo', () => {
    expect(codes('    groups: [Video, ops, wheel, sudo, video, video]\n')).toEqual(
      Array(5).fill('users/group'),
    )
  })

  it('warn about a group that is equivalent to root for users who should not be root', () => {
    expect(codes('    sudo: false\n    groups: [docker]\n')).toEqual(['users/group-root'])
  })

  it('report a user ID of the system, or of another user', () => {
    expect(codes('    uid: 999\n')).toEqual(['users/uid'])
    expect(codes('    uid: 65534\n')).toEqual(['users/uid'])
    expect(codes('    uid: 1500\n  - {name: ann, uid: 1500}\n')).toEqual(['users/uid'])
  })
})
