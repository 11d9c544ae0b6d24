import { readFileSync } from 'node:fs'

/**
 * How many files this process may open: the soft limit, which Node raises to the hard one when it starts (`PlatformInit` in src/node.cc).
 * Null if it is unknown or unlimited.
 */
export function openFilesLimit(): number | null {
  try {
    const match = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return match ? Number(match[1]) : null
  } catch {
    return null
  }
}

/** With fewer, hakube and other programs fail in the middle of their work. */
export const fewestOpenFiles = 64
