import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { delimiter } from 'node:path'
import { type Environment, findProgram as find, pathDirectories } from '../files/find-program.ts'

/** The result of a program. `problem` is set if it did not end properly: it hung, printed too much, or did not start. */
export type Outcome = {
  status: number | null
  stdout: string
  stderr: string
  problem: string | null
}

/** haproxy, keepalived and nft are in sbin directories, which are not in every user's PATH. */
const systemDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin']

/** PATH for the programs that are run; only root can install programs there. */
export const systemPath = systemDirectories.join(delimiter)

/**
 * Path of a program in PATH or the system's directories, or null.
 *
 * @param repository programs within it are ignored
 */
export const findProgram = (
  name: string,
  environment: Environment,
  repository: string | null = null,
): string | null => find(name, [...pathDirectories(environment), ...systemDirectories], repository)

/**
 * Runs a program. It never throws because of the program: the result reports that it failed, hung or printed too much.
 *
 * @param directory working directory; also HOME, so that the user's files do not affect the output
 * @param environment variables in addition to the few that all programs get
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
        // A clean environment: messages are always in English, and it contains no secrets of the caller.
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
    // A program that exits without reading its input closes the pipe, which does not matter.
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

/** Maps with at most as many concurrent calls as there are processor cores; results keep the order. */
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
