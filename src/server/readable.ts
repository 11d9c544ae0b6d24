import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const readByOthers = 0o004
const enterByOthers = 0o001

/** Whether every user of this machine may read it. Then it is not a secret for machines in the network either. */
export const isForAll = ({ mode }: { mode: number | bigint }): boolean => (Number(mode) & readByOthers) !== 0

const mayEnter = ({ mode }: Stats): boolean => (mode & enterByOthers) !== 0

/**
 * Says of a directory whether everybody may go into it and into all above it, up to the top. The top itself was named by the user, who
 * means what is in it; often it is below a home that is closed.
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
