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
import { exampleFile, inlineExample } from '../example.ts'
import { hakube } from './hakube.ts'

const profile = 'profile.yaml'
let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-render-'))
  writeFileSync(join(directory, profile), inlineExample('external-load-balancers'))
  copyFileSync(exampleFile('external-load-balancers'), join(directory, 'enrolled.yaml'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Path, mode and hash of everything below a directory. */
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
  hakube(['render', profile, ...words, '--ephemeral-secrets'], { directory })

describe('hakube render', () => {
  it('reports what is missing without secrets, and writes nothing', () => {
    expect(hakube(['render', profile, '--out', 'none'], { directory })).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "error[secrets/missing]: profile.yaml has no secrets bundle, without which nothing can be rendered
        hint: create secrets.age with hakube secrets init profile.yaml --recipient age1…; --ephemeral-secrets generates secrets for this run, for a trial: no other run can add machines to that cluster
      ",
        "stdout": "",
      }
    `)
    expect(existsSync(join(directory, 'none'))).toBe(false)
  })

  it.each([
    ['a file', profile],
    ['a place where nothing can be made', '/proc/site'],
  ])('reports that --out is %s', (_, out) => {
    expect(render('--out', out)).toMatchSnapshot()
  })

  it('writes nothing for a profile with mistakes', () => {
    writeFileSync(join(directory, 'wrong.yaml'), 'hakube: 1\n')
    const { status, stdout } = hakube(['render', 'wrong.yaml', '--out', 'none', '--ephemeral-secrets'], {
      directory,
    })
    expect({ status, stdout, made: existsSync(join(directory, 'none')) }).toEqual({
      status: 1,
      stdout: '',
      made: false,
    })
  })

  it('lists with --dry-run what it then writes, with modes that protect secrets', () => {
    const plan = render('--out', 'site', '--dry-run')
    expect(existsSync(join(directory, 'site'))).toBe(false)
    const written = render('--out', 'site')
    expect({ status: written.status, stdout: written.stdout }).toEqual({ status: 0, stdout: '' })
    const files = everything(join(directory, 'site'))
    const paths = Object.keys(files).toSorted()
    expect(plan.stdout).toBe(paths.map((path) => `create ${path}\n`).join(''))
    expect(written.stderr).toBe(`site: ${paths.length} created, 0 changed, 0 removed, 0 unchanged\n`)
    const manifest: { files: { path: string; secret: boolean }[] } = JSON.parse(
      readFileSync(join(directory, 'site/manifest.json'), 'utf8'),
    )
    for (const { path, secret } of manifest.files)
      expect(files[path]?.slice(0, 3)).toBe(secret ? '600' : '644')
    expect(manifest.files.some(({ secret }) => secret)).toBe(true)
  })

  it('reports that a directory has no secrets, unless the profile sets how machines get them', () => {
    const words = ['enrolled.yaml', '--out', 'enrolled', '--ephemeral-secrets']
    const { status, stderr } = hakube(['render', ...words], { directory })
    expect({ status, said: stderr.split('\n').slice(1) }).toEqual({
      status: 0,
      said: [
        'hakube: enrolled contains no secrets: machines fetch them from https://10.10.10.5:8443 when they enrol; serve the profile with hakube serve, or write secrets: {delivery: inline} for a plain web server, which gives secrets in clear text to anyone',
        '',
      ],
    })
    const text = readFileSync(join(directory, 'enrolled.yaml'), 'utf8')
    writeFileSync(join(directory, 'enrolled.yaml'), `${text}\nsecrets: {delivery: enrolled}\n`)
    expect(hakube(['render', ...words], { directory }).stderr).toMatch(/^enrolled: 0 created, .*\n$/)
  })

  it('stops if it finds files that it did not write', () => {
    execFileSync('mkdir', ['-p', join(directory, 'mine')])
    writeFileSync(join(directory, 'mine/notes.txt'), 'mine\n')
    const { status, stderr } = render('--out', 'mine')
    expect({ status, stderr: stderr.replaceAll(directory, 'DIRECTORY') }).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "error[output/not-empty]: DIRECTORY/mine contains notes.txt, but no manifest.json of hakube
        hint: choose an empty directory, or use --force, which overwrites files that a site file replaces and keeps the others
      ",
      }
    `)
    expect(everything(join(directory, 'mine'))).toEqual({
      'notes.txt': `644 ${createHash('sha256').update('mine\n').digest('hex')}`,
    })
    expect(render('--out', 'mine', '--force').status).toBe(0)
    expect(readFileSync(join(directory, 'mine/notes.txt'), 'utf8')).toBe('mine\n')
  })

  it('writes an archive of the same files, readable only by its owner', () => {
    expect(render('--out', 'packed', '--tar', 'packed.tar').status).toBe(0)
    expect((statSync(join(directory, 'packed.tar')).mode & 0o777).toString(8)).toBe('600')
    execFileSync('mkdir', [join(directory, 'unpacked')])
    execFileSync('tar', ['xf', '../packed.tar', '--same-permissions'], { cwd: join(directory, 'unpacked') })
    expect(everything(join(directory, 'unpacked'))).toEqual(everything(join(directory, 'packed')))
    expect(readdirSync(directory)).not.toContain('packed.tar.partial')
  })

  it('reports the archive that it cannot write', () => {
    const { status, stderr } = render('--out', 'packed', '--tar', 'no/such/directory.tar')
    expect({ status, last: stderr }).toEqual({
      status: 1,
      last: 'error[site/input-output]: cannot write no/such/directory.tar: no such file or directory (ENOENT)\n',
    })
  })
})
