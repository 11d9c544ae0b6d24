import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { type Environment, findProgram, pathDirectories } from './find-program.ts'

/** git is missing, or a command of it failed. */
export class GitError extends Error {
  readonly reason: 'missing' | 'no-repository' | 'refused'
  constructor(message: string, reason: GitError['reason']) {
    super(message)
    this.reason = reason
  }
}

/** More than any list of a repository's files. */
const mostBytes = 512 * 1024 * 1024

export type Git = (directory: string, ...words: string[]) => Promise<Buffer>

/**
 * Settings that make git run a program or leave the repository, in commands that hakube uses, with harmless values. A repository may be
 * untrusted, so its settings must not choose what runs here. Settings on the command line take precedence over all files (git-config(1),
 * SCOPES).
 */
export const harmlessSettings: readonly string[] = [
  // A directory of a clone that looks like a bare repository is not used as one (git 2.38 and later; older versions find the `.git`
  // first).
  'safe.bareRepository=explicit',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.sshCommand=false',
  'core.askPass=true',
  'credential.helper=',
  'diff.external=',
  'gpg.program=false',
  'submodule.recurse=false',
]

/** Settings as command-line arguments. */
export const settingWords = (settings: readonly string[]): string[] =>
  settings.flatMap((setting) => ['-c', setting])
const harmless = settingWords(harmlessSettings)

/** The nearest parent directory with a `.git`: a directory, or a file in linked working trees and submodules. */
export function topOf(directory: string): string | null {
  let at: string
  try {
    at = realpathSync(directory)
  } catch {
    return null
  }
  for (; !existsSync(join(at, '.git')); at = dirname(at)) if (at === dirname(at)) return null
  return at
}

/**
 * Runs git so that it runs nothing else: it gets no environment except what finds it and the user's own settings (the GIT_DIR of a hook
 * would make it use another repository), the repository's settings are overridden, it has no network, and a `git` within the repository
 * is never run.
 *
 * @returns a function that runs a command in the working tree around a directory and returns its output; it throws GitError
 */
export function gitIn(environment: Environment): Git {
  const directories = pathDirectories(environment)
  const programs = new Map<string, string | null>()
  const programFor = (top: string): string | null => {
    const known = programs.get(top)
    if (known !== undefined) return known
    const found = findProgram('git', directories, top)
    programs.set(top, found)
    return found
  }
  const { HOME, XDG_CONFIG_HOME, SUDO_UID } = environment
  const env = {
    PATH: directories.join(delimiter),
    HOME,
    ...(XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME }),
    // git accepts the repository of the user who called sudo (git-config(1), safe.directory).
    ...(SUDO_UID === undefined ? {} : { SUDO_UID }),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // Objects that a partial clone lacks are not fetched, because the remote's settings name programs. The second variable is for
    // versions that do not know the first; it forbids all transports, regardless of protocol.*.allow (git(1)).
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
  }
  return (directory, ...words) =>
    new Promise((resolve, reject) => {
      const top = topOf(directory)
      if (top === null) return reject(new GitError('not a git repository', 'no-repository'))
      const program = programFor(top)
      if (program === null) return reject(new GitError('git is not installed', 'missing'))
      execFile(
        program,
        // Paths are literal, even with a star.
        ['--no-pager', '--literal-pathspecs', ...harmless, ...words],
        // The directory with `.git`, so that git looks nowhere else for it.
        { cwd: top, timeout: 60_000, maxBuffer: mostBytes, encoding: 'buffer', env },
        (fault, stdout, stderr) => {
          if (!fault) resolve(stdout)
          else reject(new GitError(reasonOf(stderr.toString('utf8')) || fault.message, 'refused'))
        },
      )
    })
}

/** The first line is the error; the others are advice. */
const reasonOf = (stderr: string): string => (stderr.trim().split('\n')[0] ?? '').replace(/^fatal: /, '')

/**
 * The directory of a repository that git refuses to read because another user owns it (git-config(1), safe.directory): that user's
 * settings would apply here. Null for other errors.
 */
export const foreignRepository = (fault: unknown): string | null =>
  fault instanceof GitError
    ? (/^(?:detected dubious ownership in|unsafe) repository (?:at )?\(?'(.*?)'/.exec(fault.message)?.[1] ??
      null)
    : null
