import { assert, boolean, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFingerprint } from '../../../src/distributions/signing-keys.ts'
import { mistakesWith } from '../mistakes.ts'

const key = `-----BEGIN PGP PUBLIC KEY BLOCK-----
Version: GnuPG v2

mQENBGMHoXcBCADukGOEQyleViOgtkMVa7hKifP6POCTh+98xNW4TfHK/nBJN2sm
=abcd
-----END PGP PUBLIC KEY BLOCK-----`

const indented = (text: string) => `|\n${text.replaceAll(/^(?=.)/gm, '      ')}\n`
const given = (name: string, value: string) => mistakesWith(`mirrors:\n  keys:\n    ${name}: ${value}\n`)

describe('mirrors.keys', () => {
  it.each([
    ['kubernetes', 'DE15B14486CD377B9E876E1A234654DA9A296436'],
    ['docker', '"060A 61C5 1B55 8A7F 742B  77AA C52F EB6B 621E 9F35"'],
    ['elrepo', '[96c0104f631547311e0bb1ae309bc305baadae52, "0xB8A755874DA240C9DAC4E71551600989EAA31D4A"]'],
    ['cri-o', indented(key)],
    ['cri-o', `\n      - ${indented(key).replaceAll(/^ {6}/gm, '          ')}`],
  ])('accepts %s', (name, value) => {
    expect(given(name, value)).toBe('')
  })

  it.each([
    ['kubernets', '"ABCD"', 'hakube uses no signed repository "kubernets"', 'write kubernetes'],
    [
      'epel',
      '"ABCD"',
      'hakube uses no signed repository "epel"',
      'write one of kubernetes, docker, cri-o, elrepo',
    ],
    [
      'docker',
      '621E9F35',
      '"621E9F35" is a key ID, which can be forged',
      'write the 40 digits that gpg --show-keys FILE prints',
    ],
    [
      'docker',
      '"0xC52FEB6B621E9F35"',
      '"0xC52FEB6B621E9F35" is a key ID, which can be forged',
      'write the 40 digits that gpg --show-keys FILE prints',
    ],
    [
      'docker',
      'https://mirror.example.com/gpg',
      '"https://mirror.example.com/gpg" is not a key fingerprint',
      'write the 40 digits that gpg --show-keys FILE prints',
    ],
    [
      'docker',
      indented(key.replace(/\n\n/, '\n')),
      'this is not a complete public key',
      'write it as a block (|), from -----BEGIN to END-----, including the empty line',
    ],
    [
      'docker',
      indented(key.replaceAll('PUBLIC', 'PRIVATE')),
      'this is a private key, which must not leave its machine',
      'write the public key, which gpg --armor --export prints',
    ],
    [
      'docker',
      `\n      - 060A61C51B558A7F742B77AAC52FEB6B621E9F35\n      - ${indented(key).replaceAll(/^ {6}/gm, '          ')}`,
      'docker mixes fingerprints and whole keys',
      'write only fingerprints, or only keys',
    ],
  ])('%s: %s', (name, value, message, hint) => {
    const text = given(name, value)
    expect(text).toContain(`error[mirrors/key]: ${message} [`)
    expect(text).toContain(`hint: ${hint}\n`)
  })

  it('reads fingerprints in every form that programs print', () => {
    const digits = string({
      unit: constantFrom(...'0123456789ABCDEF'.split('')),
      minLength: 40,
      maxLength: 40,
    })
    assert(
      property(digits, constantFrom(' ', ':', ''), boolean(), (text, between, lower) => {
        const grouped = text.replaceAll(/(.{4})(?=.)/g, `$1${between}`)
        expect(readFingerprint(lower ? grouped.toLowerCase() : grouped)).toBe(text)
        expect(readFingerprint(text.slice(1))).toBeNull()
        expect(readFingerprint(`${text}0`)).toBeNull()
      }),
    )
  })
})

const criO = (mirror: string) =>
  mistakesWith(`containerRuntime: {name: cri-o}\nmirrors:\n  repositories: {cri-o: ${mirror}}\n`)

const file = (path: string, ...lines: string[]) =>
  mistakesWith(
    `files:\n  - path: ${path}\n    content: |\n${lines.map((line) => `      ${line}\n`).join('')}`,
  )

describe('keys that come without TLS', () => {
  it('cause a warning for CRI-O, whose fingerprint hakube does not know', () => {
    expect(criO('http://mirror.example.com/cri-o')).toMatchInlineSnapshot(`
      "profile.yaml:51:25: warning[mirrors/unverified-key]: CRI-O's packages and their signing key both come without TLS: anyone who can change the packages can change the key [$.mirrors.repositories.cri-o]
         51 |   repositories: {cri-o: http://mirror.example.com/cri-o}
            |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: set mirrors.keys.cri-o to the fingerprint, or use https:// if the mirror supports it
      "
    `)
  })

  it('cause no warning with TLS, with a fingerprint, or if hakube knows the fingerprint', () => {
    expect([
      criO('https://mirror.example.com/cri-o'),
      criO('http://mirror.example.com/cri-o}\n  keys: {cri-o: 060A61C51B558A7F742B77AAC52FEB6B621E9F35'),
      mistakesWith(
        'mirrors:\n  kubernetes: http://mirror.example.com/k8s\n  repositories: {docker: http://mirror.example.com/docker}\n',
      ),
    ]).toEqual(['', '', ''])
  })

  it('cause a warning for user-defined repositories', () => {
    expect(
      file(
        '/etc/yum.repos.d/internal.repo',
        '[one]',
        'baseurl=http://mirror.example.com/one',
        'gpgcheck=1',
        'gpgkey=http://mirror.example.com/key',
        '[two]',
        'gpgkey = file:///etc/pki/rpm-gpg/two',
        '  http://mirror.example.com/two-key',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:51:5: warning[files/unverified-key]: the key of one and two comes without TLS: an attacker who can change packages in transit can change it too [$.files[0].content]
         51 |     content: |
            |     ^^^^^^^
        hint: add the key as a file of the profile and name that (file://…), or fetch it over https://
      "
    `)
  })

  it.each([
    ['by TLS', ['[a]', 'gpgkey=https://mirror.example.com/key']],
    ['in a file', ['[a]', 'baseurl=http://mirror.example.com/a', 'gpgkey=file:///etc/pki/rpm-gpg/a']],
    ['never asked for', ['[a]', 'gpgkey=http://mirror.example.com/key', 'gpgcheck=0']],
    ['in a comment', ['[a]', '# gpgkey=http://mirror.example.com/key']],
    ['of nothing', ['[a]', 'baseurl=http://mirror.example.com/a']],
  ])('cause no warning for a key %s', (_, lines) => {
    expect(file('/etc/yum.repos.d/internal.repo', ...lines)).toBe('')
  })

  it('cause no warning in other files', () => {
    expect(file('/etc/motd', '[a]', 'gpgkey=http://mirror.example.com/key')).toBe('')
  })

  it.each([
    ['rpm --import http://mirror.example.com/key', true],
    ['rpmkeys --dbpath /x --import "http://mirror.example.com/key"', true],
    ['rpm --import https://mirror.example.com/key', false],
    ['rpm --import /root/key', false],
  ])('%s: %s', (run, isWarned) => {
    const text = mistakesWith(`commands:\n  - name: key\n    run: ${run}\n`)
    expect(text.includes('warning[files/unverified-key]')).toBe(isWarned)
  })
})
