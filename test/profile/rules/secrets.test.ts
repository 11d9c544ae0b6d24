import { describe, expect, it } from 'vitest'
import { printDiagnostics } from '../../../src/diagnostics/print.ts'
import { loadProfile, parseProfile } from '../../../src/profile/load.ts'
import { makeRepository } from '../../support/repository.ts'
import { good, mistakesIn, mistakesWith, printed } from '../mistakes.ts'
import { pemBegin, pemBlock } from '../../support/pem.ts'

const keyLine = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW'
const key = pemBlock('OPENSSH PRIVATE KEY', keyLine)
/** Put together here, or `hakube check` would find it in this repository. */
const ageKey = `AGE-SECRET-KEY-1${'Q'.repeat(52)}`
const commented = (text: string, indent = '') => text.replaceAll(/^/gm, `${indent}# `)
const indented = (text: string) => text.replaceAll(/^/gm, '      ')

/** Codes that a text gets as content of a file, as a command and as a file beside the profile. */
function codes(text: string): string[] {
  const profile = `${good}files:
  - path: /etc/inline
    content: ${JSON.stringify(text)}
  - path: /etc/beside
    source: beside
commands:
  - name: try
    run: ${JSON.stringify(text)}
`
  const loaded = parseProfile(profile, 'profile.yaml', new Map([['beside', text]]))
  const { diagnostics } = loaded
  // No secret is shown: not in the message, not in the excerpt.
  const clear = printDiagnostics(
    diagnostics
      .filter(({ code }) => code.endsWith('-in-clear'))
      .map((diagnostic) => ({ diagnostic, loaded })),
    'text',
    { colour: false },
  )
  for (const secret of [
    'hunter',
    'correct',
    'QQQQQ',
    '0123456789abcdef',
    'b3BlbnNz',
    'dGhpcyBpcyBub3Q',
    '12345678',
  ])
    expect(clear).not.toContain(secret)
  const places = new Map<string, string[]>()
  for (const { code, path = [] } of diagnostics) {
    if (!code.endsWith('-in-clear')) continue
    const place = path.join('.')
    places.set(place, [...(places.get(place) ?? []), code.replace(/^secrets\/|-in-clear$/g, '')])
  }
  const lists = ['files.0.content', 'files.1.source', 'commands.0.run'].map(
    (place) => places.get(place)?.join(' ') ?? '',
  )
  expect(new Set(lists).size, `the same everywhere: ${lists.join(', ')}`).toBe(1)
  return [...new Set(lists)]
}

describe('secrets in clear', () => {
  it('reports where a private key is, and does not show it', () => {
    expect(mistakesWith(`files:\n  - path: /etc/key\n    mode: "0600"\n    content: |\n${indented(key)}\n`))
      .toMatchInlineSnapshot(`
        "profile.yaml:53:7: error[secrets/key-in-clear]: a private key is in plain text here, readable by anyone with access to the repository [$.files[0].content]
          hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised
        "
      `)
  })

  it('reports a secret in a file beside the profile, and names that file', () => {
    const text = 'first line\ndatabase:\n  password: "correct horse"\n'
    const loaded = parseProfile(
      `${good}files:\n  - path: /etc/app.yaml\n    source: files/app.yaml\n`,
      'racks/profile.yaml',
      new Map([['files/app.yaml', text]]),
    )
    expect(printed(loaded)).toMatchInlineSnapshot(`
      "racks/files/app.yaml:3:14: error[secrets/password-in-clear]: a password is in plain text here, readable by anyone with access to the repository [$.files[0].source]
        hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised
      "
    `)
  })

  it('reports secrets in comments of the profile and of its bases', async () => {
    const repository = makeRepository()
    repository.write({
      'base.yaml': `${commented(key)}\n${good}`,
      'profile.yaml': `extends: base.yaml # ${ageKey}\nfiles:\n  - path: /etc/x\n    content: | # ${ageKey}\n      # a line\n${commented(key, '    ')}\n`,
    })
    const loaded = await loadProfile(`${repository.directory}/profile.yaml`)
    repository.remove()
    expect(printed(loaded).replaceAll(repository.directory, 'TOP')).toMatchInlineSnapshot(`
      "TOP/profile.yaml:1:22: error[secrets/key-in-clear]: a private key is in plain text here, readable by anyone with access to the repository
        hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised

      TOP/profile.yaml:4:18: error[secrets/key-in-clear]: a private key is in plain text here, readable by anyone with access to the repository
        hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised

      TOP/profile.yaml:6:7: error[secrets/key-in-clear]: a private key is in plain text here, readable by anyone with access to the repository
        hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised

      TOP/base.yaml:1:3: error[secrets/key-in-clear]: a private key is in plain text here, readable by anyone with access to the repository
        hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised
      "
    `)
  })

  it('reports secrets in comments of a profile with other mistakes', () => {
    const mistakes = mistakesIn(`${good}pakages: [vim]\n${commented(key)}\n`)
    expect(mistakes.match(/^profile.*/gm)).toMatchInlineSnapshot(`
      [
        "profile.yaml:49:1: error[schema/unknown-key]: unknown key "pakages" [$.pakages]",
        "profile.yaml:50:3: error[secrets/key-in-clear]: a private key is in plain text here, readable by anyone with access to the repository",
      ]
    `)
  })

  it.each([
    ['the first line alone', `that begins with ${pemBegin('PRIVATE KEY')}`],
    ['a certificate', pemBlock('CERTIFICATE', keyLine)],
    ['a public key', pemBlock('PUBLIC KEY', keyLine)],
    ['a public key of age', `age1${'q'.repeat(58)}`],
    ['a form of age keys', 'AGE-SECRET-KEY-1…, or AGE-SECRET-KEY-1QQQ'],
    ['what passwords and tokens look like', 'password: hunter22\ntoken abcdef.0123456789abcdef'],
  ])('not in comments: %s', (_, text) => {
    expect(mistakesIn(`${commented(text)}\n${good}`)).toBe('')
  })

  it('reports once a secret that looks like a comment within a text', () => {
    const content = key.replaceAll(/^/gm, '      # ')
    const loaded = parseProfile(`${good}files:\n  - path: /x\n    content: |\n${content}\n`, 'profile.yaml')
    expect(loaded.diagnostics.map(({ code, position }) => [code, position?.line])).toMatchInlineSnapshot(`
      [
        [
          "secrets/key-in-clear",
          52,
        ],
      ]
    `)
  })

  it('reports each of 100,000 keys in comments', () => {
    const keys = `# AGE-SECRET-KEY-1${'Q'.repeat(25)}\n`.repeat(100_000)
    expect(parseProfile(`${keys}${good}`, 'profile.yaml').diagnostics.length).toBe(100_000)
  })

  it('reports a secret in the settings of one machine', () => {
    const machine = '    address: 10.10.10.16\n'
    expect(
      mistakesIn(
        good.replace(
          machine,
          `${machine}    sysctls:\n      kernel.core_pattern: "|/x --token=abcd1234efgh"\n`,
        ),
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:39:28: error[secrets/password-in-clear]: a password is in plain text here, readable by anyone with access to the repository [$.machines[5].sysctls["kernel.core_pattern"]]
        hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised
      "
    `)
  })

  it.each([
    [`x\n${key}\ny`, 'key'],
    [pemBegin('RSA PRIVATE KEY'), 'key'],
    [pemBegin('PRIVATE KEY'), 'key'],
    [pemBegin('PGP PRIVATE KEY BLOCK'), 'key'],
    [ageKey, 'key'],
    ['kubeadm join --token abcdef.0123456789abcdef 10.0.0.1:6443', 'token'],
    ['Authorization: Bearer ghp_0123456789abcdefghijABCDEFGHIJ012345', 'token'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dGhpcyBpcyBub3QgYSBzaWduYXR1cmU', 'token'],
    ['password: hunter22', 'password'],
    ['  "password": "hunter22",', 'password'],
    ['DB_PASSWORD=hunter22 ./run', 'password'],
    ['curl --user x --password=hunter22', 'password'],
    ['api_key = 0123456789', 'password'],
    ['  auth_pass 12345678', 'password'],
    ['curl https://me:hunter22@example.com/x', 'password'],
    [`client-key-data: ${Buffer.from(key).toString('base64')}`, 'key'],
    ['tls.key: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=', 'key'],
    ['curl -fsS --user me:hunter22 https://example.com/x', 'password'],
    ["echo 'root:hunter22' | chpasswd", 'password'],
    ['{"auths":{"registry.example.com":{"auth":"bWU6aHVudGVyMjI="}}}', 'password'],
    ['curl -H "Authorization: Bearer 0123456789abcdef0" https://example.com/x', 'token'],
    ['a: 1\npassword: hunter22\ntoken: hunter33', 'password password'],
  ])('%j: %s', (text, code) => {
    expect(codes(text)).toEqual([code])
  })

  it.each([
    pemBlock('CERTIFICATE', 'MIIB'),
    pemBlock('PUBLIC KEY', 'MIIB'),
    'certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI=',
    'passwd:     files sss systemd\nshadow:     files',
    'curl -u "me:$(fetch-password)" https://example.com/x',
    'docker run --user 1000:1000 image',
    'echo "root:$HASH" | chpasswd -e',
    'echo "root:$PASSWORD" | chpasswd',
    'curl -H "Authorization: Bearer $TOKEN" https://example.com/x',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'password required pam_unix.so sha512 shadow',
    'password: $6$rounds=4096$salt$hash',
    'password=$PASSWORD ./run',
    'password="$(fetch-password)"',
    'password: {{ from_elsewhere }}',
    'password: <write it here>',
    'password_file=/etc/app/password',
    'token: /run/secrets/token',
    'password: true',
    'https://example.com:8080/path@2',
    'https://$USER:$PASSWORD@example.com/',
    'worker.kubernetescluster and config.somelongfilename',
    'a sentence about a password: it must be long',
    'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z',
  ])('%j is none', (text) => {
    expect(codes(text)).toEqual([''])
  })
})

describe('long lines', () => {
  it.each(['a-', 'a.', 'a_', 'a:', 'a', ' ', 'curl ', 'x:yyy ', 'Bearer ', 'http://a:'])(
    'of %j are read like any other',
    (part) => {
      const text = part.repeat(Math.ceil((256 * 1024) / part.length))
      expect(codes(text)).toEqual([''])
    },
  )
})

describe('settings of the bundle', () => {
  it('reports recipients that are not age public keys', () => {
    expect(
      mistakesWith(
        [
          'secrets:',
          '  recipients:',
          '    - age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z',
          '    - age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2y',
          '    - age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z',
          `    - ${ageKey}`,
          '    - ssh-ed25519 AAAA',
          '',
        ].join('\n'),
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:52:7: error[secrets/not-a-recipient]: this is not an age public key [$.secrets.recipients[1]]
         52 |     - age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2y
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: it begins with age1; age-keygen -y FILE prints that of a key file

      profile.yaml:53:7: error[secrets/duplicate-recipient]: this public key is listed twice [$.secrets.recipients[2]]
         53 |     - age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: keep one of the two
        profile.yaml:51:7: first used here

      profile.yaml:54:7: error[secrets/key-in-clear]: a private key is in plain text here, readable by anyone with access to the repository [$.secrets.recipients[3]]
        hint: write the public key, which age-keygen -y FILE prints; create a new private key, because this one is compromised

      profile.yaml:55:7: error[secrets/not-a-recipient]: this is not an age public key [$.secrets.recipients[4]]
         55 |     - ssh-ed25519 AAAA
            |       ^^^^^^^^^^^^^^^^
        hint: it begins with age1; age-keygen -y FILE prints that of a key file
      "
    `)
  })

  it('reports a warning period longer than the certificates are valid', () => {
    expect(mistakesWith('secrets:\n  certificateDays: 30\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:20: warning[secrets/always-stale]: certificates are valid for 30 days and stale 30 days before they expire, so always [$.secrets.certificateDays]
         50 |   certificateDays: 30
            |                    ^^
        hint: lower warningDays, or raise certificateDays
      "
    `)
  })
})
