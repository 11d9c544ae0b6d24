import { execFile } from 'node:child_process'

type Environment = Readonly<Record<string, string | undefined>>

/** git is not there, or did not do what it was asked to. */
export class GitError extends Error {
  readonly missing: boolean
  constructor(message: string, missing: boolean) {
    super(message)
    this.missing = missing
  }
}

/** More than any list of a repository's files. */
const mostBytes = 512 * 1024 * 1024

export type Git = (folder: string, ...words: string[]) => Promise<Buffer>

/**
 * Runs git with nothing of the environment but what finds it and its settings: GIT_DIR of a hook, say, would point it to
 * another repository.
 *
 * @returns a function that runs one command in a folder and gives its output; it throws GitError
 */
export const gitIn =
  (environment: Environment): Git =>
  (folder, ...words) =>
    new Promise((resolve, reject) => {
      const { PATH, HOME, XDG_CONFIG_HOME } = environment
      execFile(
        'git',
        // A name with a star is a name.
        ['--literal-pathspecs', ...words],
        {
          cwd: folder,
          timeout: 60_000,
          maxBuffer: mostBytes,
          encoding: 'buffer',
          env: {
            PATH,
            HOME,
            ...(XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME }),
            LC_ALL: 'C',
            GIT_OPTIONAL_LOCKS: '0',
            GIT_TERMINAL_PROMPT: '0',
          },
        },
        (fault, stdout, stderr) => {
          if (!fault) resolve(stdout)
          else if ('code' in fault && fault.code === 'ENOENT')
            reject(new GitError('git is not installed', true))
          else reject(new GitError(reasonOf(stderr.toString('utf8')) || fault.message, false))
        },
      )
    })

/** The first line is what happened; the others are advice. */
const reasonOf = (stderr: string): string => (stderr.trim().split('\n')[0] ?? '').replace(/^fatal: /, '')
