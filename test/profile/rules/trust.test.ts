import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakesWith } from '../mistakes.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/trust/${name}.crt`, import.meta.url), 'utf8')

/** A profile whose `trust` is these texts, each in a file of its own. */
const trusting = (...texts: string[]): string =>
  mistakesWith(
    `trust: [${texts.map((_, index) => `{source: ca-${index}.crt}`).join(', ')}]\n`,
    new Map(texts.map((text, index) => [`ca-${index}.crt`, text])),
  )

const trustAndMirror = (mirror: string): string =>
  `trust: [{source: root.crt}]\nmirrors: {distribution: "${mirror}"}\n`

const warnings = (distribution: string, mirror: string) =>
  parseProfile(
    good.replace('  name: rocky\n  version: "9"', distribution) + trustAndMirror(mirror),
    'profile.yaml',
    new Map([['root.crt', fixture('root')]]),
  ).diagnostics.map(({ code }) => code)

describe('trust', () => {
  it.each<[string, string[]]>([
    ['one', [fixture('root')]],
    [
      'several in one file, with comments around them',
      [`Root:\n${fixture('root')}\nSecond:\n${fixture('second')}end\n`],
    ],
    ['several files', [fixture('root'), fixture('second')]],
    ['lines that end as on Windows', [fixture('root').replaceAll('\n', '\r\n')]],
  ])('accepts certificates of CAs: %s', (_, texts) => {
    expect(trusting(...texts)).toBe('')
  })

  it('accepts a certificate in the profile', () => {
    const content = fixture('root').replaceAll(/^(?=.)/gm, '      ')
    expect(mistakesWith(`trust:\n  - content: |\n${content}`)).toBe('')
  })

  it('refuses entries with two texts or none', () => {
    expect(mistakesWith('trust:\n  - {content: a, source: b}\n  - {}\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:5: error[trust/text]: this entry has both content and source [$.trust[0]]
         50 |   - {content: a, source: b}
            |     ^^^^^^^^^^^^^^^^^^^^^^^
        hint: write source: with the name of a file next to the profile, or content: | and the certificate below it

      profile.yaml:51:5: error[trust/text]: this entry has neither content nor source [$.trust[1]]
         51 |   - {}
            |     ^^
        hint: write source: with the name of a file next to the profile, or content: | and the certificate below it
      "
    `)
  })

  it.each<[string, string]>([
    ['a text', 'see https://pki.example.com\n'],
    ['base64 without its frame', fixture('root').replaceAll(/^-.*\n/gm, '')],
    ['a certificate without an end', fixture('root').replace(/-----END.*\n/, '')],
    ['a second certificate without an end', fixture('second') + fixture('root').replace(/-----END.*\n/, '')],
    ['a certificate with a wrong character', fixture('root').replace('MII', 'MIX')],
    ['a request', fixture('root').replaceAll(' CERTIFICATE', ' CERTIFICATE REQUEST')],
    ['a public key', fixture('root').replaceAll(' CERTIFICATE', ' PUBLIC KEY')],
    ['the certificate of a server', fixture('server')],
    ['the certificate of a server that signed it itself', fixture('self-signed')],
    ['a certificate twice', fixture('root') + fixture('root')],
  ])('refuses %s', (name, text) => {
    expect(trusting(text)).toMatchSnapshot(name)
  })

  it('refuses a certificate in two entries, however it is written', () => {
    expect(trusting(fixture('root'), fixture('root').replaceAll('\n', '\r\n'))).toMatchInlineSnapshot(`
      "ca-1.crt:1:1: error[trust/duplicate]: the certificate of O=Example, CN=Example Root CA is in this list twice [$.trust[1].source]
          1 | -----BEGIN CERTIFICATE-----
            | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: keep one of the two
        profile.yaml:49:18: first used here
      "
    `)
  })

  it('reports a private key beside the certificate once, and does not show it', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const found = trusting(fixture('root') + key)
    expect(found.match(/error\[.*?\]/g)).toEqual(['error[secrets/key-in-clear]'])
    for (const line of key.trim().split('\n')) expect(found).not.toContain(line)
  })

  it('shows no control character of a certificate', () => {
    const found = trusting(fixture('server'))
    expect(found).not.toMatch(/[^\P{C}\n]/u)
  })

  it('warns about files that no program reads, unless a command handles them', () => {
    const files = `files:
  - {path: /etc/pki/ca-trust/source/anchors/example.pem, source: root.crt}
  - {path: /usr/local/share/ca-certificates/example.crt, content: x}
  - {path: /etc/ssl/certs/example.pem, content: x}
`
    const sources = new Map([['root.crt', fixture('root')]])
    expect(mistakesWith(files, sources)).toMatchInlineSnapshot(`
      "profile.yaml:50:12: warning[trust/file]: nothing adds /etc/pki/ca-trust/source/anchors/example.pem to the certificates that programs read [$.files[0].path]
         50 |   - {path: /etc/pki/ca-trust/source/anchors/example.pem, source: root.crt}
            |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write trust: [{source: root.crt}] instead of the file: machines trust it before they fetch the first package

      profile.yaml:51:12: warning[trust/file]: nothing adds /usr/local/share/ca-certificates/example.crt to the certificates that programs read [$.files[1].path]
         51 |   - {path: /usr/local/share/ca-certificates/example.crt, content: x}
            |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write trust: [{content: …}] instead of the file: machines trust it before they fetch the first package
      "
    `)
    for (const run of [
      'update-ca-certificates --fresh',
      'update-ca-trust extract',
      'trust anchor /etc/x.pem',
    ])
      expect(mistakesWith(`${files}commands: [{name: trust, run: "${run}"}]\n`, sources)).toBe('')
  })

  describe('warns about an installer that uses TLS before it has the certificates', () => {
    it.each([
      ['  name: rocky\n  version: "9"', 'https://mirror.example.com/rocky', ['trust/installer']],
      ['  name: rocky\n  version: "9"', 'http://mirror.example.com/rocky', []],
      ['  name: debian\n  version: "13"', 'https://mirror.example.com/debian', []],
      [
        '  name: debian\n  version: "13"\n  install: live',
        'https://mirror.example.com/debian',
        ['secrets/inline-by-default'],
      ],
      ['  name: ubuntu\n  version: "24.04"', 'https://mirror.example.com/ubuntu', []],
    ])('%s from %s', (distribution, mirror, codes) => {
      expect(warnings(distribution, mirror)).toEqual(codes)
    })

    it('explains what to do', () => {
      const sources = new Map([['root.crt', fixture('root')]])
      expect(mistakesWith(trustAndMirror('https://mirror.example.com/rocky'), sources))
        .toMatchInlineSnapshot(`
        "profile.yaml:50:25: warning[trust/installer]: Anaconda fetches its image from this mirror before it knows the CAs of trust, and stops if one of them issued the mirror's certificate [$.mirrors.distribution]
           50 | mirrors: {distribution: "https://mirror.example.com/rocky"}
              |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: offer the mirror over http: too and write that here (Anaconda and dnf verify package signatures), or give the server a certificate of a public CA
        "
      `)
    })
  })
})
