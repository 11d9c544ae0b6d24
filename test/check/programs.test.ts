import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findProgram, mapInParallel, runProgram } from '../../src/check/programs.ts'

const directory = tmpdir()
const node = process.execPath

describe('runProgram', () => {
  it('returns status and output, with a clean environment', async () => {
    process.env['HAKUBE_TEST_SECRET'] = 'secret'
    const script = 'console.log(Object.keys(process.env).sort().join()); console.error("e"); process.exit(3)'
    const outcome = await runProgram(node, ['-e', script], { directory })
    delete process.env['HAKUBE_TEST_SECRET']
    expect(outcome).toEqual({ status: 3, stdout: 'HOME,LC_ALL,PATH,TMPDIR\n', stderr: 'e\n', problem: null })
  })

  it('ends a program that hangs', async () => {
    const outcome = await runProgram(node, ['-e', 'setInterval(() => {}, 1000)'], { directory, seconds: 0.2 })
    expect(outcome).toEqual({
      status: null,
      stdout: '',
      stderr: '',
      problem: 'it did not finish within 0.2 seconds',
    })
  })

  it('ends a program that prints endlessly', async () => {
    const script = 'const text = "x".repeat(65536); const go = () => process.stdout.write(text, go); go()'
    expect((await runProgram(node, ['-e', script], { directory })).problem).toBe('it printed more than 8 MiB')
  })

  it('reports that a signal ended it, or that it is not a program', async () => {
    const script = 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'
    expect((await runProgram(node, ['-e', script], { directory })).problem).toBe(
      'it was terminated by SIGTERM',
    )
    expect((await runProgram('/nowhere/x', [], { directory })).problem).toBe(
      'it could not be started (ENOENT)',
    )
  })

  it('provides an empty standard input', async () => {
    const script = 'process.stdin.resume(); process.stdin.on("end", () => process.exit(0))'
    expect((await runProgram(node, ['-e', script], { directory })).status).toBe(0)
  })
})

describe('findProgram', () => {
  it('searches PATH and the system directories, but no relative ones', () => {
    expect(findProgram('sh', {})).toMatch(/^\/(usr\/)?bin\/sh$/)
    expect(findProgram('hakube-is-not-a-program', { PATH: '.:/usr/bin' })).toBeNull()
    expect(findProgram('tmp', { PATH: '/' })).toBeNull()
  })

  it('uses no program from the checked repository, not even through a link from elsewhere', () => {
    const directory = mkdtempSync(join(tmpdir(), 'hakube-programs-'))
    const repository = join(directory, 'repository')
    mkdirSync(join(repository, 'bin'), { recursive: true })
    mkdirSync(join(directory, 'links'))
    writeFileSync(join(repository, 'bin/hakube-test'), '#!/bin/sh\n', { mode: 0o755 })
    symlinkSync(join(repository, 'bin/hakube-test'), join(directory, 'links/hakube-test'))
    const PATH = `${directory}/links:${repository}/bin`
    expect(findProgram('hakube-test', { PATH })).toBe(join(directory, 'links/hakube-test'))
    expect(findProgram('hakube-test', { PATH }, repository)).toBeNull()
    rmSync(directory, { recursive: true })
  })
})

describe('mapInParallel', () => {
  it('keeps the order', async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => index)
    const results = await mapInParallel(numbers, async (number) => {
      await new Promise((resolve) => setTimeout(resolve, (20 - number) % 5))
      return number * 2
    })
    expect(results).toEqual(numbers.map((number) => number * 2))
  })

  it('passes an error on', async () => {
    const work = mapInParallel([1], () => Promise.reject(new Error('broken')))
    await expect(work).rejects.toThrow('broken')
  })
})
