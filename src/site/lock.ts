import { Refusal } from '../diagnostics/refusal.ts'
import { error } from '../diagnostics/diagnostic.ts'
import { type Lock, LockHeldError, takeLock as take } from '../files/lock.ts'

/**
 * Prevents concurrent renders.
 *
 * @throws Refusal when a running process holds the lock
 */
export function takeLock(file: string, directory: string): Lock {
  try {
    return take(file)
  } catch (fault) {
    if (!(fault instanceof LockHeldError)) throw fault
    const who = fault.holder === null ? '' : ` (${fault.holder})`
    throw new Refusal([
      error('output/locked', `another hakube process is writing to ${directory}${who}`, {
        hint: 'wait until it has finished, then run this again',
      }),
    ])
  }
}
