import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { indexAssets, openAsset } from '../../src/server/assets-directory.ts'
import { writeSite } from '../../src/site/write.ts'
import { about, refusalOf, temporaryDirectory, wholeSite } from '../site/files.ts'
import { pemBegin } from '../support/pem.ts'

/** A directory with these files; a name with a slash at its end is a directory. */
function directoryWith(files: Readonly<Record<string, string>>): string {
  const top = temporaryDirectory()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(top, name.endsWith('/') ? name : dirname(name)), { recursive: true })
    if (!name.endsWith('/')) writeFileSync(join(top, name), text)
  }
  return top
}

const hint =
  'anyone on the network can read its content: choose a directory that holds only kernels, initial RAM disks and images'

const ageKey = `# created: 2026-11-21T12:00:00Z\n# public key: age1x\nAGE-SECRET-KEY-1${'Q'.repeat(58)}\n`
const pem = (kind: string): string => `${pemBegin(`${kind}PRIVATE KEY`)}\nMC4CAQAwBQYDK2VwBCIEIA\n`

describe('a directory that machines must not see', () => {
  it.each([
    ['a repository', { '.git/HEAD': 'ref: refs/heads/main\n' }, 'a git repository (.git)'],
    ['a working tree of another repository', { '.git': 'gitdir: /x\n' }, 'a git repository (.git)'],
    ['a repository below', { 'a/b/.git/config': '' }, 'a git repository (.git), a/b/'],
    ['one on a file system without case', { '.GIT/config': '' }, 'a git repository (.GIT)'],
    [
      'a bare repository',
      { 'rack.git/HEAD': '', 'rack.git/objects/': '', 'rack.git/refs/': '' },
      'a bare git repository, rack.git/',
    ],
    ['an age key', { 'operator.key': ageKey }, 'an age key, operator.key'],
    ['an age key below another name', { 'notes/todo.txt': ageKey }, 'an age key, notes/todo.txt'],
    ['a hidden age key', { '.keys': ageKey }, 'an age key, .keys'],
    ['a private key', { 'ca.key': pem('') }, 'a private key, ca.key'],
    ['a private key of RSA', { 'tls/server.pem': `text\n${pem('RSA ')}` }, 'a private key, tls/server.pem'],
    ['a key of SSH', { id_ed25519: pem('OPENSSH ') }, 'a private key, id_ed25519'],
    ['an encrypted key', { 'k.pem': pem('ENCRYPTED ') }, 'a private key, k.pem'],
    [
      'a bundle',
      { 'secrets.age': 'age-encryption.org/v1\n-> X25519 x\n' },
      'a file encrypted with age, secrets.age',
    ],
    [
      'a bundle in armour',
      { 'b.txt': '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n' },
      'a file encrypted with age, b.txt',
    ],
    [
      'a large bundle',
      { 'secrets.age': `age-encryption.org/v1\n${'x'.repeat(600_000)}` },
      'a file encrypted with age, secrets.age',
    ],
    [
      'a kubeconfig',
      { config: `users:\n- user:\n    client-key-data: ${'QUJD'.repeat(20)}\n` },
      'a kubeconfig, config',
    ],
    [
      'a damaged rendered site',
      { 'site/manifest.json': '{\n  "manifest": 7,\n  "hakube": "9"' },
      'a rendered site, site/',
    ],
  ])('%s', async (_name, files, what) => {
    const top = directoryWith({ 'rocky/vmlinuz': 'kernel', ...files })
    expect(await refusalOf(() => indexAssets(top), top)).toEqual([
      `serve/assets: cannot serve assets from DIR: it holds ${what} (${hint})`,
    ])
  })

  it('is refused if it is a rendered site, contains one or is in one', async () => {
    const top = temporaryDirectory()
    await writeSite(wholeSite(), about, join(top, 'site'))
    const refusals = []
    for (const directory of ['', 'site', 'site/seed', 'site/seed/52-54-00-aa-bb-01'])
      refusals.push(...(await refusalOf(() => indexAssets(join(top, directory)), top)))
    expect(refusals).toEqual(
      [
        'DIR: it holds a rendered site, site/',
        'DIR/site: it holds a rendered site',
        'DIR/site/seed: it is inside the rendered site DIR/site',
        'DIR/site/seed/52-54-00-aa-bb-01: it is inside the rendered site DIR/site',
      ].map((text) => `serve/assets: cannot serve assets from ${text} (${hint})`),
    )
  })

  it("is refused if it is git's own directory or in it", async () => {
    const top = directoryWith({ '.git/objects/ab/cd': 'x' })
    for (const directory of ['.git', '.git/objects'])
      expect(await refusalOf(() => indexAssets(join(top, directory)), top)).toEqual([
        `serve/assets: cannot serve assets from DIR/${directory}: it is inside git's own directory (${hint})`,
      ])
  })

  it('is refused if it contains the profile, under any name, also through links', async () => {
    const top = directoryWith({
      'cluster/profile.yaml': 'hakube: 1\n',
      'cluster/assets/vmlinuz': 'kernel',
      'other/vmlinuz': '',
    })
    const profile = join(top, 'cluster/profile.yaml')
    const keepOut = [{ what: 'the profile', path: profile }]
    symlinkSync('cluster', join(top, 'link'))
    for (const directory of ['.', 'cluster', 'link'])
      expect(await refusalOf(() => indexAssets(join(top, directory), keepOut), top)).toEqual([
        `serve/assets: cannot serve assets from ${join('DIR', directory)}: it holds the profile DIR/cluster/profile.yaml (${hint})`,
      ])
    linkSync(profile, join(top, 'other/second-name'))
    expect(await refusalOf(() => indexAssets(join(top, 'other'), keepOut), top)).toEqual([
      `serve/assets: cannot serve assets from DIR/other: it holds the profile DIR/cluster/profile.yaml as second-name (${hint})`,
    ])
    // The directory beside it is as good as any.
    expect([...(await indexAssets(join(top, 'cluster/assets'), keepOut)).files.keys()]).toEqual(['vmlinuz'])
  })

  it('is refused before listing if it is the root', async () => {
    const top = directoryWith({ 'profile.yaml': '' })
    const keepOut = [{ what: 'the profile', path: join(top, 'profile.yaml') }]
    expect(await refusalOf(() => indexAssets('/', keepOut), top)).toEqual([
      `serve/assets: cannot serve assets from /: it holds the profile DIR/profile.yaml (${hint})`,
    ])
  })

  it('is not refused because of files that only look similar', async () => {
    const top = directoryWith({
      'manifest.json': '{"name": "an app"}',
      '.gitignore': '*',
      HEAD: '',
      'manifests/calico.yaml': 'kind: Secret\n',
      'README.md': 'run age-keygen; a key begins with AGE-SECRET-KEY-1\n',
      'rocky.pub': '-----BEGIN PUBLIC KEY-----\n',
      'ca.pem': '-----BEGIN CERTIFICATE-----\n',
    })
    const { files, skipped } = await indexAssets(top, [{ what: 'the profile', path: '/nowhere' }])
    expect({ files: files.size, skipped }).toEqual({ files: 7, skipped: [] })
  })
})

describe('files that others may not read', () => {
  it('are omitted, also directories, and links to them', async () => {
    const top = directoryWith({
      'open/vmlinuz': 'kernel',
      shadow: 'SECRET',
      'closed/a/file': 'SECRET',
      'half/file': 'may be entered, not listed',
    })
    symlinkSync('shadow', join(top, 'link'))
    symlinkSync('closed/a', join(top, 'way-in'))
    symlinkSync('closed/a/file', join(top, 'way-to-a-file'))
    chmodSync(join(top, 'shadow'), 0o640)
    chmodSync(join(top, 'closed'), 0o750)
    chmodSync(join(top, 'half'), 0o711)
    // The directory itself was named: often it is below a closed home.
    chmodSync(top, 0o700)
    const { files, skipped } = await indexAssets(top)
    expect([...files.keys()].toSorted()).toEqual(['half/file', 'open/vmlinuz'])
    expect(skipped).toEqual(
      ['closed/', 'link', 'shadow', 'way-in', 'way-to-a-file'].map((name) => ({ name, why: 'private' })),
    )
  })

  it('are no longer served if that changed since the listing', async () => {
    const top = directoryWith({ file: 'text' })
    const assets = await indexAssets(top)
    chmodSync(join(top, 'file'), 0o600)
    expect(await openAsset(assets, 'file')).toBe(null)
    chmodSync(join(top, 'file'), 0o604)
    const opened = await openAsset(assets, 'file')
    expect(await opened?.handle.readFile('utf8')).toBe('text')
    await opened?.handle.close()
  })

  it('are not reported as keys if they are omitted already', async () => {
    const top = directoryWith({ 'operator.key': ageKey })
    chmodSync(join(top, 'operator.key'), 0o600)
    expect(await indexAssets(top)).toEqual({
      files: new Map(),
      skipped: [{ name: 'operator.key', why: 'private' }],
    })
  })
})

it('a whole distribution tree is listed, without pipes and sockets', async () => {
  const top = directoryWith({ 'BaseOS/repodata/repomd.xml': '<repomd/>', '.treeinfo': '[general]' })
  cpSync(join(top, 'BaseOS'), join(top, 'AppStream'), { recursive: true })
  execFileSync('mkfifo', [join(top, 'pipe')])
  expect([...(await indexAssets(top)).files.keys()].toSorted()).toEqual([
    '.treeinfo',
    'AppStream/repodata/repomd.xml',
    'BaseOS/repodata/repomd.xml',
  ])
})
