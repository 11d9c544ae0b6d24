import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { hakube } from './hakube.ts'

/*
 * Someone else on this machine has a directory in common with whoever runs hakube, and plants links to a file of theirs under all
 * names that hakube could write to next: with the numbers of the next processes, as locks and drafts of earlier releases had.
 */
const plant = `
import os, sys
directory, victim, names = sys.argv[1], sys.argv[2], sys.argv[3:]
last = int(open('/proc/sys/kernel/ns_last_pid').read())
os.setgid(65534)
os.setuid(65534)
for pid in range(last, last + 2000):
    for name in names:
        for ending in ('', '.new', '.lock'):
            os.symlink(victim, f'{directory}/{name}.{pid}{ending}')
`

describeWith(
  { root: true, linux: true, programs: ['python3'] },
  'links that another user has planted in a shared directory',
  () => {
    let shared = ''
    let victim = ''
    beforeEach(() => {
      shared = mkdtempSync(join(tmpdir(), 'hakube-shared-'))
      chmodSync(shared, 0o1777)
      victim = join(mkdtempSync(join(tmpdir(), 'hakube-victim-')), 'shadow')
      writeFileSync(victim, 'untouched', { mode: 0o600 })
    })
    afterEach(() => {
      rmSync(shared, { recursive: true, force: true })
      rmSync(join(victim, '..'), { recursive: true, force: true })
    })

    /** @returns how many there are */
    const plantIn = (directory: string, ...names: string[]): number => {
      const before = readdirSync(directory).length
      const { status, stderr } = spawnSync('python3', ['-c', plant, directory, victim, ...names], {
        encoding: 'utf8',
      })
      if (status !== 0) throw new Error(stderr)
      return readdirSync(directory).length - before
    }
    const held = () => expect(readFileSync(victim, 'utf8')).toBe('untouched')

    it('are not followed by hakube secrets, whose bundle lies there', async () => {
      const identity = await generateIdentity()
      const recipient = await identityToRecipient(identity)
      const key = join(victim, '../key')
      writeFileSync(key, `${identity}\n`, { mode: 0o600 })
      cpSync(exampleFile('rack-test'), join(shared, 'profile.yaml'))
      const names = ['secrets.age', '.secrets.age', 'secrets.age.lock', '.secrets.age.lock']
      expect(plantIn(shared, ...names)).toBe(2000 * names.length * 3)
      for (const words of [
        ['secrets', 'init', 'profile.yaml', '--recipient', recipient],
        ['secrets', 'rotate', 'profile.yaml', 'bootstrap-token', '--age-key-file', key],
        ['kubeconfig', 'profile.yaml', '--out', 'kubeconfig', '--age-key-file', key],
      ]) {
        const { status, stderr } = hakube(words, { directory: shared })
        expect({ words, status, stderr: status === 0 ? '' : stderr }).toEqual({
          words,
          status: 0,
          stderr: '',
        })
        held()
      }
    })

    it('are not followed by hakube render, whose output goes there', () => {
      mkdirSync(join(shared, '.hakube-render'), { mode: 0o755 })
      chmodSync(join(shared, '.hakube-render'), 0o1777)
      plantIn(shared, 'lock', '.lock')
      plantIn(join(shared, '.hakube-render'), 'lock')
      const words = ['render', exampleFile('rack-test'), '--out', shared, '--ephemeral-secrets', '--force']
      const { status, stderr } = hakube(words)
      expect({ status, error: stderr.slice(stderr.indexOf('error[')) }).toEqual({
        status: 1,
        error: `error[output/foreign-file]: ${join(shared, '.hakube-render')} is not safe: other users can write to it, and hakube would write keys there
  hint: remove it, or choose another directory with --out
`,
      })
      held()
      rmSync(join(shared, '.hakube-render'), { recursive: true })
      expect(hakube(words).status).toBe(0)
      held()
    })
  },
)
