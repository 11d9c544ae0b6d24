import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { isOutside } from './outside.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The absolute directories of PATH. A relative one depends on where one stands, and that may be what someone else filled. */
export const pathDirectories = (environment: Environment): string[] =>
  (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory.startsWith('/'))

/**
 * Absolute path of a program, or null.
 *
 * @param repository programs that are in it are left out, whatever the directories are: whoever writes to it would choose what runs
 */
export function findProgram(
  name: string,
  directories: readonly string[],
  repository: string | null,
): string | null {
  for (const directory of directories) {
    const path = join(directory, name)
    try {
      accessSync(path, constants.X_OK)
      if (!statSync(path).isFile()) continue
      // Neither the name nor what it leads to.
      if (repository === null || [path, realpathSync(path)].every((way) => isOutside(repository, way)))
        return path
    } catch {
      // Not in this directory.
    }
  }
  return null
}
