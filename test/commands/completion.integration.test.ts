import { execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { completion } from '../../src/commands/completion/action.ts'
import { commands, groups } from '../../src/commands/definitions.ts'
import { describeWith } from '../prerequisites.ts'
import { context } from './context.ts'

async function scriptFor(shell: string): Promise<string> {
  const outside = context([shell], {})
  expect(await completion({ commands, groups })(outside.context)).toBe(0)
  return outside.stdout()
}

describeWith({ programs: ['bash'] }, 'completion for bash', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-completion-'))
    writeFileSync(join(directory, 'my rack.yaml'), '')
    writeFileSync(join(directory, 'notes.txt'), '')
    mkdirSync(join(directory, 'site'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  /** What bash itself would offer after these words. */
  async function offered(...words: string[]): Promise<string[]> {
    const script = await scriptFor('bash')
    const body = [
      script,
      `COMP_WORDS=(hakube ${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length}`,
      '_hakube',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n')
    const output = execFileSync('bash', ['-uc', body], { cwd: directory, encoding: 'utf8' })
    return output
      .split('\n')
      .filter((line) => line !== '')
      .toSorted()
  }

  it('offers commands', async () => {
    expect(await offered('s')).toEqual(['schema', 'secrets', 'serve', 'service', 'status'])
  })

  it('offers options, and the values of options with choices', async () => {
    expect(await offered('render', 'x.yaml', '--')).toEqual([
      '--age-key-file',
      '--dry-run',
      '--ephemeral-secrets',
      '--force',
      '--help',
      '--out',
      '--rev',
      '--tar',
    ])
    expect(await offered('check', '--format', 'j')).toEqual(['json'])
  })

  it('offers the commands of a group, and then the options and arguments of one of them', async () => {
    expect(await offered('secrets', 's')).toEqual(['set', 'show', 'sync'])
    expect(await offered('secrets', 'sync', '')).toEqual(['my rack.yaml', 'site'])
    expect(await offered('secrets', 'sync', 'x.yaml', '--p')).toEqual(['--prune'])
    expect(await offered('secrets', 'show', '--format', '')).toEqual(['json', 'text'])
  })

  it('offers profiles, also with a space in their name, and directories', async () => {
    expect(await offered('check', '')).toEqual(['my rack.yaml', 'site'])
    expect(await offered('render', 'x.yaml', '--out', '')).toEqual(['site'])
  })
})

it('prints whole scripts', async () => {
  for (const shell of ['bash', 'zsh', 'fish'])
    await expect(await scriptFor(shell)).toMatchFileSnapshot(
      `../fixtures/commands/completion/hakube.${shell}`,
    )
})

it('refuses another shell', async () => {
  const outside = context(['zhs'], {})
  expect(await completion({ commands, groups })(outside.context)).toBe(2)
  expect(outside.stderr()).toBe(
    'hakube: unknown shell zhs: did you mean zsh?\nSee hakube completion --help.\n',
  )
})

for (const shell of ['zsh', 'fish'])
  describeWith({ programs: [shell] }, `the completion for ${shell}`, () => {
    it("is accepted by the shell's own parser", () => {
      const script = new URL(`../fixtures/commands/completion/hakube.${shell}`, import.meta.url).pathname
      expect(execFileSync(shell, ['-n', script], { encoding: 'utf8' })).toBe('')
    })
  })
