import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { pemBegin } from '../support/pem.ts'
import { hakube, program } from './hakube.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-init-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const ownKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEIQJMnLFol77flGfAaGumvl7oMZmhgdg0ZITj0VRH8d'
const sshKeys = (profile: string): unknown =>
  parse(readFileSync(join(directory, profile), 'utf8')).users[0].sshKeys

/** What `init` makes, in its order. */
const made = [
  'profile.yaml',
  'schema.json',
  '.gitignore',
  '.gitattributes',
  'README.md',
  '.github/workflows/hakube.yaml',
]

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .toSorted()

describe('hakube init', () => {
  it('creates a repository that passes check, with all installed programs, without a warning', () => {
    writeFileSync(join(directory, 'mine.pub'), `${ownKey} me@desk\n`)
    expect(hakube(['init', 'my-rack', '--ssh-key', 'mine.pub'], { directory })).toEqual({
      status: 0,
      stdout: made.map((name) => `my-rack/${name}\n`).join(''),
      stderr:
        'hakube: the user ops has the public key of mine.pub\n\nEdit my-rack/profile.yaml, then: hakube check my-rack/profile.yaml --ephemeral-secrets\nThen put it under version control: git init my-rack\n',
    })
    expect(filesBelow(join(directory, 'my-rack'))).toEqual(made.toSorted())
    const check = hakube(['check', '--strict', 'my-rack/profile.yaml', '--ephemeral-secrets'], { directory })
    expect({ status: check.status, stdout: check.stdout, last: check.stderr.split('\n').at(-2) }).toEqual({
      status: 0,
      stdout: '',
      last: 'no errors',
    })
  })

  it('writes a placeholder if there is no public key, about which check warns', () => {
    const { stderr } = hakube(['init', 'rack'], { directory, environment: { HOME: directory } })
    expect(stderr).toContain(
      'hakube: found no public SSH key: replace the placeholder below users in rack/profile.yaml\n',
    )
    const words = ['check', 'rack/profile.yaml', '--ephemeral-secrets', '--programs', 'none']
    const check = hakube(words, { directory })
    expect(check.status).toBe(0)
    expect(check.stdout).toMatchInlineSnapshot(`
      "rack/profile.yaml:84:9: warning[users/placeholder-key]: this is the placeholder key of hakube init; nobody has its private key [$.users[0].sshKeys[0]]
         84 |       - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGhha3ViZSBpbml0IHBsYWNlaG9sZGVyOiByZXBsYWNl replace-this-key
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the line of your own ~/.ssh/id_ed25519.pub
      "
    `)
    expect(hakube([...words, '--strict'], { directory }).status).toBe(1)
  })

  it('uses the first valid public key in ~/.ssh', () => {
    mkdirSync(join(directory, '.ssh'))
    writeFileSync(join(directory, '.ssh/id_ed25519.pub'), 'no key\n')
    mkdirSync(join(directory, '.ssh/id_ed25519_sk.pub'))
    writeFileSync(join(directory, '.ssh/id_ecdsa.pub'), `${pemBegin('OPENSSH PRIVATE KEY')}\n`)
    writeFileSync(join(directory, '.ssh/id_rsa.pub'), `${ownKey}  "a: b" # c\n`)
    const { stderr } = hakube(['init', 'rack'], { directory, environment: { HOME: directory } })
    expect(stderr).toContain(`hakube: the user ops has the public key of ${directory}/.ssh/id_rsa.pub\n`)
    expect(sshKeys('rack/profile.yaml')).toEqual([ownKey])
  })

  it.each([
    [
      'a private key',
      `${pemBegin('OPENSSH PRIVATE KEY')}\nb3Bl\n`,
      'it is a private key; name the file that ends with .pub',
    ],
    ['two keys', `${ownKey}\n${ownKey}\n`, 'it has several lines'],
    ['options', `command="x" ${ownKey}\n`, 'it does not begin with a key type'],
    ['nothing', '', 'its type is none of ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, …'],
    ['a cut key', ownKey.slice(0, -6), 'it is truncated'],
    ['much', 'x'.repeat(20_000), 'it is too long for a public key'],
  ])('refuses a file with %s as --ssh-key', (_, text, problem) => {
    writeFileSync(join(directory, 'key'), text)
    expect(hakube(['init', 'rack', '--ssh-key', 'key'], { directory })).toEqual({
      status: 1,
      stdout: '',
      stderr: `hakube: cannot use the SSH key "key": ${problem}\n`,
    })
    expect(readdirSync(directory)).toEqual(['key'])
  })

  it('reports the system error for --ssh-key', () => {
    expect(hakube(['init', 'rack', '--ssh-key', 'none.pub'], { directory }).stderr).toBe(
      'hakube: cannot use the SSH key "none.pub": no such file or directory (ENOENT)\n',
    )
    expect(hakube(['init', 'rack', '--ssh-key', '/dev/zero'], { directory }).stderr).toBe(
      'hakube: cannot use the SSH key "/dev/zero": it is not a file\n',
    )
  })

  it('leaves no partial file behind', () => {
    // The profile has more than the two blocks of 1024 bytes that a file may have here.
    const line = 'ulimit -f 2; exec "$0" "$1" init rack'
    const ended = spawnSync('bash', ['-c', line, process.execPath, program], {
      cwd: directory,
      encoding: 'utf8',
    })
    expect({
      status: ended.status,
      stderr: ended.stderr,
      left: readdirSync(join(directory, 'rack')),
    }).toEqual({
      status: 1,
      stderr: 'hakube: cannot write rack/profile.yaml: file too large (EFBIG)\n',
      left: [],
    })
  })

  it('never overwrites a profile', () => {
    hakube(['init', '.'], { directory })
    const profile = readFileSync(join(directory, 'profile.yaml'), 'utf8')
    rmSync(join(directory, 'README.md'))
    expect(hakube(['init', '.'], { directory })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'hakube: cannot write profile.yaml: it already exists\n',
    })
    expect(readFileSync(join(directory, 'profile.yaml'), 'utf8')).toBe(profile)
    expect(readdirSync(directory)).not.toContain('README.md')
  })

  it('keeps the files of an existing repository, and reports which patterns its .gitignore lacks', () => {
    mkdirSync(join(directory, '.git'))
    writeFileSync(join(directory, 'README.md'), 'mine\n')
    writeFileSync(join(directory, '.gitignore'), '/site/\n*.key\n')
    expect(hakube(['init', '.'], { directory })).toEqual({
      status: 0,
      stdout: 'profile.yaml\nschema.json\n.gitattributes\n.github/workflows/hakube.yaml\n',
      stderr: `hakube: .gitignore already exists and was kept
hakube: README.md already exists and was kept
hakube: add to .gitignore: /kubeconfig /assets/ .*secrets.age.*
hakube: found no public SSH key: replace the placeholder below users in profile.yaml

Edit profile.yaml, then: hakube check profile.yaml --ephemeral-secrets
`,
    })
    expect(readFileSync(join(directory, 'README.md'), 'utf8')).toBe('mine\n')
    expect(readFileSync(join(directory, '.gitignore'), 'utf8')).toBe('/site/\n*.key\n')
  })

  it('creates a repository in which git ignores what the README tells users to create', () => {
    const git = (...words: string[]): string =>
      spawnSync('git', ['-c', 'init.defaultBranch=main', ...words], { cwd: directory, encoding: 'utf8' })
        .stdout
    hakube(['init', '.'], { directory })
    git('init', '--quiet')
    for (const name of ['assets', 'site']) mkdirSync(join(directory, name))
    for (const name of ['operator.key', 'kubeconfig', 'assets/vmlinuz', 'site/manifest.json'])
      writeFileSync(join(directory, name), 'x')
    writeFileSync(join(directory, 'secrets.age'), 'x')
    git('add', '--all')
    expect(git('ls-files').trim().split('\n').toSorted()).toEqual([...made, 'secrets.age'].toSorted())
    expect(git('check-attr', 'merge', 'diff', '--', 'secrets.age')).toBe(
      'secrets.age: merge: unset\nsecrets.age: diff: unset\n',
    )
  })

  it('writes a workflow that names its profile and runs commands of hakube only by name', () => {
    hakube(['init', '.'], { directory })
    const workflow = parse(readFileSync(join(directory, '.github/workflows/hakube.yaml'), 'utf8'))
    expect(workflow.jobs.check.env).toEqual({ PROFILES: 'profile.yaml' })
  })
})
