import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findTrackedSecrets } from '../../src/check/tracked-secrets.ts'
import { buildManifest, formatManifest, manifestEntry } from '../../src/site/manifest.ts'
import { describeWith } from '../prerequisites.ts'

const file = (path: string, secret: boolean) => ({
  path,
  secret,
  contentType: 'text/plain',
  body: Buffer.from(path),
})

describeWith({ programs: ['git'] }, 'unencrypted secrets that git tracks', () => {
  let directory = ''
  const environment = { PATH: process.env['PATH'], HOME: '/nonexistent' }
  const git = (...words: string[]) => execFileSync('git', words, { cwd: directory, stdio: 'pipe' })
  const put = (name: string, text: string) => {
    mkdirSync(join(directory, name, '..'), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  const found = async (profile = 'racks/profile.yaml') =>
    (await findTrackedSecrets(join(directory, profile), environment)).map(({ message }) => message)

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-tracked-'))
    git('init', '-q')
    put('racks/profile.yaml', 'hakube: 1\n')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const key = `AGE-SECRET-KEY-1${'Q'.repeat(58)}\n`
  const armored = '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n'

  function site(name: string): void {
    const files = [file('boot.ipxe', false), file('seed/a/user-data', true)]
    const about = { hakube: '1', profile: 'x', commit: null, ephemeralSecrets: false, machines: [] }
    for (const { path, body } of files) put(`${name}/${path}`, body.toString())
    put(`${name}/manifest.json`, formatManifest(buildManifest(about, files.map(manifestEntry))))
  }

  it('encrypted and untracked files are not reported', async () => {
    put('racks/secrets.age', armored)
    put('racks/binary.secrets.age', 'age-encryption.org/v1\n\u0000')
    put('manifest.json', '{"name": "someone else’s"}')
    git('add', '.')
    put('keys', key)
    put('racks/other.secrets.age', '{}')
    site('site')
    expect(await found()).toEqual([])
  })

  it('an unencrypted bundle, an age key and rendered secrets are reported anywhere in the repository', async () => {
    put('racks/secrets.age', '{ "bootstrapToken": "x" }')
    put('home/keys.txt', `# created\n${key}`)
    site('sites/one')
    git('add', '.')
    expect(await found()).toEqual([
      'git tracks a secrets bundle that is not encrypted: racks/secrets.age',
      'git tracks an age private key: home/keys.txt',
      'git tracks a rendered file with secrets in it: sites/one/seed/a/user-data',
    ])
  })

  it('files that export and kubeconfig wrote are reported, and a key in a comment', async () => {
    put('rescue/etc/kubernetes/pki/ca.key', 'x')
    put('rescue/etc/kubernetes/pki/ca.crt', 'x')
    put('rescue/etc/etcd/pki/peer.key', 'x')
    put('kubeconfig', '# Made by hakube kubeconfig for the cluster sample.\n')
    put('racks/profile.yaml', `hakube: 1\n# ${key}`)
    git('add', '.')
    expect(await found()).toEqual([
      'git tracks an age private key: racks/profile.yaml',
      'git tracks a private key of a machine: rescue/etc/etcd/pki/peer.key, rescue/etc/kubernetes/pki/ca.key',
      'git tracks the kubeconfig of an administrator: kubeconfig',
    ])
  })

  it('a long list is truncated', async () => {
    for (let number = 1; number < 9; number++) put(`keys/${number}`, key)
    git('add', '.')
    expect(await found()).toEqual([
      'git tracks an age private key: keys/1, keys/2, keys/3, keys/4, keys/5 and 3 more',
    ])
  })

  it('names with blanks and line breaks are reported', async () => {
    put('my key\nhere', key)
    git('add', '.')
    expect(await found()).toEqual(['git tracks an age private key: my key\nhere'])
  })

  it('nothing is reported without git or without a repository', async () => {
    put('keys', key)
    git('add', '.')
    expect(await findTrackedSecrets(join(directory, 'racks/profile.yaml'), { PATH: '/nonexistent' })).toEqual(
      [],
    )
    expect(await findTrackedSecrets('/proc/x.yaml', environment)).toEqual([])
  })
})
