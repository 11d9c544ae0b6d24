import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { type Refusal, refusal } from '../diagnostics/refusal.ts'
import { topOf } from '../files/git.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'

/**
 * Where a server keeps its state: the operator's choice, systemd's StateDirectory= (systemd.exec(5)), or a directory for the profile
 * below the user's own (https://specifications.freedesktop.org/basedir-spec/latest/, XDG_STATE_HOME).
 *
 * @param given the value of `--state`
 * @param served the profile or directory that is served
 */
export function stateDirectory(given: string | null, served: string, environment: Variables): string {
  return chosenDirectory(given, environment) ?? usualDirectory(served, environment)
}

type Variables = Readonly<Record<string, string | undefined>>

/** The directory that the operator or systemd has chosen; null if there is none. */
export function chosenDirectory(given: string | null, { STATE_DIRECTORY }: Variables): string | null {
  if (given !== null) return resolve(given)
  // Several StateDirectory= are separated by colons; the first one belongs to the service itself.
  const [ofService = ''] = (STATE_DIRECTORY ?? '').split(':')
  return ofService.startsWith('/') ? ofService : null
}

/** The directory for a profile below the user's own. */
export function usualDirectory(served: string, { XDG_STATE_HOME, HOME }: Variables): string {
  // The specification says to ignore relative paths.
  const home = XDG_STATE_HOME?.startsWith('/')
    ? XDG_STATE_HOME
    : join(HOME === undefined || HOME === '' ? homedir() : HOME, '.local/state')
  const path = realOrAbsolute(served)
  const short = createHash('sha256').update(path).digest('hex').slice(0, 12)
  return join(home, 'hakube', `${basename(path).replace(/\.ya?ml$/, '')}-${short}`)
}

/** The path without links, or the absolute path of what is not there. */
export function realOrAbsolute(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // Reading it reports why it is missing.
    return resolve(path)
  }
}

const refused = (path: string, reason: string, hint: string): Refusal =>
  refusal('serve/state', `cannot keep state in ${path}: ${reason}`, { hint })

/**
 * Creates the directory if it is missing, accessible to its owner only.
 *
 * @throws Refusal for one that is in a git working tree, is accessible to others, or cannot be created
 */
export function makeStateDirectory(path: string): void {
  const elsewhere = 'choose another one with --state DIR, on the local disk and outside of any repository'
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    if (topOf(path) !== null) throw refused(path, 'it is in the working tree of a git repository', elsewhere)
    const { mode, uid } = statSync(path)
    if (process.getuid !== undefined && uid !== process.getuid())
      throw refused(path, 'it belongs to another user', elsewhere)
    if ((mode & 0o077) !== 0) throw refused(path, 'others may read it', `make it private: chmod 700 ${path}`)
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refused(path, describeSystemError(fault), elsewhere)
  }
}
