import { isAbsolute, relative, sep } from 'node:path'

/** Whether a path is neither a directory nor within it. Links are not followed. */
export function isOutside(directory: string, path: string): boolean {
  const way = relative(directory, path)
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
}

/**
 * Whether a path is within git's own directory, which may contain passwords (in URLs of remotes) and nothing for machines. Includes
 * spellings that case-insensitive file systems accept.
 */
export const isInGitDirectory = (path: string): boolean =>
  path
    .split(/[/\\]/)
    .some((name) => /^(?:\.git|git~\d+)$/i.test(name.replace(/[\s.\u200C-\u206F\uFEFF]+$/, '')))
