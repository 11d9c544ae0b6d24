import { existsSync, lstatSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { describeSystemError, isSystemError } from '../../files/system-error.ts'
import { quote } from '../../text/quote.ts'
import { makeDirectories } from '../../site/directory.ts'
import { type Command, exit } from '../context.ts'
import { firstRepository, ignored } from './first-repository.ts'
import { readSshKey, usualSshKey } from './first-ssh-key.ts'
import type { FirstSshKey } from './first-ssh-key.ts'

/**
 * `hakube init DIR`: creates a repository for a rack. If there already is a profile, it stops before creating anything. It keeps every
 * other existing file, and reports that.
 */
export const action: Command = async ({ parameters, options, environment, stdout, stderr }) => {
  const [directory = ''] = parameters
  const given = options.text('ssh-key')
  const first = given === null ? await usualSshKey(environment['HOME']) : await namedSshKey(given)
  if ('problem' in first) {
    stderr.write(`hakube: cannot use the SSH key ${inQuotes(given ?? '')}: ${first.problem}\n`)
    return exit.invalidInput
  }
  const profile = join(directory, 'profile.yaml')
  const written: string[] = []
  const kept: string[] = []
  let path = profile
  try {
    for (const [name, text] of firstRepository(clusterName(directory), first.key)) {
      path = join(directory, name)
      makeDirectories(dirname(path), 0o777)
      const isNew = await writeNew(path, text)
      if (isNew) written.push(path)
      else if (path === profile) {
        stderr.write(`hakube: cannot write ${path}: it already exists\n`)
        return exit.invalidInput
      } else kept.push(path)
    }
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    stderr.write(`hakube: cannot write ${path}: ${describeSystemError(fault)}\n`)
    for (const made of written) stderr.write(`hakube: ${made} was written\n`)
    return exit.invalidInput
  }
  for (const made of written) stdout.write(`${made}\n`)
  for (const file of kept) stderr.write(`hakube: ${file} already exists and was kept\n`)
  const missing = await notIgnored(join(directory, '.gitignore'))
  if (missing.length > 0)
    stderr.write(`hakube: add to ${join(directory, '.gitignore')}: ${missing.join(' ')}\n`)
  stderr.write(
    first.file === null
      ? `hakube: found no public SSH key: replace the placeholder below users in ${profile}\n`
      : `hakube: the user ops has the public key of ${first.file}\n`,
  )
  stderr.write(`\nEdit ${profile}, then: hakube check ${profile} --ephemeral-secrets\n`)
  if (!isInRepository(directory))
    stderr.write(`Then put it under version control: git init ${quote(directory)}\n`)
  return exit.success
}

async function namedSshKey(file: string): Promise<FirstSshKey | { problem: string }> {
  try {
    const read = await readSshKey(file)
    return 'key' in read ? { ...read, file } : read
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    return { problem: describeSystemError(fault) }
  }
}

/** Creates a file. Returns false if it exists; removes a partially written file. */
async function writeNew(path: string, text: string): Promise<boolean> {
  let handle
  try {
    // wx: never overwrites, not even a file that is created at this moment.
    handle = await open(path, 'wx')
  } catch (fault) {
    if (isSystemError(fault) && fault.code === 'EEXIST') return false
    throw fault
  }
  try {
    await handle.writeFile(text)
  } catch (fault) {
    // A partial file would prevent the next attempt.
    await rm(path, { force: true })
    throw fault
  } finally {
    await handle.close()
  }
  return true
}

/** hakube's patterns that a .gitignore lacks. */
async function notIgnored(path: string): Promise<string[]> {
  // A link or a pipe is left alone.
  if (!lstatSync(path).isFile()) return []
  const lines = new Set((await readFile(path, 'utf8')).split('\n').map((line) => line.trim()))
  return ignored.filter((line) => !line.startsWith('#') && !lines.has(line))
}

/** Whether the directory or one above it is a git working tree. */
function isInRepository(directory: string): boolean {
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true
    if (at === dirname(at)) return false
  }
}

/** The directory's name if it is a valid host name label; otherwise `rack`. */
function clusterName(directory: string): string {
  const name = basename(resolve(directory)).toLowerCase()
  return /^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name) ? name : 'rack'
}
