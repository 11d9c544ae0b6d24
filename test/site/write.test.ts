import {
  chownSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeSite } from '../../src/site/write.ts'
import {
  about,
  brokenFiles,
  macs,
  machineFiles,
  refusalOf,
  siteFile,
  temporaryDirectory,
  tree,
  treeOfFiles,
  wholeSite,
} from './files.ts'

/** Inode and time of change of every file: what was rewritten has others. */
const identities = (top: string): Record<string, string> =>
  Object.fromEntries(
    Object.keys(tree(top)).map((path) => {
      const { ino, ctimeNs } = lstatSync(join(top, path), { bigint: true })
      return [path, `${ino} ${ctimeNs}`]
    }),
  )

describe('writeSite', () => {
  it('writes files, modes and the manifest, and leaves nothing else', async () => {
    const top = temporaryDirectory()
    const report = await writeSite(wholeSite(), about, join(top, 'new/site'))
    expect(report).toMatchSnapshot('report')
    expect(tree(join(top, 'new/site'))).toMatchSnapshot('tree')
  })

  it('writes nothing when nothing changed', async () => {
    const top = temporaryDirectory()
    await writeSite(wholeSite(), about, top)
    const before = identities(top)
    expect(await writeSite(wholeSite(), about, top)).toEqual({
      created: [],
      changed: [],
      removed: [],
      unchanged: 16,
    })
    expect(identities(top)).toEqual(before)
  })

  it('rewrites only what differs, and the manifest', async () => {
    const top = temporaryDirectory()
    await writeSite(wholeSite(), about, top)
    const before = identities(top)
    const changed = `seed/${macs.one}/user-data`
    const files = wholeSite().map((file) =>
      file.path === changed ? { ...file, body: Buffer.from('#cloud-config\n# LB1\n') } : file,
    )
    expect(await writeSite(files, about, top)).toEqual({
      created: [],
      changed: ['manifest.json', changed],
      removed: [],
      unchanged: 14,
    })
    const after = identities(top)
    const differing = Object.keys(after).filter(
      (path) => after[path] !== before[path] && tree(top)[path]?.includes(' '),
    )
    expect(differing).toEqual(['manifest.json', changed])
  })

  it('corrects modes without rewriting', async () => {
    const top = temporaryDirectory()
    await writeSite(wholeSite(), about, top)
    const secret = join(top, 'seed', macs.one, 'user-data')
    const before = tree(top)
    const { ino } = statSync(secret)
    chmodSync(secret, 0o644)
    chmodSync(join(top, 'boot.ipxe'), 0o600)
    expect(await writeSite(wholeSite(), about, top)).toEqual({
      created: [],
      changed: ['boot.ipxe', `seed/${macs.one}/user-data`],
      removed: [],
      unchanged: 14,
    })
    expect(tree(top)).toEqual(before)
    expect(statSync(secret).ino).toBe(ino)
  })

  it('removes what is no longer in the site, with directories that become empty, and no foreign file', async () => {
    const top = temporaryDirectory()
    await writeSite(wholeSite(), about, top)
    writeFileSync(join(top, 'README'), 'mine')
    writeFileSync(join(top, 'seed', macs.other, 'note'), 'mine')
    const report = await writeSite(
      [siteFile('boot.ipxe', '#!ipxe\n'), ...machineFiles('lb1', macs.one)],
      about,
      top,
      { force: true },
    )
    expect(report.removed).toEqual(
      machineFiles('lb2', macs.other)
        .map(({ path }) => path)
        .toSorted(),
    )
    expect(Object.keys(tree(top))).toMatchSnapshot()
    await writeSite([], about, top, { force: true })
    expect(Object.keys(tree(top))).toEqual([
      'README',
      'manifest.json',
      'seed',
      `seed/${macs.other}`,
      `seed/${macs.other}/note`,
    ])
  })

  it('reports in a dry run what would change, and touches nothing', async () => {
    const top = temporaryDirectory()
    const missing = join(top, 'missing')
    expect((await writeSite(wholeSite(), about, missing, { dryRun: true })).created).toHaveLength(16)
    expect(readdirSync(top)).toEqual([])
    const site = join(top, 'site')
    await writeSite(wholeSite(), about, site)
    chmodSync(join(site, 'boot.ipxe'), 0o600)
    const before = identities(site)
    const files = [...wholeSite().slice(0, -1), siteFile('ipxe/new', 'x')]
    expect(await writeSite(files, about, site, { dryRun: true })).toEqual({
      created: ['ipxe/new'],
      changed: ['boot.ipxe', 'manifest.json'],
      removed: [`kickstart/${macs.other}.ks`],
      unchanged: 13,
    })
    expect(identities(site)).toEqual(before)
  })

  it('reports its progress', async () => {
    const seen: string[] = []
    await writeSite(wholeSite().slice(0, 3), about, temporaryDirectory(), {
      progress: (count, file) => void seen.push(`${count} ${file.path}`),
    })
    expect(seen).toEqual(['1 boot.ipxe', `2 ipxe/${macs.one}`, `3 pxelinux.cfg/01-${macs.one}`])
  })

  it('leaves the old site unchanged if the files end with an error', async () => {
    const top = temporaryDirectory()
    await writeSite(wholeSite(), about, top)
    const before = identities(top)
    await expect(writeSite(brokenFiles(), about, top)).rejects.toThrow('a fault in a component')
    expect(treeOfFiles(top)).toHaveProperty('boot.ipxe', '0644 #!ipxe\n')
    expect(identities(top)).toEqual({ ...before })
  })
})

describe('writeSite and foreign things', () => {
  it('refuses a directory that contains anything but no manifest, unless forced', async () => {
    const top = temporaryDirectory()
    writeFileSync(join(top, 'thesis.txt'), 'mine')
    const before = tree(top)
    expect(await refusalOf(() => writeSite(wholeSite(), about, top), top)).toMatchInlineSnapshot(`
      [
        "output/not-empty: DIR contains thesis.txt, but no manifest.json of hakube (choose an empty directory, or use --force, which overwrites files that a site file replaces and keeps the others)",
      ]
    `)
    expect(await refusalOf(() => writeSite(wholeSite(), about, top, { dryRun: true }), top)).toHaveLength(1)
    expect(tree(top)).toEqual(before)
    await writeSite(wholeSite(), about, top, { force: true })
    expect(tree(top)).toMatchObject(before)
    await writeSite([], about, top, { force: true })
    expect(treeOfFiles(top)).toEqual(before)
  })

  it('refuses a site with foreign files beside its own, unless forced; assets are not foreign', async () => {
    const top = temporaryDirectory()
    await writeSite(wholeSite(), about, top)
    mkdirSync(join(top, 'assets/rocky-9-amd64'), { recursive: true })
    writeFileSync(join(top, 'assets/rocky-9-amd64/vmlinuz'), 'mine')
    expect((await writeSite(wholeSite(), about, top)).unchanged).toBe(wholeSite().length + 1)
    writeFileSync(join(top, 'notes.txt'), 'mine')
    mkdirSync(join(top, 'seed/old/below'), { recursive: true })
    symlinkSync('/etc/passwd', join(top, 'seed', macs.one, 'link'))
    const before = tree(top)
    for (const dryRun of [false, true]) {
      expect(
        (await refusalOf(() => writeSite([], about, top, { dryRun }), top)).map((line) =>
          line.replace(macs.one, 'MAC'),
        ),
      ).toMatchInlineSnapshot(`
        [
          "output/foreign-file: DIR/notes.txt was not written by hakube (move it, or use --force, which keeps it unchanged)",
          "output/foreign-file: DIR/seed/MAC/link was not written by hakube (move it, or use --force, which keeps it unchanged)",
          "output/foreign-file: DIR/seed/old was not written by hakube (move it, or use --force, which keeps it unchanged)",
        ]
      `)
    }
    expect(tree(top)).toEqual(before)
    await writeSite(wholeSite(), about, top, { force: true })
    expect(tree(top)).toEqual(before)
  })

  it('stops if foreign files are in the way, lists ten, and touches nothing', async () => {
    const top = temporaryDirectory()
    await writeSite([siteFile('boot.ipxe', 'old')], about, top)
    mkdirSync(join(top, 'ipxe'))
    for (let number = 10; number < 22; number++) writeFileSync(join(top, 'ipxe', `x${number}`), 'mine')
    const files = Array.from({ length: 12 }, (_, index) => siteFile(`ipxe/x${index + 10}`, 'ours'))
    const before = tree(top)
    expect(
      await refusalOf(() => writeSite([siteFile('boot.ipxe', 'new'), ...files], about, top), top),
    ).toMatchSnapshot()
    expect(tree(top)).toEqual(before)
    const report = await writeSite(files, about, top, { force: true })
    expect(report.changed).toEqual([...files.map(({ path }) => path), 'manifest.json'])
    expect(tree(top)).toHaveProperty('ipxe/x10', '0644 ours')
  })

  it.each([
    ['a link where a directory goes', (top: string) => symlinkSync('/tmp', join(top, 'seed'))],
    ['a file where a directory goes', (top: string) => writeFileSync(join(top, 'seed'), 'mine')],
    [
      'a directory where a file goes',
      (top: string) => mkdirSync(join(top, 'boot.ipxe/below'), { recursive: true }),
    ],
    ['a file where the workspace goes', (top: string) => writeFileSync(join(top, '.hakube-render'), 'mine')],
  ])('refuses %s, forced or not', async (_name, put) => {
    const top = temporaryDirectory()
    await writeSite([], about, top)
    put(top)
    const before = tree(top)
    const files = [siteFile('boot.ipxe', 'x'), siteFile('seed/a/b', 'x')]
    expect(await refusalOf(() => writeSite(files, about, top), top)).toMatchSnapshot()
    expect(await refusalOf(() => writeSite(files, about, top, { force: true }), top)).toHaveLength(1)
    expect(tree(top)).toEqual(before)
  })

  it('never writes through a link, nor removes behind one', async () => {
    const top = temporaryDirectory()
    const site = join(top, 'site')
    writeFileSync(join(top, 'outside'), 'mine')
    await writeSite([siteFile('boot.ipxe', 'old'), siteFile('seed/a/b', 'old')], about, site)
    rmSync(join(site, 'boot.ipxe'))
    symlinkSync('../outside', join(site, 'boot.ipxe'))
    renameSync(join(site, 'seed/a'), join(top, 'elsewhere'))
    symlinkSync('../../elsewhere', join(site, 'seed/a'))
    const files = [siteFile('boot.ipxe', 'new')]
    expect(await refusalOf(() => writeSite(files, about, site), top)).toMatchInlineSnapshot(`
      [
        "output/foreign-file: DIR/site/boot.ipxe is a symbolic link, but a file of the site belongs there (move it, or use --force to overwrite it)",
      ]
    `)
    await writeSite(files, about, site, { force: true })
    expect(treeOfFiles(top)).toMatchObject({
      'elsewhere/b': '0644 old',
      outside: '0644 mine',
      'site/boot.ipxe': '0644 new',
      'site/seed/a': '-> ../../elsewhere',
    })
  })

  it('refuses a manifest.json of something else, unless forced', async () => {
    const top = temporaryDirectory()
    writeFileSync(join(top, 'manifest.json'), '{"name":"web app"}')
    const before = tree(top)
    expect(await refusalOf(() => writeSite(wholeSite(), about, top), top)).toMatchInlineSnapshot(`
      [
        "site/manifest: DIR/manifest.json is not a hakube manifest: Invalid input: expected 1 at manifest (choose an empty directory, or use --force, which overwrites files that a site file replaces and keeps the others)",
      ]
    `)
    expect(tree(top)).toEqual(before)
    await writeSite(wholeSite(), about, top, { force: true })
    expect(readFileSync(join(top, 'manifest.json'), 'utf8')).toContain('"profile": "example"')
  })

  it('removes nothing outside for a hostile manifest', async () => {
    const top = temporaryDirectory()
    const site = join(top, 'site')
    writeFileSync(join(top, 'outside'), 'mine')
    await writeSite([siteFile('boot.ipxe', 'x')], about, site)
    const text = readFileSync(join(site, 'manifest.json'), 'utf8').replace('"boot.ipxe"', '"../outside"')
    writeFileSync(join(site, 'manifest.json'), text)
    const before = tree(top)
    expect(await refusalOf(() => writeSite([], about, site), top)).toMatchInlineSnapshot(`
      [
        "site/manifest: DIR/site/manifest.json is not a hakube manifest: not a path below the site’s directory at files.0.path (choose an empty directory, or use --force, which overwrites files that a site file replaces and keeps the others)",
      ]
    `)
    expect(tree(top)).toEqual(before)
  })

  it('replaces files by directories and back if all of them are its own', async () => {
    const top = temporaryDirectory()
    await writeSite([siteFile('a', '1'), siteFile('b/c/d', '2')], about, top)
    await writeSite([siteFile('a/x', '3'), siteFile('b', '4')], about, top)
    expect(treeOfFiles(top)).toEqual({ a: '0755/', 'a/x': '0644 3', b: '0644 4' })
  })
})

describe('two renders at once', () => {
  it('the second is refused, and the first ends well', async () => {
    const top = temporaryDirectory()
    let second: Promise<string[]> | null = null
    await writeSite(wholeSite(), about, top, {
      progress: () => void (second ??= refusalOf(() => writeSite([], about, top), top)),
    })
    expect((await second!).map((line) => line.replace(/process \d+ on [^)]+/, 'process N on HOST')))
      .toMatchInlineSnapshot(`
        [
          "output/locked: another hakube process is writing to DIR (process N on HOST) (wait until it has finished, then run this again)",
        ]
      `)
    expect(Object.keys(treeOfFiles(top))).toContain('boot.ipxe')
    expect(readdirSync(top)).not.toContain('.hakube-render')
  })

  it.each([
    ['a dead process', () => JSON.stringify({ pid: 2 ** 30, host: 'HERE', boot: 'BOOT', started: '1' })],
    [
      'a process whose number was given away again',
      () => JSON.stringify({ pid: process.pid, host: 'HERE', boot: 'BOOT', started: '1' }),
    ],
    [
      'an earlier boot',
      () => JSON.stringify({ pid: process.pid, host: 'HERE', boot: 'other', started: null }),
    ],
    ['half a write', () => '{"pid":'],
  ])('takes over the lock that %s left', async (_name, lock) => {
    const { hostname } = await import('node:os')
    const top = temporaryDirectory()
    mkdirSync(join(top, '.hakube-render'))
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    writeFileSync(join(top, '.hakube-render/lock'), lock().replace('HERE', hostname()).replace('BOOT', boot))
    writeFileSync(join(top, '.hakube-render/17'), 'left over')
    await writeSite(wholeSite(), about, top)
    expect(readdirSync(top)).toEqual([
      'boot.ipxe',
      'ipxe',
      'kickstart',
      'manifest.json',
      'pxelinux.cfg',
      'seed',
    ])
  })

  it('respects a fresh lock of another machine, and takes over an old one', async () => {
    const { utimesSync } = await import('node:fs')
    const top = temporaryDirectory()
    mkdirSync(join(top, '.hakube-render'))
    const lock = join(top, '.hakube-render/lock')
    writeFileSync(lock, JSON.stringify({ pid: 1, host: 'elsewhere.example', boot: null, started: null }))
    expect(await refusalOf(() => writeSite(wholeSite(), about, top), top)).toMatchInlineSnapshot(`
      [
        "output/locked: another hakube process is writing to DIR (process 1 on elsewhere.example) (wait until it has finished, then run this again)",
      ]
    `)
    const longAgo = new Date(Date.now() - 10 * 60_000)
    utimesSync(lock, longAgo, longAgo)
    expect((await writeSite(wholeSite(), about, top)).created).toHaveLength(16)
  })
})

describe.runIf(process.getuid?.() === 0)('a file of another user', () => {
  it('is replaced if it is to contain a secret, because its owner may read it', async () => {
    const top = temporaryDirectory()
    await writeSite(wholeSite(), about, top)
    const paths = [`kickstart/${macs.one}.ks`, `ipxe/${macs.one}`]
    for (const path of paths) chownSync(join(top, path), 65534, 65534)
    const { changed } = await writeSite(wholeSite(), about, top)
    expect(changed).toEqual([`kickstart/${macs.one}.ks`])
    expect(paths.map((path) => lstatSync(join(top, path)).uid)).toEqual([process.getuid?.(), 65534])
  })
})
