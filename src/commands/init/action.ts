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
 * `hakube init DIR`: makes a repository for a rack. A profile that is there already stops it before anything is made; every
 * other file that is there is kept, and said to be.
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

/** Writes a file that is not there yet. Returns whether it did; a half-written file is removed. */
async function writeNew(path: string, text: string): Promise<boolean> {
  let handle
  try {
    // wx: never overwrites, not even a file that comes into being at this moment.
    handle = await open(path, 'wx')
  } catch (fault) {
    if (isSystemError(fault) && fault.code === 'EEXIST') return false
    throw fault
  }
  try {
    await handle.writeFile(text)
  } catch (fault) {
    // Half a file would stand in the way of the next try.
    await rm(path, { force: true })
    throw fault
  } finally {
    await handle.close()
  }
  return true
}

/** The patterns of ours that a .gitignore lacks. */
async function notIgnored(path: string): Promise<string[]> {
  // A link or a pipe is the operator's own business.
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

/** The directory's name, if it can be a host name label; a rack otherwise. */
function clusterName(directory: string): string {
  const name = basename(resolve(directory)).toLowerCase()
  return /^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name) ? name : 'rack'
}
