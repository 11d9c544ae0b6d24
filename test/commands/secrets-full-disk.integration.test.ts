import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { hakube, program } from './hakube.ts'

const use = (name: string): string => findProgram(name) ?? name

describeWith({ linux: true, root: true, programs: ['age-keygen', 'unshare', 'mount'] }, 'a full disk', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-full-'))
    mkdirSync(join(directory, 'small'))
    copyFileSync(exampleFile('external-load-balancers'), join(directory, 'profile.yaml'))
    execFileSync(use('age-keygen'), ['-o', 'key'], { cwd: directory, stdio: 'pipe' })
    const recipient = execFileSync(use('age-keygen'), ['-y', 'key'], { cwd: directory, encoding: 'utf8' })
    const made = hakube(['secrets', 'init', 'profile.yaml', '--recipient', recipient.trim()], { directory })
    if (made.status !== 0) throw new Error(made.stderr)
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  it.each([
    ['rotate', 'bootstrap-token'],
    ['rotate', 'service-account'],
    ['add-recipient', 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z'],
  ])('secrets %s %s reports an error and no success, and leaves the bundle unchanged', (verb, what) => {
    // Room for the lock, and not for a second bundle.
    const script = `
      mount -t tmpfs -o size=64k none small && cp profile.yaml secrets.age small && cd small || exit 9
      dd if=/dev/zero of=filling bs=4k count=$(( $(df --output=avail -k . | tail -n 1) / 4 - 2 )) 2>/dev/null
      "$@" 2>&1; echo "status $?"
      cmp secrets.age ../secrets.age; ls -A`
    const line = [program, 'secrets', verb, 'profile.yaml', what, '--age-key-file', join(directory, 'key')]
    const { stdout } = spawnSync('unshare', ['--mount', 'sh', '-c', script, '-', process.execPath, ...line], {
      cwd: directory,
      encoding: 'utf8',
    })
    expect(stdout.replaceAll(/\S*\/small\//g, '')).toBe(
      'error[secrets/input-output]: cannot write secrets.age: no space left on device (ENOSPC)\n' +
        'status 1\nfilling\nprofile.yaml\nsecrets.age\n',
    )
  })
})
