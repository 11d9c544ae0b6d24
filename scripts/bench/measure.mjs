// What all measurements share: a directory, hakube as a separate process, and the rows of the table.
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
/** Public key with which the bundles are encrypted; the environment names the file of the private key. */
export const recipient = await identityToRecipient(identity)

export const environment = {
  ...process.env,
  // nginx and keepalived are not in every user's PATH.
  PATH: `${process.env.PATH}:/usr/sbin`,
  HAKUBE_AGE_KEY_FILE: keyFile,
  HAKUBE_USAGE_FILE: usageFile,
}

export const rows = []

/** Records a row of the table, and prints it immediately. */
export function row(what, result, aim = '') {
  rows.push([what, result, aim])
  process.stderr.write(`${what}: ${result}\n`)
}

export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`

export const has = (program) =>
  spawnSync('sh', ['-c', `command -v ${program}`], { env: environment }).status === 0

/**
 * Runs a program.
 *
 * @returns milliseconds, including its start, and its output
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

/**
 * Runs hakube.
 *
 * @returns milliseconds, peak memory in MB, and its output
 */
export function hakube(...args) {
  const usage = join(root, 'scripts/bench/report-usage.mjs')
  const done = run(process.execPath, ['--import', usage, cli, ...args])
  return { ...done, megabytes: Math.round(Number(readFileSync(usageFile, 'utf8')) / 1024) }
}

/** Writes a profile with that many machines, and the bundle with its secrets; returns the file of the profile. */
export function profileFile(count) {
  const file = join(work, `${count}.yaml`)
  if (!existsSync(file)) {
    writeFileSync(file, profileOf(count))
    hakube('secrets', 'init', file, '--recipient', recipient)
  }
  return file
}
