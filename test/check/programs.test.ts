import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findProgram, mapInParallel, runProgram } from '../../src/check/programs.ts'

const folder = tmpdir()
const node = process.execPath

describe('runProgram', () => {
  it('gives status and output, in a clean environment', async () => {
    process.env['HAKUBE_TEST_SECRET'] = 'secret'
    const script = 'console.log(Object.keys(process.env).sort().join()); console.error("e"); process.exit(3)'
    const outcome = await runProgram(node, ['-e', script], { folder })
    delete process.env['HAKUBE_TEST_SECRET']
    expect(outcome).toEqual({ status: 3, stdout: 'HOME,LC_ALL,PATH,TMPDIR\n', stderr: 'e\n', problem: null })
  })

  it('ends a program that hangs', async () => {
    const outcome = await runProgram(node, ['-e', 'setInterval(() => {}, 1000)'], { folder, seconds: 0.2 })
    expect(outcome).toEqual({
      status: null,
      stdout: '',
      stderr: '',
      problem: 'it was not through after 0.2 seconds',
    })
  })

  it('ends a program that prints without end', async () => {
    const script = 'const text = "x".repeat(65536); const go = () => process.stdout.write(text, go); go()'
    expect((await runProgram(node, ['-e', script], { folder })).problem).toBe('it printed more than 8 MiB')
  })

  it('says when a signal ended it, and when it is no program', async () => {
    const script = 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'
    expect((await runProgram(node, ['-e', script], { folder })).problem).toBe('it was ended by SIGTERM')
    expect((await runProgram('/nowhere/x', [], { folder })).problem).toBe('it could not be started (ENOENT)')
  })

  it('gives nothing to read', async () => {
    const script = 'process.stdin.resume(); process.stdin.on("end", () => process.exit(0))'
    expect((await runProgram(node, ['-e', script], { folder })).status).toBe(0)
  })
})

describe('findProgram', () => {
  it('looks into PATH and the system folders, but not into relative ones', () => {
    expect(findProgram('sh', {})).toMatch(/^\/(usr\/)?bin\/sh$/)
    expect(findProgram('hakube-is-not-a-program', { PATH: '.:/usr/bin' })).toBeNull()
    expect(findProgram('tmp', { PATH: '/' })).toBeNull()
  })

  it('takes no program from the repository that is looked at, not even through a link from elsewhere', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hakube-programs-'))
    const repository = join(folder, 'repository')
    mkdirSync(join(repository, 'bin'), { recursive: true })
    mkdirSync(join(folder, 'links'))
    writeFileSync(join(repository, 'bin/hakube-test'), '#!/bin/sh\n', { mode: 0o755 })
    symlinkSync(join(repository, 'bin/hakube-test'), join(folder, 'links/hakube-test'))
    const PATH = `${folder}/links:${repository}/bin`
    expect(findProgram('hakube-test', { PATH })).toBe(join(folder, 'links/hakube-test'))
    expect(findProgram('hakube-test', { PATH }, repository)).toBeNull()
    rmSync(folder, { recursive: true })
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

  it('passes a fault on', async () => {
    const work = mapInParallel([1], () => Promise.reject(new Error('broken')))
    await expect(work).rejects.toThrow('broken')
  })
})
