import { readFileSync } from 'node:fs'

/**
 * How many files this process may have open: the soft limit, which Node itself has raised to the hard one at its start (`PlatformInit` in
 * src/node.cc). Null where the system does not say, or has no bound.
 */
export function openFilesLimit(): number | null {
  try {
    const match = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return match ? Number(match[1]) : null
  } catch {
    return null
  }
}

/** With fewer, programs of ours and of others end in the midst of something. */
export const fewestOpenFiles = 64
