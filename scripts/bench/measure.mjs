// What every measurement shares: a directory for it, hakube as a process of its own, and the rows of the table.
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../prepare.mjs'
import { profileOf } from './profile.mjs'

export const work = mkdtempSync(join(tmpdir(), 'hakube-bench-'))
export const cli = join(root, 'dist', 'cli.js')

const usageFile = join(work, 'usage')
const keyFile = join(work, 'age-key')
const identity = await generateX25519Identity()
writeFileSync(keyFile, `${identity}\n`, { mode: 0o600 })
/** Public key that the bundles are encrypted to; the environment has the file of the other half. */
export const recipient = await identityToRecipient(identity)

export const environment = {
  ...process.env,
  // nginx and keepalived are not in every user's PATH.
  PATH: `${process.env.PATH}:/usr/sbin`,
  HAKUBE_AGE_KEY_FILE: keyFile,
  HAKUBE_USAGE_FILE: usageFile,
}

export const rows = []

/** Notes a row of the table, and shows it at once. */
export function row(what, result, aim = '') {
  rows.push([what, result, aim])
  process.stderr.write(`${what}: ${result}\n`)
}

export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`

export const has = (program) =>
  spawnSync('sh', ['-c', `command -v ${program}`], { env: environment }).status === 0

/**
 * Runs a program to its end.
 *
 * @returns milliseconds, with its start, and what it printed
 */
export function run(program, args, options = {}) {
  const started = performance.now()
  const done = spawnSync(program, args, {
    encoding: 'utf8',
    env: environment,
    maxBuffer: 1 << 28,
    ...options,
  })
  const milliseconds = performance.now() - started
  if (done.error) throw done.error
  if (done.status !== 0) {
    const said = `${done.stdout.slice(-2000)}${done.stderr.slice(-2000)}`
    throw new Error(`${program} ${args.join(' ')} ended with ${done.status ?? done.signal}\n${said}`)
  }
  return { milliseconds, stdout: done.stdout, stderr: done.stderr }
}

/** Runs hakube to its end. @returns milliseconds, peak memory in MB, and what it printed */
export function hakube(...args) {
  const usage = join(root, 'scripts/bench/report-usage.mjs')
  const done = run(process.execPath, ['--import', usage, cli, ...args])
  return { ...done, megabytes: Math.round(Number(readFileSync(usageFile, 'utf8')) / 1024) }
}

/** The file of a profile with so many machines, and beside it the bundle with its secrets. */
export function profileFile(count) {
  const file = join(work, `${count}.yaml`)
  if (!existsSync(file)) {
    writeFileSync(file, profileOf(count))
    hakube('secrets', 'init', file, '--recipient', recipient)
  }
  return file
}
