import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { readCommit } from './commit.ts'
import { type Environment, findProgram, pathDirectories } from './find-program.ts'
import { type Git, GitError, harmlessSettings, settingWords } from './git.ts'
import type { FileReader } from './reader.ts'
import type { RepositoryAddress } from './repository-address.ts'
import { type GitBounds, runGit } from './run-git.ts'

/** A bare copy of a repository that follows one branch. */
export type Mirror = {
  /**
   * Fetches the branch.
   *
   * @returns its commit
   * @throws GitError
   */
  fetch(stop: AbortSignal): Promise<string>
  /** The commit that was kept last; null before the first. */
  kept(): Promise<string | null>
  /**
   * Keeps a commit across restarts, even if the branch no longer contains it.
   *
   * @param inUse other commits to keep, instead of those of the previous call; null if they are not known yet: the previous ones stay
   */
  keep(commit: string, inUse?: Iterable<string> | null): Promise<void>
  /** Whether the mirror contains a commit, given by its full name. */
  has(commit: string): Promise<boolean>
  /** Whether a commit is an ancestor of another, or the same. */
  contains(descendant: string, ancestor: string): Promise<boolean>
  /** @throws GitError for a commit that is not signed by a key in a file of allowed signers (ssh-keygen(1)) */
  verify(commit: string, signers: string): Promise<void>
}

/** Enough for the first fetch of a large repository over a slow line. */
const fetchBounds: GitBounds = { time: 600_000, fileSize: 2 * 1024 ** 3, output: 1024 * 1024 }
const readBounds: GitBounds = { time: 60_000, fileSize: 1024 ** 3, output: 512 * 1024 * 1024 }

const candidateRef = 'refs/hakube/candidate'
const keptRef = 'refs/hakube/kept'
/** Contains references to commits from which machines are being installed, named like the commits. */
const inUseRefs = 'refs/hakube/in-use'

/** For commands that only read the mirror: no network. */
const offline = { GIT_ALLOW_PROTOCOL: '', GIT_NO_LAZY_FETCH: '1' }

/**
 * Settings for a fetch. The operator's settings for credentials, proxies and SSH apply (gitcredentials(7), ssh_config(5)); the settings
 * of this repository are hakube's, and those of the remote are not used.
 */
const fetching = [
  // Rejects malformed objects, except modes with a leading zero, which old tools wrote and which are harmless (git-fsck(1)).
  'fetch.fsckObjects=true',
  'fetch.fsck.zeroPaddedFilemode=ignore',
  'fetch.fsck.missingSpaceBeforeDate=ignore',
  'fetch.recurseSubmodules=false',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=60',
  'gc.autoDetach=false',
  'maintenance.autoDetach=false',
]
const ownChoice = ['core.sshCommand', 'credential.helper']

function programOf(environment: Environment): string {
  const program = findProgram('git', pathDirectories(environment), null)
  if (program === null) throw new GitError('git is not installed', 'missing')
  return program
}

function environmentOf(environment: Environment, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { HOME, XDG_CONFIG_HOME } = environment
  return {
    PATH: pathDirectories(environment).join(delimiter),
    ...(HOME === undefined ? {} : { HOME }),
    ...(XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME }),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    ...more,
  }
}

/** git's message on one line: its errors come first, because output of the remote precedes them. */
function reasonOf(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const line = lines.find((each) => /^(?:fatal|error): /.test(each)) ?? lines[0] ?? ''
  return line.replace(/^(?:fatal|error): /, '').slice(0, 500)
}

/** Reads a bare repository of hakube. */
export function bareGit(directory: string, environment: Environment): Git {
  return async (_, ...words) => {
    const { status, stdout, stderr } = await runGit(
      [
        programOf(environment),
        `--git-dir=${directory}`,
        '--no-pager',
        '--literal-pathspecs',
        ...settingWords(harmlessSettings),
        ...words,
      ],
      { cwd: directory, env: environmentOf(environment, offline) },
      readBounds,
      new AbortController().signal,
    )
    if (status === 0) return stdout
    throw new GitError(reasonOf(stderr) || `git ended with ${status}`, 'refused')
  }
}

/** Reads files of a commit of a mirror as if it were checked out in the current directory, so that messages show paths within it. */
export const readMirror = (
  directory: string,
  commit: string,
  environment: Environment,
): Promise<FileReader> => readCommit(bareGit(directory, environment), process.cwd(), commit)

/** Removes locks that a killed git left; nobody else writes to this directory. */
function clearLocks(directory: string): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.lock') || /^objects\/(?:.*\/)?tmp_/.test(name))
      rmSync(join(directory, name), { force: true, recursive: true })
}

/**
 * Opens the mirror in a directory, or creates one. It must be the only process that writes to it. A mirror can be fetched again, so an
 * unreadable one is replaced by an empty one.
 *
 * @param directory is created, accessible to its owner only
 * @param bounds of a fetch, if they differ from the defaults
 */
export async function openMirror(
  directory: string,
  { url, protocols }: RepositoryAddress,
  ref: string,
  environment: Environment,
  bounds: Partial<GitBounds> = {},
): Promise<Mirror> {
  const git = bareGit(directory, environment)
  const text = async (...words: string[]): Promise<string> =>
    (await git(directory, ...words)).toString('utf8').trim()
  const create = async (): Promise<void> => {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    clearLocks(directory)
    await git(directory, 'init', '--quiet', '--bare', '--template=')
  }
  const commitOf = async (name: string): Promise<string | null> => {
    try {
      return await text('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`)
    } catch (fault) {
      if (fault instanceof GitError && fault.reason === 'refused') return null
      throw fault
    }
  }
  const wholeCommit = async (name: string): Promise<string | null> => {
    const commit = await commitOf(name)
    if (commit === null) return null
    // Lists everything that will be read: after a power cut, objects may be missing.
    await git(directory, 'ls-tree', '-r', '-t', '--full-tree', commit)
    return commit
  }
  const kept = (): Promise<string | null> => wholeCommit(keptRef)
  try {
    await create()
    await kept()
  } catch (fault) {
    if (fault instanceof GitError && fault.reason === 'missing') throw fault
    rmSync(directory, { recursive: true, force: true })
    await create()
  }
  return {
    kept,
    async fetch(stop) {
      const settings = harmlessSettings.filter(
        (each) => !ownChoice.some((name) => each.startsWith(`${name}=`)),
      )
      const words = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head']
      words.push('--force', '--end-of-options', url, `+${ref}:${candidateRef}`)
      const { status, stderr, isLate } = await runGit(
        [
          programOf(environment),
          `--git-dir=${directory}`,
          ...settingWords([...settings, ...fetching]),
          ...words,
        ],
        { cwd: directory, env: environmentOf(environment, { GIT_ALLOW_PROTOCOL: protocols }) },
        { ...fetchBounds, ...bounds },
        stop,
      )
      stop.throwIfAborted()
      if (isLate) throw new GitError('the fetch took longer than ten minutes', 'refused')
      // Signal 25 is SIGXFSZ.
      if (/died of signal 25|File too large/.test(stderr))
        throw new GitError('the repository sends more than is accepted', 'refused')
      if (status !== 0) throw new GitError(reasonOf(stderr) || `git ended with ${status}`, 'refused')
      const commit = await commitOf(candidateRef)
      if (commit === null) throw new GitError(`${ref} is not a commit`, 'refused')
      return commit
    },
    async keep(commit, inUse = null) {
      const listed = await text('for-each-ref', '--format=%(refname)', inUseRefs)
      const present = new Set(listed === '' ? [] : listed.split('\n'))
      const wanted = inUse === null ? present : new Set([...inUse].map((each) => `${inUseRefs}/${each}`))
      // First, so that the commit is referenced at every moment.
      for (const ref of wanted)
        if (!present.has(ref))
          await git(directory, 'update-ref', '--no-deref', ref, ref.slice(inUseRefs.length + 1))
      await git(directory, 'update-ref', '--no-deref', keptRef, commit)
      for (const ref of present) if (!wanted.has(ref)) await git(directory, 'update-ref', '-d', ref)
    },
    async has(commit) {
      if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit)) return false
      try {
        return (await wholeCommit(commit)) === commit
      } catch (fault) {
        if (fault instanceof GitError && fault.reason === 'refused') return false
        throw fault
      }
    },
    async contains(descendant, ancestor) {
      // An empty list: the descendant contains all commits of the ancestor.
      return (await text('rev-list', '--max-count=1', ancestor, `^${descendant}`)) === ''
    },
    async verify(commit, signers) {
      const program = findProgram('ssh-keygen', pathDirectories(environment), null)
      if (program === null) throw new GitError('ssh-keygen is not installed', 'missing')
      const settings = [
        'gpg.format=ssh',
        `gpg.ssh.allowedSignersFile=${signers}`,
        `gpg.ssh.program=${program}`,
        'gpg.x509.program=false',
      ]
      await git(directory, ...settingWords(settings), 'verify-commit', commit)
    },
  }
}
