import { isAbsolute, relative, sep } from 'node:path'

/** Whether a path is neither a directory nor below it. Links are not followed. */
export function isOutside(directory: string, path: string): boolean {
  const way = relative(directory, path)
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
}

/**
 * Whether a path leads into git's own directory, which may hold passwords (in URLs of remotes) and nothing that is meant for
 * machines. Also in the spellings that file systems without case take for it.
 */
export const isInGitDirectory = (path: string): boolean =>
  path
    .split(/[/\\]/)
    .some((name) => /^(?:\.git|git~\d+)$/i.test(name.replace(/[\s.\u200C-\u206F\uFEFF]+$/, '')))
