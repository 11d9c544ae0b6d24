import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { isOutside } from './outside.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The absolute directories of PATH. Relative ones depend on the working directory, which others may have filled. */
export const pathDirectories = (environment: Environment): string[] =>
  (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory.startsWith('/'))

/**
 * Absolute path of a program, or null.
 *
 * @param repository programs within it are ignored: otherwise its authors could choose what runs
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
      // Neither the name nor the target of a link.
      if (repository === null || [path, realpathSync(path)].every((way) => isOutside(repository, way)))
        return path
    } catch {
      // Not in this directory.
    }
  }
  return null
}
