import { assert as assertAll, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../src/cluster/resolve.ts'
import { compareClusters } from '../../src/diff/compare.ts'
import { maskFor, secretValues } from '../../src/diff/mask.ts'
import { printJson, printMarkdown, printText } from '../../src/diff/report.ts'
import { ephemeralSecrets } from '../../src/secrets/ephemeral.ts'
import { exampleProfile, testCluster, testSecrets, testSources } from '../example.ts'
import { pemBlock } from '../support/pem.ts'

const token = 'abcdef.0123456789abcdef'
const other = 'zyxwvu.fedcba9876543210'
const mask = maskFor([token, other])

describe('masked texts', () => {
  it('show that a secret has changed, and nothing of it', () => {
    expect(mask(`a: 1\ntoken: ${token}\n`, `a: 2\ntoken: ${other}\n`, 'known')).toEqual({
      before: 'a: 1\ntoken: <secret>\n',
      after: 'a: 2\ntoken: <secret, changed>\n',
    })
  })
  it('show an unchanged secret as unchanged', () => {
    expect(mask(`x ${token}`, `y ${token}`, 'known')).toEqual({ before: 'x <secret>', after: 'y <secret>' })
  })
  it('show a new file, and a removed one', () => {
    expect(mask(null, token, 'known')).toEqual({ before: '', after: '<secret>' })
    expect(mask(token, null, 'known')).toEqual({ before: '<secret>', after: '' })
  })
  it('show nothing of an empty file that is new or removed', () => {
    const nothing = { before: '', after: '' }
    expect([mask(null, '', 'known'), mask('', null, 'known')]).toEqual([nothing, nothing])
  })
  it('show that secrets have swapped positions', () => {
    expect(mask(`${token}\n${other}\n`, `${other}\n${token}\n`, 'known').after).toBe(
      '<secret>\n<secret>\n<secret, changed>\n',
    )
  })
  it('hide all of a user’s own secret', () => {
    expect(mask('user: me\n', 'user: you\n', 'all')).toEqual({
      before: '<secret>\n',
      after: '<secret, changed>\n',
    })
  })
  it('hide what looks like a secret where secrets are', () => {
    const key = pemBlock('RSA PRIVATE KEY', 'MIIE', 'abc')
    const hash = '$6$abc$def.ghi/jkl'
    const text = `key: |\n  ${key}\nhash: "${hash}"\nid: 0123456789abcdef0123456789abcdef\ntoken: qwerty.qwertyuiop123456\n`
    expect(mask(null, text, 'shapes').after).toBe(
      'key: |\n  <secret>\nhash: "<secret>"\nid: <secret>\ntoken: <secret>\n',
    )
  })
  it('hide a registry password of any length', () => {
    const toml = 'username = "pull"\npassword = "a\\"b"\nruntime = "c"\n'
    expect(mask(null, toml, 'shapes').after).toBe('username = "pull"\npassword = <secret>\nruntime = "c"\n')
    expect(mask(null, '{ "auth": "cDpx" }\n', 'shapes').after).toBe('{ "auth": <secret> }\n')
  })
  it('never contain one, whatever surrounds it', () => {
    const around = string({ unit: 'grapheme-ascii', maxLength: 20 })
    assertAll(
      property(around, around, constantFrom('known', 'shapes', 'all'), (one, two, secrecy) => {
        const { before, after } = mask(one + token + two, two + other + one, secrecy)
        return !before.includes(token) && !after.includes(other) && !after.includes(token)
      }),
    )
  })
})

describe('a whole diff', () => {
  it('contains no part of a secret, in any format, when all of them change', async () => {
    const profile = exampleProfile()
    const hashes = ['$6$salt$oneoneoneoneone', '$6$salt$twotwotwotwotwo']
    const change = (hash: string, text: string) => {
      const copy = structuredClone(profile)
      Object.assign(copy.users[0] ?? {}, { passwordHash: hash })
      copy.files = [{ path: '/etc/own', secret: true, content: text }]
      copy.etcd = { placement: 'control-plane', clients: ['worker'] }
      return testCluster(copy)
    }
    const before = await change(hashes[0] ?? '', 'my own old secret\n')
    const plain = await change(hashes[1] ?? '', 'my own new secret\n')
    // Other keys, from the end of the list of test keys, and other random bytes.
    const sources = testSources()
    sources.random(32)
    const keys = await Promise.all(Array.from({ length: 12 }, () => sources.rsaKeyPair(2048)))
    let next = 4
    const secrets = await ephemeralSecrets({
      ...sources,
      rsaKeyPair: async () => keys[(next += 1)] ?? keys[11] ?? { publicKey: '', privateKey: '' },
    })
    const { machines, enrolment } = plain.secrets
    const after = { ...plain, secrets: { ...secrets, machines, enrolment } }
    const difference = compareClusters(before, after, { full: true })
    const report = {
      profile: 'sample',
      before: { revision: 'one', commit: null },
      after: { revision: 'two', commit: null },
      difference,
      notes: [],
    }
    const output = printText(report, true) + printJson(report) + printMarkdown(report, true)
    expect(output).toContain('<secret, changed>')
    expect(secrets.bootstrapToken).not.toBe(testSecrets.bootstrapToken)
    // A private key holds its public one, which certificates show.
    const everybodys = [before, after]
      .flatMap(({ secrets: { authorities, serviceAccount, machines } }) => [
        ...Object.values(authorities).map(({ certificate }) => certificate),
        ...Object.values(machines).flatMap((each) =>
          Object.values(each).map(({ certificate }) => certificate),
        ),
        serviceAccount.publicKey,
      ])
      .join('')
    const found: string[] = []
    for (const value of [
      ...secretValues(before),
      ...secretValues(after),
      ...hashes,
      'my own old',
      'my own new',
    ])
      for (let at = 0; at + 12 <= value.length; at += 6) {
        const part = value.slice(at, at + 12)
        if (
          !part.startsWith('-----') &&
          !part.includes('PRIVATE') &&
          !everybodys.includes(part) &&
          output.includes(part)
        )
          found.push(part)
      }
    expect(found).toEqual([])
  })

  it.each(['containerd', 'cri-o'] as const)('contains no password of a registry, with %s', (name) => {
    const passwords = ['my "own" first word', 'second', 'tiny']
    const [before, ...others] = passwords.map((registry) => {
      const profile = exampleProfile()
      profile.containerRuntime = { name }
      profile.mirrors = {
        images: {
          'docker.io': { url: 'https://hub.example.com', username: 'p', passwordSecret: 'registry' },
        },
      }
      return resolve(profile, new Map(), { ...testSecrets, own: { registry } })
    })
    for (const after of others) {
      const text = JSON.stringify(compareClusters(before!, after, { full: true }))
      expect(text).toContain('<secret, changed>')
      for (const password of passwords)
        for (const shown of [password, JSON.stringify(password).slice(1, -1), btoa(`p:${password}`)])
          expect(text.replaceAll('\\\\', '\\').replaceAll('\\"', '"')).not.toContain(shown)
    }
  })

  it('contains no secret file of a component', () => {
    const [before, after] = ['first', 'second'].map((word) => {
      const profile = exampleProfile()
      const content = `users: the ${word} words\n`
      profile.kubernetes.apiServerFiles = [{ path: '/etc/kubernetes/own/tokens.csv', secret: true, content }]
      return resolve(profile, new Map(), testSecrets)
    })
    const text = JSON.stringify(compareClusters(before!, after!, { full: true }))
    expect(text).toContain('<secret, changed>')
    expect(text).not.toMatch(/the first words|the second words|users:/)
  })
})
