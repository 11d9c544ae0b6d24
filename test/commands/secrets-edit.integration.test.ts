import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { hakube, program } from './hakube.ts'

const use = (name: string): string => findProgram(name) ?? name
const quoted = (text: string): string => `'${text}'`
const pause = () => new Promise((resolve) => setTimeout(resolve, 20))

describeWith({ linux: true, programs: ['age', 'age-keygen', 'script', 'vim'] }, 'hakube secrets edit', () => {
  let first = ''
  let memory = ''
  let directory = ''
  const at = (name: string): string => join(directory, name)
  const environment = (editor: string) => ({
    HAKUBE_AGE_KEY_FILE: at('key'),
    // Where no other test is.
    XDG_RUNTIME_DIR: memory,
    VISUAL: editor,
    EDITOR: 'false',
    HOME: at('home'),
    TERM: 'xterm',
    NO_COLOR: '1',
  })
  /** An editor that does what the lines of shell say with the file "$1". */
  const editor = (...lines: string[]): string => {
    writeFileSync(at('editor'), ['#!/bin/sh', 'set -e', ...lines, ''].join('\n'))
    chmodSync(at('editor'), 0o755)
    return at('editor')
  }
  const edit = (...lines: string[]) =>
    hakube(['secrets', 'edit', 'profile.yaml'], { directory, environment: environment(editor(...lines)) })
  const good = (words: readonly string[]) => {
    const { status, stderr } = hakube(words, { directory, environment: environment('false') })
    if (status !== 0) throw new Error(stderr)
  }
  const set = (name: string, text: string) => {
    writeFileSync(at('text'), text)
    const words = ['secrets', 'set', 'profile.yaml', name, '--from', 'text']
    good(words)
  }
  const own = (): unknown => {
    const text = execFileSync(use('age'), ['-d', '-i', at('key'), at('secrets.age')], { encoding: 'utf8' })
    return (JSON.parse(text) as { own?: unknown }).own
  }
  const bundle = () => readFileSync(at('secrets.age'), 'utf8')
  const left = () => readdirSync(memory)
  const seen = () => readFileSync(at('seen'), 'utf8')

  /** Runs it on a terminal of its own, where `answers` are typed one after the other. */
  const onTerminal = (visual: string, answers: string) => {
    const line = [process.execPath, program, 'secrets', 'edit', 'profile.yaml'].map(quoted).join(' ')
    const { status, stdout } = spawnSync(use('script'), ['-qec', line, '/dev/null'], {
      cwd: directory,
      input: answers,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...environment(visual) },
      timeout: 60_000,
    })
    return { status, shown: stdout.replaceAll('\r', '') }
  }

  beforeAll(() => {
    memory = mkdtempSync('/dev/shm/test-')
    directory = first = mkdtempSync(join(tmpdir(), 'hakube-edit-test-'))
    mkdirSync(at('home'))
    copyFileSync(exampleFile('external-load-balancers'), at('profile.yaml'))
    execFileSync(use('age-keygen'), ['-o', at('key')], { stdio: 'pipe' })
    const recipient = execFileSync(use('age-keygen'), ['-y', at('key')], { encoding: 'utf8' }).trim()
    const words = ['secrets', 'init', 'profile.yaml', '--recipient', recipient]
    good(words)
    set('token', 'first-text')
  })
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-edit-test-'))
    cpSync(first, directory, { recursive: true })
  })
  afterEach(() => {
    rmSync(directory, { recursive: true })
    if (left().length > 0) throw new Error(`left: ${left().join(', ')}`)
  })
  afterAll(() => {
    for (const each of [first, memory]) rmSync(each, { recursive: true })
  })

  it('shows them in a private file in memory, and encrypts what is saved', () => {
    const ended = edit(
      `cp "$1" ${quoted(at('seen'))}`,
      `stat -c '%a %F' "$1" "$(dirname "$1")" >>${quoted(at('seen'))}`,
      `stat -f -c %T "$1" >>${quoted(at('seen'))}`,
      `cat >"$1" <<'END'`,
      'token: "second: text"',
      'certificate: |',
      '  one',
      '  two',
      'END',
    )
    expect(ended).toEqual({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(/(^|\n)secrets\.age: has 2 secrets of your own now\n$/),
    })
    expect(seen()).toMatchInlineSnapshot(`
      "# Secrets of your own of the cluster sample: one "name: text" each. Save, and leave the editor.
      # For several lines write "name: |", and indent the lines. Quote numbers. Comments are not kept.
      token: first-text
      600 regular file
      700 directory
      tmpfs
      "
    `)
    expect(own()).toEqual({ token: 'second: text', certificate: 'one\ntwo\n' })
    expect(readdirSync(directory).toSorted()).toEqual([
      'editor',
      'home',
      'key',
      'profile.yaml',
      'secrets.age',
      'seen',
      'text',
    ])
    expect(edit(': >"$1"')).toMatchObject({ status: 0 })
    expect(own()).toBeUndefined()
  })

  it('writes nothing if nothing has changed, or the editor fails', () => {
    const before = bundle()
    expect(edit('printf "# mine\\n" >>"$1"')).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/nothing has changed\n$/),
    })
    expect(edit('echo other: text >>"$1"', 'exit 3')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('error[secrets/editor]: the editor ended with status 3\n'),
    })
    expect(
      hakube(['secrets', 'edit', 'profile.yaml'], { directory, environment: environment('no-such-editor') }),
    ).toMatchObject({ status: 1, stderr: expect.stringContaining('set VISUAL or EDITOR') })
    expect(bundle()).toBe(before)
  })

  it('reports a mistake without its text; without a terminal, nothing is written', () => {
    const before = bundle()
    const run = spawnSync('setsid', ['-w', process.execPath, program, 'secrets', 'edit', 'profile.yaml'], {
      cwd: directory,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        ...environment(editor('printf "token: 8439201\\nother: @8439201\\n" >"$1"')),
      },
    })
    expect(run.status).toBe(1)
    expect(run.stderr.replaceAll(/\/dev\/shm\/\S+\/secrets/g, 'secrets')).toMatchInlineSnapshot(`
      "secrets.yaml:2:8: error[yaml/reserved-character]: A value that begins with \`@\`, a backtick or \`%\`
        hint: Quote it
      hakube: nothing was written
      "
    `)
    expect(bundle()).toBe(before)
  })

  it('offers to edit again after a mistake, with what was written', () => {
    const visual = editor(
      `cat "$1" >>${quoted(at('seen'))}`,
      'if grep -q 8439201 "$1"; then sed -i "s/8439201/\'8439201\'/" "$1"; else echo "token: 8439201" >"$1"; fi',
    )
    const { status, shown } = onTerminal(visual, 'y\n')
    expect(status).toBe(0)
    expect(shown).toContain('YAML reads this as a number')
    expect(shown).toContain('Edit again? [Y/n]')
    expect(own()).toEqual({ token: '8439201' })
    expect(seen()).toContain('\ntoken: first-text\ntoken: 8439201\n')
    const refused = onTerminal(editor('echo "token: 12" >"$1"'), 'n\n')
    expect(refused).toMatchObject({ status: 1, shown: expect.stringContaining('nothing was written') })
    expect(own()).toEqual({ token: '8439201' })
  })

  it('loses nothing if two users edit at once', () => {
    const other = (name: string, text: string) =>
      `printf %s ${text} | ${quoted(process.execPath)} ${quoted(program)} secrets set profile.yaml ${name}`
    const ended = edit(other('theirs', 'x'), 'echo "mine: y" >>"$1"')
    expect(ended).toMatchObject({ status: 0 })
    expect(own()).toEqual({ token: 'first-text', theirs: 'x', mine: 'y' })
    const visual = editor(
      `cp "$1" ${quoted(at('seen'))}`,
      `if grep -q meanwhile "$1"; then exit; fi`,
      other('token', 'of-theirs'),
      'sed -i s/first-text/of-mine/ "$1"',
    )
    const before = onTerminal(visual, 'n\n')
    expect(before).toMatchObject({
      status: 1,
      shown: expect.stringContaining(
        'error[secrets/edited-by-others]: someone else has changed token meanwhile',
      ),
    })
    expect(own()).toMatchObject({ token: 'of-theirs' })
    set('token', 'first-text')
    expect(onTerminal(visual, 'y\n').status).toBe(0)
    expect(seen()).toMatchInlineSnapshot(`
      "# Secrets of your own of the cluster sample: one "name: text" each. Save, and leave the editor.
      # For several lines write "name: |", and indent the lines. Quote numbers. Comments are not kept.
      #
      # Someone else has changed token meanwhile, to:
      #   token: of-theirs
      mine: y
      theirs: x
      token: of-mine
      "
    `)
    expect(own()).toMatchObject({ token: 'of-mine' })
  })

  it('works with vim on a terminal, which leaves no copy elsewhere when it is set up as documented', () => {
    const documented = /```vim\n(.*?)```/s.exec(
      readFileSync(new URL('../../docs/secrets.md', import.meta.url), 'utf8'),
    )?.[1]
    writeFileSync(at('home/.vimrc'), `set undofile backup undodir=~ backupdir=~ directory=~\n${documented}`)
    const visual = `${use('vim')} -c '%s/first-text/of-vim/' -c '1yank' -c wq`
    expect(onTerminal(visual, '').status).toBe(0)
    expect(own()).toEqual({ token: 'of-vim' })
    expect(readdirSync(at('home'))).toEqual(['.vimrc'])
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    '%s ends the editor and removes the file',
    async (signal) => {
      const before = bundle()
      const visual = editor(
        'echo "mine: y" >>"$1"',
        `trap 'exit 0' TERM`,
        `touch ${quoted(at('ready'))}`,
        // The shell sees a signal between two commands.
        'i=0; while [ $i -lt 600 ]; do i=$((i+1)); sleep 0.1; done',
      )
      const child = spawn(process.execPath, [program, 'secrets', 'edit', 'profile.yaml'], {
        cwd: directory,
        stdio: 'ignore',
        env: { PATH: process.env['PATH'], ...environment(visual) },
      })
      const ended = new Promise((resolve) => child.once('exit', resolve))
      while (!existsSync(at('ready'))) await pause()
      expect(left()).toHaveLength(1)
      child.kill(signal)
      expect(await ended).toBe(130)
      expect(left()).toEqual([])
      expect(bundle()).toBe(before)
    },
  )
})
