import { Refusal } from '../diagnostics/refusal.ts'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Diagnostic, error, warning } from '../diagnostics/diagnostic.ts'
import { notSearched } from '../files/commit.ts'
import { foreignRepository, GitError, gitIn } from '../files/git.ts'
import { FileError, readWhole, workTree } from '../files/reader.ts'
import { isSystemError } from '../files/system-error.ts'
import { manifestName, parseManifest } from '../site/manifest.ts'
import type { Environment } from '../files/find-program.ts'

/** A few paths are enough to recognize the mistake. */
const listed = 5

/** Keys from `secrets export`, which stores them under their paths on machines. */
const exportedKey = /(?:^|\/)etc\/(?:kubernetes|etcd)\/pki\/.*\.key$/

/**
 * Files in a profile's repository that git tracks although they are secret: an unencrypted bundle, an age key, and rendered files with
 * secrets.
 *
 * @param profile its file; the whole repository around it is searched, as it is in the working tree
 * @returns empty outside git, or without git
 */
export async function findTrackedSecrets(profile: string, environment: Environment): Promise<Diagnostic[]> {
  const git = gitIn(environment)
  const ask = async (directory: string, ...words: string[]): Promise<string> => {
    try {
      return (await git(directory, ...words)).toString('utf8')
    } catch (fault) {
      // For grep: nothing found.
      if (fault instanceof GitError) return ''
      throw fault
    }
  }
  let top: string
  try {
    top = (await git(dirname(resolve(profile)), 'rev-parse', '--show-toplevel'))
      .toString('utf8')
      .replace(/\n$/, '')
  } catch (fault) {
    if (!(fault instanceof GitError)) throw fault
    const foreign = foreignRepository(fault)
    // Otherwise there is no git, or no repository.
    return foreign === null ? [] : [notSearched(foreign)]
  }
  const list = async (...words: string[]): Promise<string[]> =>
    (await ask(top, ...words)).split('\0').filter((name) => name !== '')
  const [tracked, keys, kubeconfigs] = await Promise.all([
    list('ls-files', '-z'),
    list('grep', '--no-textconv', '-z', '-l', '-E', 'AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]{50,}'),
    list(
      'grep',
      '--no-textconv',
      '-z',
      '-l',
      '-E',
      '^# Made by hakube kubeconfig for the cluster |^ *client-key-data: *[A-Za-z0-9+/]{64}',
    ),
  ])
  const clear: string[] = []
  for (const name of tracked)
    if (name.endsWith('secrets.age') && (await isClear(join(top, name)))) clear.push(name)
  const exported = tracked.filter((name) => exportedKey.test(name))
  const rendered: string[] = []
  for (const name of tracked) {
    if (basename(name) !== manifestName) continue
    const secret = await secretFiles(join(top, name), dirname(name))
    rendered.push(...tracked.filter((path) => secret.has(path)))
  }
  return [
    ...report(clear, 'a secrets bundle that is not encrypted', 'create a new one with hakube secrets init'),
    ...report(
      keys,
      'an age private key',
      'create a new one with age-keygen, and change the recipients',
      error,
    ),
    ...report(exported, 'a private key of a machine', 'replace it with hakube secrets rotate'),
    ...report(
      kubeconfigs,
      'the kubeconfig of an administrator',
      'docs/secrets.md describes the consequences of a leak',
      error,
    ),
    ...report(rendered, 'a rendered file with secrets in it', 'replace them with hakube secrets rotate'),
  ]
}

/** @param make `error` for a secret that gives everyone who can read the repository access to the cluster */
function report(
  names: readonly string[],
  what: string,
  replace: string,
  make: typeof error | typeof warning = warning,
): Diagnostic[] {
  if (names.length === 0) return []
  const more = names.length > listed ? ` and ${names.length - listed} more` : ''
  return [
    make('secrets/tracked', `git tracks ${what}: ${names.slice(0, listed).join(', ')}${more}`, {
      hint: `remove it with git rm --cached, and add it to .gitignore; anyone who can read the repository knows its content: ${replace}`,
    }),
  ]
}

/** Whether a file exists and is not in age's format. */
async function isClear(file: string): Promise<boolean> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!(await handle.stat()).isFile()) return false
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
      const start = buffer.subarray(0, bytesRead).toString('latin1').trimStart()
      return start !== '' && !/^(?:-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/)/.test(start)
    } finally {
      await handle.close()
    }
  } catch (fault) {
    // Tracked, but not in the working tree.
    if (isSystemError(fault)) return false
    throw fault
  }
}

/** Paths of the secret files of a rendered site, relative to the top of the repository; empty for any other manifest.json. */
async function secretFiles(manifest: string, directory: string): Promise<Set<string>> {
  try {
    const { files } = parseManifest(
      Buffer.from(await readWhole(workTree, manifest)).toString('utf8'),
      manifest,
    )
    return new Set(files.filter(({ secret }) => secret).map(({ path }) => join(directory, path)))
  } catch (fault) {
    if (fault instanceof Refusal || fault instanceof FileError || isSystemError(fault)) return new Set()
    throw fault
  }
}
