import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const readByOthers = 0o004
const enterByOthers = 0o001

/** Whether every user of this machine may read a file. Then it is not secret to machines in the network either. */
export const isForAll = ({ mode }: { mode: number | bigint }): boolean => (Number(mode) & readByOthers) !== 0

const mayEnter = ({ mode }: Stats): boolean => (mode & enterByOthers) !== 0

/**
 * Whether everyone may enter a directory and all directories above it, up to `top`. `top` itself does not count: the user
 * chose it, and it is often in a private home directory.
 */
export function openToAll(top: string): (directory: string) => Promise<boolean> {
  const known = new Map<string, boolean>([[top, true]])
  const isOpen = async (directory: string): Promise<boolean> => {
    const before = known.get(directory)
    if (before !== undefined) return before
    const open = mayEnter(await stat(directory)) && (await isOpen(dirname(directory)))
    known.set(directory, open)
    return open
  }
  return isOpen
}
