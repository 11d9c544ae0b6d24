import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SiteFile } from '../../src/site/site.ts'
import { writeSite } from '../../src/site/write.ts'
import { describeWith } from '../prerequisites.ts'
import { about, macs, machineFiles, siteFile, temporaryDirectory, tree, treeOfFiles } from './files.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const writer = join(import.meta.dirname, 'interrupted-writer.mjs')

/** src/site as JavaScript, because a process that is to be killed must be one of its own. */
let compiled = ''

beforeAll(async () => {
  compiled = mkdtempSync(join(tmpdir(), 'hakube-compiled-'))
  writeFileSync(
    join(compiled, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      // The types are checked elsewhere.
      compilerOptions: { noCheck: true, rootDir: join(root, 'src'), outDir: compiled, types: [] },
      include: [],
      files: [join(root, 'src/site/write.ts')],
    }),
  )
  writeFileSync(join(compiled, 'package.json'), '{"type":"module"}')
  symlinkSync(join(root, 'node_modules'), join(compiled, 'node_modules'))
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', compiled])
})

afterAll(() => rmSync(compiled, { recursive: true, force: true }))

const before = [
  siteFile('boot.ipxe', 'old\n'),
  siteFile('gone/away', 'old\n'),
  ...machineFiles('lb1', macs.one).slice(2, 5),
  siteFile('swap', 'a file\n'),
]
const after = [
  siteFile('boot.ipxe', 'new\n'),
  ...machineFiles('lb1', macs.one).slice(3, 6),
  siteFile('new/secret', 'new\n', { secret: true }),
  siteFile('swap/below', 'a file in a directory\n'),
]

const rows = (files: readonly SiteFile[]): Record<string, string> =>
  Object.fromEntries(
    files.map(({ path, body, secret }) => [path, `${secret ? '0600' : '0644'} ${body.toString()}`]),
  )

const onlyFiles = (top: string): Record<string, string> =>
  Object.fromEntries(Object.entries(treeOfFiles(top)).filter(([, row]) => !row.endsWith('/')))

const asJson = (files: readonly SiteFile[]): string =>
  JSON.stringify({ about, files: files.map(({ body, ...rest }) => ({ ...rest, text: body.toString() })) })

/** Files that are not whole, or that others could read: none of them is the old one, the new one or a foreign one. */
function brokenFiles(top: string, foreign: Record<string, string>): string[] {
  const allowed = [rows(before), rows(after), foreign]
  return Object.entries(onlyFiles(top))
    .filter(([path, row]) =>
      path.startsWith('.hakube-render/')
        ? lstatSync(join(top, '.hakube-render')).mode % 0o1000 !== 0o700
        : !allowed.some((files) => files[path] === row),
    )
    .map(([path, row]) => `${path}: ${row}`)
}

describe('writeSite in a process that is killed', () => {
  it.each([
    ['in an empty directory', { hasEarlier: false, force: false }],
    ['in a directory with an earlier site', { hasEarlier: true, force: false }],
    ['in a directory with an earlier site and a foreign file, by force', { hasEarlier: true, force: true }],
  ])('leaves complete files at every moment, and the next run finishes: %s', async (_name, given) => {
    const { hasEarlier, force } = given
    const top = temporaryDirectory()
    const start = join(top, 'start')
    const wanted = join(top, 'files.json')
    writeFileSync(wanted, asJson(after))
    mkdirSync(start)
    const foreign: Record<string, string> = {}
    if (hasEarlier) await writeSite(before, about, start)
    if (force) {
      writeFileSync(join(start, 'seed/foreign'), 'mine')
      foreign['seed/foreign'] = tree(start)['seed/foreign']!
    }
    cpSync(start, join(top, 'counted'), { recursive: true, preserveTimestamps: true })
    const environment = { env: { ...process.env, HAKUBE_FORCE: force ? '1' : '' } }
    const { stdout } = await run(
      process.execPath,
      [writer, compiled, join(top, 'counted'), wanted],
      environment,
    )
    const operations = Number(stdout)
    expect(operations).toBeGreaterThan(30)

    for (let operation = 1; operation <= operations; operation++) {
      const site = join(top, String(operation))
      cpSync(start, site, { recursive: true })
      const words = [writer, compiled, site, wanted, String(operation)]
      const killed = run(process.execPath, words, environment)
      await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' })
      const broken = brokenFiles(site, foreign)
      // Forward to the new site, or back to the old one: both know every file that is hakube's.
      const next = operation % 2 === 0 ? after : before
      await writeSite(next, about, site, { force })
      const files = { ...rows(next), ...foreign }
      expect({ operation, broken, files: onlyFiles(site) }).toEqual({ operation, broken: [], files })
      rmSync(site, { recursive: true })
    }
  })

  it('can be killed at any time with a large site', async () => {
    const top = temporaryDirectory()
    const site = join(top, 'site')
    const files = Array.from({ length: 3000 }, (_, index) =>
      siteFile(`ipxe/${index}`, `${index} `.repeat(500)),
    )
    writeFileSync(join(top, 'files.json'), asJson(files))
    for (const journal of [false, true, true]) {
      const child = spawn(process.execPath, [writer, compiled, site, join(top, 'files.json')], {
        stdio: 'ignore',
      })
      const exit = once(child, 'exit')
      // In the middle of the temporary files, or of the moves.
      const sign = join(site, '.hakube-render', journal ? 'journal' : '100')
      while (!existsSync(sign) && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 1))
      child.kill('SIGKILL')
      await exit
    }
    await writeSite(files, about, site)
    expect(onlyFiles(site)).toEqual(rows(files))
    await writeSite([], about, site)
    expect(Object.keys(tree(site))).toEqual(['manifest.json'])
  })
})

describe('writeSite under a strict umask', () => {
  it('sets the same modes', async () => {
    const top = temporaryDirectory()
    writeFileSync(join(top, 'files.json'), asJson(after))
    const line = `umask 0277; exec "$@"`
    await run('bash', [
      '-c',
      line,
      'bash',
      process.execPath,
      writer,
      compiled,
      join(top, 'strict'),
      join(top, 'files.json'),
    ])
    await writeSite(after, about, join(top, 'usual'))
    expect(tree(join(top, 'strict'))).toEqual(tree(join(top, 'usual')))
  })
})

describeWith({ linux: true, root: true, programs: ['unshare', 'mount'] }, 'writeSite on a full disk', () => {
  it('reports the file and leaves the old site unchanged', async () => {
    const top = temporaryDirectory()
    const disk = join(top, 'disk')
    mkdirSync(disk)
    const script = `
      mount -t tmpfs -o size=256k none "$1"
      "$2" "$3" "$4" "$1/site" "$5/small.json" && echo
      "$2" "$3" "$4" "$1/site" "$5/large.json" && echo
      find "$1/site" -type f -exec sha256sum {} + | sort -k2 | sed "s,$1,DISK,"`
    const large = Array.from({ length: 100 }, (_, index) => siteFile(`ipxe/${index}`, 'x'.repeat(5000)))
    writeFileSync(join(top, 'small.json'), asJson([siteFile('boot.ipxe', 'small\n')]))
    writeFileSync(join(top, 'large.json'), asJson([siteFile('boot.ipxe', 'large\n'), ...large]))
    const parameters = ['-c', script, 'bash', disk, process.execPath, writer, compiled, top]
    const { stdout } = await run('unshare', ['--mount', 'bash', ...parameters])
    const lines = stdout
      .replaceAll(disk, 'DISK')
      .replace(/ipxe\/\d+/, 'ipxe/N')
      .replace(/^\d+\n/, '')
    expect(lines).toMatchInlineSnapshot(`
      "cannot write DISK/site/ipxe/N: no space left on device (ENOSPC)
      4c47b3e816fbe7d40cef9f665ba8f0be1ae68b5e8e7ed70f5b6bab7f70528e8f  DISK/site/boot.ipxe
      8f8495c6dc0b19ec8ff4e1b42bb4e01f7c6dc32ba416f9f4fe657eb354cc86c6  DISK/site/manifest.json
      "
    `)
  })
})

describeWith(
  { linux: true, root: true, programs: ['setpriv'] },
  'writeSite without the right to write',
  () => {
    it('reports the directory', async () => {
      const top = temporaryDirectory()
      writeFileSync(join(top, 'files.json'), asJson(after))
      await writeSite(before, about, join(top, 'site'))
      // The test's own directory and the compiled one are for root alone otherwise.
      await run('chmod', ['-R', 'a+rX', top, compiled])
      const user = ['--reuid=65534', '--regid=65534', '--clear-groups']
      const { stdout } = await run('setpriv', [
        ...user,
        process.execPath,
        writer,
        compiled,
        join(top, 'site'),
        join(top, 'files.json'),
      ])
      expect(stdout.replace(top, 'TOP')).toMatchInlineSnapshot(
        `"cannot write to TOP/site/.hakube-render: permission denied (EACCES)"`,
      )
      expect(onlyFiles(join(top, 'site'))).toMatchObject({ 'boot.ipxe': '0644 old\n' })
    })
  },
)
