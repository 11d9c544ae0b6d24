import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { hakube } from './hakube.ts'

const profile = 'profile.yaml'
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hakube-render-'))
  copyFileSync(exampleFile('external-load-balancers'), join(folder, profile))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Path, mode and hash of everything below a folder. */
function everything(top: string): Record<string, string> {
  const rows: Record<string, string> = {}
  for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex')
    rows[path.slice(top.length + 1)] = `${(statSync(path).mode & 0o777).toString(8)} ${digest}`
  }
  return rows
}

const render = (...words: string[]) =>
  hakube(['render', profile, ...words, '--throw-away-secrets'], { folder })

describe('hakube render', () => {
  it('says what is missing without secrets, and writes nothing', () => {
    expect(hakube(['render', profile, '--out', 'none'], { folder })).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "error[secrets/missing]: profile.yaml has no secrets bundle, and without keys and tokens nothing can be rendered
        hint: hakube secrets init profile.yaml --recipient age1… makes secrets.age; --throw-away-secrets makes some for this run, for a trial: no other run can add machines to that cluster
      ",
        "stdout": "",
      }
    `)
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })

  it.each([
    ['a file', profile],
    ['a place where nothing can be made', '/proc/site'],
  ])('says so when --out is %s', (_, out) => {
    expect(render('--out', out)).toMatchSnapshot()
  })

  it('writes nothing for a profile with mistakes', () => {
    writeFileSync(join(folder, 'wrong.yaml'), 'hakube: 1\n')
    const { status, stdout } = hakube(['render', 'wrong.yaml', '--out', 'none', '--throw-away-secrets'], {
      folder,
    })
    expect({ status, stdout, made: existsSync(join(folder, 'none')) }).toEqual({
      status: 1,
      stdout: '',
      made: false,
    })
  })

  it('lists with --dry-run what it then writes, with modes that keep secrets', () => {
    const plan = render('--out', 'site', '--dry-run')
    expect(existsSync(join(folder, 'site'))).toBe(false)
    const written = render('--out', 'site')
    expect({ status: written.status, stdout: written.stdout }).toEqual({ status: 0, stdout: '' })
    const files = everything(join(folder, 'site'))
    const paths = Object.keys(files).toSorted()
    expect(plan.stdout).toBe(paths.map((path) => `create ${path}\n`).join(''))
    expect(written.stderr).toBe(`site: ${paths.length} created, 0 changed, 0 removed, 0 unchanged\n`)
    const manifest: { files: { path: string; secret: boolean }[] } = JSON.parse(
      readFileSync(join(folder, 'site/manifest.json'), 'utf8'),
    )
    for (const { path, secret } of manifest.files)
      expect(files[path]?.slice(0, 3)).toBe(secret ? '600' : '644')
    expect(manifest.files.some(({ secret }) => secret)).toBe(true)
  })

  it('stops before files that it did not write', () => {
    execFileSync('mkdir', ['-p', join(folder, 'mine')])
    writeFileSync(join(folder, 'mine/notes.txt'), 'mine\n')
    const { status, stderr } = render('--out', 'mine')
    expect({ status, stderr: stderr.replaceAll(folder, 'FOLDER') }).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "error[output/not-empty]: FOLDER/mine holds notes.txt, and no manifest.json says that hakube wrote it
        hint: name an empty folder, or use --force: it overwrites what has the name of a site file and leaves the rest
      ",
      }
    `)
    expect(everything(join(folder, 'mine'))).toEqual({
      'notes.txt': `644 ${createHash('sha256').update('mine\n').digest('hex')}`,
    })
    expect(render('--out', 'mine', '--force').status).toBe(0)
    expect(readFileSync(join(folder, 'mine/notes.txt'), 'utf8')).toBe('mine\n')
  })

  it('writes an archive of the same files, for its owner alone', () => {
    expect(render('--out', 'packed', '--tar', 'packed.tar').status).toBe(0)
    expect((statSync(join(folder, 'packed.tar')).mode & 0o777).toString(8)).toBe('600')
    execFileSync('mkdir', [join(folder, 'unpacked')])
    execFileSync('tar', ['xf', '../packed.tar', '--same-permissions'], { cwd: join(folder, 'unpacked') })
    expect(everything(join(folder, 'unpacked'))).toEqual(everything(join(folder, 'packed')))
    expect(readdirSync(folder)).not.toContain('packed.tar.partial')
  })

  it('names the archive that it cannot write', () => {
    const { status, stderr } = render('--out', 'packed', '--tar', 'no/such/folder.tar')
    expect({ status, last: stderr }).toEqual({
      status: 1,
      last: 'error[site/input-output]: cannot write no/such/folder.tar: no such file or directory (ENOENT)\n',
    })
  })
})
