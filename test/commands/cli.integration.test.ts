import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hakube, program, root } from './hakube.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-cli-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('hakube', () => {
  it('prints its version', () => {
    const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(hakube(['--version'])).toEqual({ status: 0, stdout: `hakube ${version}\n`, stderr: '' })
  })

  it('without arguments prints its help on stderr, as a usage error', () => {
    const { status, stdout, stderr } = hakube([])
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: hakube(['--help']).stdout })
  })

  it('reports what is wrong with a command line, and where to find help', () => {
    expect(hakube(['chekc'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'hakube: unknown command chekc: did you mean check?\nSee hakube --help.\n',
    })
    expect(hakube(['render', 'x.yaml'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'hakube: --out DIR is missing\nSee hakube render --help.\n',
    })
  })

  it('ends quietly when its reader closes the pipe', () => {
    const line = `set -o pipefail; "$0" "$1" schema | head -c 1 > /dev/null; echo "$\{PIPESTATUS[*]}"`
    const ended = spawnSync('bash', ['-c', line, process.execPath, program], { encoding: 'utf8' })
    expect({ stdout: ended.stdout, stderr: ended.stderr }).toEqual({ stdout: '0 0\n', stderr: '' })
  })

  it('reports mistakes in its exit code even if its reader closes the pipe', () => {
    const line = `"$0" "$1" check README.md 2>&1 | true; echo "$\{PIPESTATUS[0]}"`
    const ended = spawnSync('bash', ['-c', line, process.execPath, program], { cwd: root, encoding: 'utf8' })
    expect(ended.stdout).toBe('1\n')
  })

  it.runIf(existsSync('/dev/full'))('reports a full disk', () => {
    const words = ['schema > /dev/full', 'check README.md > /dev/full', 'check README.md 2> /dev/full']
    const line = words.map((each) => `"$0" "$1" ${each}; echo $?`).join('; ')
    const ended = spawnSync('bash', ['-c', line, process.execPath, program], { cwd: root, encoding: 'utf8' })
    expect(ended.stdout.split('\n').filter((each) => /^\d+$/.test(each))).toEqual(['1', '1', '1'])
    const full = 'hakube: cannot write to stdout: no space left on device (ENOSPC)'
    expect(ended.stderr.split('\n').filter((each) => each !== '' && !/^\d+ errors$/.test(each))).toEqual([
      full,
      full,
    ])
  })

  it('does not report a bug for a file name that does not exist', () => {
    symlinkSync('loop', join(directory, 'loop'))
    const { status, stderr } = hakube(['serve', 'loop'], { directory })
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'loop:1:1: error[file/unreadable]: the file cannot be read (ELOOP)\n  hint: check the name; hakube init DIR creates a new profile\n',
    })
  })

  it('prints colours only on terminals, unless an option says otherwise', () => {
    writeFileSync(join(directory, 'empty.yaml'), '')
    const check = (environment: Record<string, string>) =>
      hakube(['check', 'empty.yaml'], { directory, environment }).stdout.includes('\u001B[')
    expect([
      check({}),
      check({ FORCE_COLOR: '1' }),
      check({ FORCE_COLOR: '0' }),
      check({ FORCE_COLOR: '1', NO_COLOR: '1' }),
    ]).toEqual([false, true, false, false])
  })

  it('prints the schema that is published', () => {
    expect(hakube(['schema'])).toEqual({
      status: 0,
      stdout: readFileSync(join(root, 'schema.json'), 'utf8'),
      stderr: '',
    })
  })
})

describe('a bug in hakube', () => {
  it('ends with status 70, a stack trace and a request to report it', () => {
    // A package whose templates are missing is broken in a way that only hakube can be blamed for.
    const broken = join(directory, 'package')
    execFileSync('cp', ['-r', join(root, 'dist'), join(root, 'package.json'), `${broken}/`], {
      cwd: (execFileSync('mkdir', ['-p', broken]), directory),
    })
    execFileSync('ln', ['-s', join(root, 'node_modules'), join(broken, 'node_modules')])
    const words = [join(broken, 'dist/cli.js'), 'check', 'profiles/rack-test.yaml', '--ephemeral-secrets']
    const ended = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' })
    expect(ended.status).toBe(70)
    expect(ended.stderr.split('\n').slice(0, 2)).toEqual([
      'hakube: internal error: this is a bug in hakube.',
      'Please report it with these lines and the command that you ran:',
    ])
    expect(ended.stderr).toMatch(/ENOENT.*cloud-init/)
  })
})
