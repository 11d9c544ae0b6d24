import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '../../diagnostics/refusal.ts'
import { type Lock, LockHeldError, takeLock } from '../../files/lock.ts'
import type { Served } from '../../pipeline/served.ts'
import { announce, withdraw } from '../../server/operator.ts'
import { makeStateDirectory, realOrAbsolute, usualDirectory } from '../../state/directory.ts'
import { journalName } from '../../state/journal.ts'
import type { Context } from '../context.ts'

/** Tells other commands where the server of each profile is. */
export type Announcing = {
  /**
   * Takes the directories in which commands look for the servers of these profiles, so that no other server serves them too.
   *
   * @throws Refusal when another server does, or a directory cannot be used
   */
  claim(clusters: Served['clusters']): void
  /** Records the server's address. */
  tell(url: string, clusters: Served['clusters']): Promise<void>
  /** @param withdraws whether the server was announced, perhaps; without, another one may be */
  close(withdraws?: boolean): Promise<void>
}

/**
 * @param directory with the state of the server
 * @param isChosen whether the user or systemd has chosen it: other commands then get it in the same way
 * @param note receives warnings
 */
export function announcing(
  { environment }: Pick<Context, 'environment'>,
  directory: string,
  isChosen: boolean,
  note: (sentence: string) => void,
): Announcing {
  const locks = new Map<string, Lock>()
  const take = (profile: string, own: string): void => {
    makeStateDirectory(own)
    try {
      locks.set(own, takeLock(join(own, 'lock')))
    } catch (fault) {
      if (!(fault instanceof LockHeldError)) throw fault
      throw refusal(
        'serve/state',
        `another server serves ${profile}${fault.holder === null ? '' : ` (${fault.holder})`}`,
        { hint: 'stop that server' },
      )
    }
    if (existsSync(join(own, journalName)))
      note(
        `${profile} had a server of its own, whose state in ${own} is not used: its machines begin as idle; once nobody needs it, remove ${join(own, journalName)}`,
      )
  }
  return {
    claim(clusters) {
      if (isChosen) return
      for (const { profile } of clusters) {
        const own = usualDirectory(profile, environment)
        if (own !== directory && !locks.has(own)) take(profile, own)
      }
    },
    async tell(url, clusters) {
      const profiles = clusters.map(({ profile, name }) => ({
        profile,
        path: realOrAbsolute(profile),
        cluster: name,
      }))
      await announce(directory, url, profiles.length > 1 ? profiles : [], [...locks.keys()])
    },
    async close(withdraws = true) {
      if (withdraws) await Promise.all([directory, ...locks.keys()].map((each) => withdraw(each)))
      for (const lock of locks.values()) lock.release()
    },
  }
}
