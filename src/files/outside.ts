import { isAbsolute, relative, sep } from 'node:path'

/** Whether a path is neither a folder nor below it. Links are not followed. */
export function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
}
