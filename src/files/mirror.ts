import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { readCommit } from './commit.ts'
import { type Environment, findProgram, pathDirectories } from './find-program.ts'
import { type Git, GitError, harmlessSettings, settingWords } from './git.ts'
import type { FileReader } from './reader.ts'
import type { RepositoryAddress } from './repository-address.ts'
import { type GitBounds, runGit } from './run-git.ts'

/** A copy of a repository, without a working tree, that follows one branch. */
export type Mirror = {
  /** Fetches the branch. @returns the commit that it is at @throws GitError */
  fetch(stop: AbortSignal): Promise<string>
  /** The commit that was last kept; null before the first. */
  kept(): Promise<string | null>
  /**
   * Keeps a commit, also across restarts and when the branch no longer contains it.
   *
   * @param inUse other commits to keep in place of those of the call before; null where that is not known yet: those stay
   */
  keep(commit: string, inUse?: Iterable<string> | null): Promise<void>
  /** Whether it holds a commit, by its full name. */
  has(commit: string): Promise<boolean>
  /** Whether a commit is an ancestor of another, or the same. */
  contains(descendant: string, ancestor: string): Promise<boolean>
  /** @throws GitError for a commit without a signature of somebody in a file of allowed signers (ssh-keygen(1)) */
  verify(commit: string, signers: string): Promise<void>
}

/** A first fetch of a large repository on a slow line. */
const fetchBounds: GitBounds = { time: 600_000, fileSize: 2 * 1024 ** 3, output: 1024 * 1024 }
const readBounds: GitBounds = { time: 60_000, fileSize: 1024 ** 3, output: 512 * 1024 * 1024 }

const candidateRef = 'refs/hakube/candidate'
const keptRef = 'refs/hakube/kept'
/** Below it, references to commits that machines are being installed from, named like the commits. */
const inUseRefs = 'refs/hakube/in-use'

/** For commands that read what is there: no network. */
const offline = { GIT_ALLOW_PROTOCOL: '', GIT_NO_LAZY_FETCH: '1' }

/**
 * Settings for a fetch. What the operator's own settings say about credentials, proxies and SSH holds (gitcredentials(7), ssh_config(5)): the
 * settings of this repository are hakube's, and those of the other end do not get here.
 */
const fetching = [
  // Malformed objects are refused; old tools wrote modes with a zero in front, which harms nobody (git-fsck(1)).
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

/** What git says, in one line: its errors first, as what the other end says is before them. */
function reasonOf(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const line = lines.find((each) => /^(?:fatal|error): /.test(each)) ?? lines[0] ?? ''
  return line.replace(/^(?:fatal|error): /, '').slice(0, 500)
}

/** Reads a bare repository that is hakube's own. */
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

/** Files of a commit of a mirror, as if it were checked out in the current directory: so messages name them by their paths in it. */
export const readMirror = (
  directory: string,
  commit: string,
  environment: Environment,
): Promise<FileReader> => readCommit(bareGit(directory, environment), process.cwd(), commit)

/** Takes away what a killed git left: nobody else writes to this directory. */
function clearLocks(directory: string): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.lock') || /^objects\/(?:.*\/)?tmp_/.test(name))
      rmSync(join(directory, name), { force: true, recursive: true })
}

/**
 * Opens the mirror of a directory, or makes one. Whoever opens it is the only one that writes to it. A mirror can be fetched again, so one
 * that cannot be read is replaced by an empty one.
 *
 * @param directory is made, for its owner alone
 * @param bounds of a fetch, where they are others
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
    // All that is read of it: a power cut may have left less.
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
      // First: no moment may come at which a commit is kept by nothing.
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
      // An empty list: all of the one are in the other.
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
