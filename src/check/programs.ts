import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { delimiter } from 'node:path'
import { type Environment, findProgram as find, pathDirectories } from '../files/find-program.ts'

/** How a program ended. `problem` is set when it ended in no proper way: it hung, printed without end, or did not start. */
export type Outcome = {
  status: number | null
  stdout: string
  stderr: string
  problem: string | null
}

/** haproxy, keepalived and nft are in sbin directories, which are not in every user's PATH. */
const systemDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin']

/** PATH of programs that are run, in which nobody but root puts one. */
export const systemPath = systemDirectories.join(delimiter)

/**
 * Path of a program in PATH or the system's directories, or null.
 *
 * @param repository programs that are in it are left out
 */
export const findProgram = (
  name: string,
  environment: Environment,
  repository: string | null = null,
): string | null => find(name, [...pathDirectories(environment), ...systemDirectories], repository)

/**
 * Runs a program to its end. Nothing that it does is an exception: it may fail, hang or print too much, and the outcome
 * says so.
 *
 * @param directory where it runs; also its home, so that no file of the user's changes what it says
 * @param environment what it gets beside the few variables that all get
 */
export function runProgram(
  path: string,
  parameters: readonly string[],
  options: {
    directory: string
    seconds?: number
    signal?: AbortSignal | undefined
    environment?: Readonly<Record<string, string>>
  },
): Promise<Outcome> {
  const seconds = options.seconds ?? 60
  return new Promise((resolve) => {
    const child = execFile(
      path,
      [...parameters],
      {
        cwd: options.directory,
        // A clean environment: the same words in every language setting, and no secret of the caller's in it.
        env: {
          PATH: systemPath,
          LC_ALL: 'C.UTF-8',
          HOME: options.directory,
          TMPDIR: options.directory,
          ...options.environment,
        },
        timeout: seconds * 1000,
        killSignal: 'SIGKILL',
        maxBuffer: 8 * 1024 * 1024,
        ...(options.signal ? { signal: options.signal } : {}),
      },
      (error, stdout, stderr) => {
        resolve({
          status: error ? (typeof error.code === 'number' ? error.code : null) : 0,
          stdout,
          stderr,
          problem: error ? problemOf(error, seconds) : null,
        })
      },
    )
    // A child that ended before it read anything closes the pipe: nothing was to be sent.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end()
  })
}

function problemOf(
  error: { code?: string | number | null | undefined; killed?: boolean; signal?: NodeJS.Signals },
  seconds: number,
): string | null {
  if (typeof error.code === 'number') return null
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'it printed more than 8 MiB'
  if (typeof error.code === 'string') return `it could not be started (${error.code})`
  if (error.killed) return `it did not finish within ${seconds} seconds`
  return `it was terminated by ${error.signal ?? 'a signal'}`
}

/** Maps with at most as many at a time as there are processor cores; results keep the order. */
export async function mapInParallel<T, R>(
  items: readonly T[],
  map: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      const item = items[index]
      if (item !== undefined) results[index] = await map(item, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(items.length, availableParallelism()) }, worker))
  return results
}
