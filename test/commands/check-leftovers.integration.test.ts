import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { program } from './hakube.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-leftovers-'))
  writeFileSync(join(directory, 'good.yaml'), readFileSync(exampleFile('external-load-balancers')))
  mkdirSync(join(directory, 'tmp'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const left = (): string[] =>
  readdirSync(join(directory, 'tmp')).filter((name) => name.startsWith('hakube-check-'))
const started = async (signal: NodeJS.Signals | null): Promise<number | null> => {
  const child = spawn(process.execPath, [program, 'check', 'good.yaml', '--ephemeral-secrets'], {
    cwd: directory,
    env: { PATH: process.env['PATH'], TMPDIR: join(directory, 'tmp') },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  if (signal) {
    const watcher = watch(join(directory, 'tmp'))
    await Promise.race([once(watcher, 'change'), ended])
    watcher.close()
    child.kill(signal)
  }
  const [code]: (number | null)[] = await ended
  return code ?? null
}

describe('hakube check leaves nothing of what programs read', () => {
  it.each(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT'] as const)('at %s', async (signal) => {
    expect(await started(signal)).toBe(130)
    expect(left()).toEqual([])
  })

  it('at SIGKILL the next run removes it', async () => {
    await started('SIGKILL')
    expect(left()).toHaveLength(1)
    expect(await started(null)).toBe(0)
    expect(left()).toEqual([])
  })
})
