import { error } from '../diagnostics/diagnostic.ts'
import { type Lock, LockHeldError, takeLock as take } from '../files/lock.ts'
import { SiteError } from './site-error.ts'

/**
 * One render at a time.
 *
 * @throws SiteError when another process that lives holds the lock
 */
export function takeLock(file: string, directory: string): Lock {
  try {
    return take(file)
  } catch (fault) {
    if (!(fault instanceof LockHeldError)) throw fault
    const who = fault.holder === null ? '' : ` (${fault.holder})`
    throw new SiteError([
      error('output/locked', `another render is writing to ${directory}${who}`, {
        hint: 'wait until it is done, then run this again',
      }),
    ])
  }
}
