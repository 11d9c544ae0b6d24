import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { type Environment, findProgram, pathDirectories } from './find-program.ts'

/** git is not there, or did not do what it was asked to. */
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
 * Settings that make git run a program, or leave the repository, that commands of ours come by. A repository may be someone
 * else's: its settings may not choose what runs here. Settings on the command line are stronger than those of any file
 * (git-config(1), SCOPES); those without an entry here belong to commands that hakube does not use.
 */
export const harmlessSettings: readonly string[] = [
  // A directory of a clone that looks like a bare repository is none (git 2.38 and later; older ones see the `.git` first).
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

/** Settings as words of a command line. */
export const settingWords = (settings: readonly string[]): string[] =>
  settings.flatMap((setting) => ['-c', setting])
const harmless = settingWords(harmlessSettings)

/** The directory nearest above that holds a `.git`: a directory, or a file in linked working trees and submodules. */
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
 * Runs git so that it runs nothing else: with nothing of the environment but what finds it and the user's own settings
 * (GIT_DIR of a hook, say, would point it to another repository), with the repository's settings overruled, without a
 * network, and never a `git` that lies in the repository.
 *
 * @returns a function that runs one command in the working tree around a directory and gives its output; it throws GitError
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
    // git accepts the repository of the one who called sudo (git-config(1), safe.directory).
    ...(SUDO_UID === undefined ? {} : { SUDO_UID }),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // What a partial clone left out is not fetched: the remote's settings name programs. The second is for a git that does
    // not know the first; it forbids all transports, whatever protocol.*.allow says (git(1)).
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
        // A name with a star is a name.
        ['--no-pager', '--literal-pathspecs', ...harmless, ...words],
        // Where `.git` is: git looks there for nothing else before it.
        { cwd: top, timeout: 60_000, maxBuffer: mostBytes, encoding: 'buffer', env },
        (fault, stdout, stderr) => {
          if (!fault) resolve(stdout)
          else reject(new GitError(reasonOf(stderr.toString('utf8')) || fault.message, 'refused'))
        },
      )
    })
}

/** The first line is what happened; the others are advice. */
const reasonOf = (stderr: string): string => (stderr.trim().split('\n')[0] ?? '').replace(/^fatal: /, '')

/**
 * The directory of a repository that git does not read because another user owns it (git-config(1), safe.directory): that
 * user's settings would apply here. Null for other troubles.
 */
export const foreignRepository = (fault: unknown): string | null =>
  fault instanceof GitError
    ? (/^(?:detected dubious ownership in|unsafe) repository (?:at )?\(?'(.*?)'/.exec(fault.message)?.[1] ??
      null)
    : null
