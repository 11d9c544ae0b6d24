import { setTimeout as wait } from 'node:timers/promises'
import { refusal } from '../../diagnostics/refusal.ts'
import {
  beginWith,
  type Follower,
  followRepository,
  renderAgain,
  shortCommit,
} from '../../pipeline/follow.ts'
import type { RenderAgain } from '../../pipeline/resume.ts'
import type { Served } from '../../pipeline/served.ts'
import type { Followed } from '../../server/followed.ts'
import type { Keeper } from '../../state/keeper.ts'
import type { Context } from '../context.ts'
import { faultMessage } from '../fault-message.ts'
import { printMistakes } from '../report.ts'
import { rescanAssets, type Running, takeSite } from './reload.ts'
import type { OpenedSource } from './repository.ts'

/** A repository that is followed while the server runs. */
export type Following = {
  /** The first site to serve. */
  built: Served
  followed: () => Followed
  /** Renders the site of a commit that was served before, or returns why it can no longer be served. */
  again: RenderAgain
  /**
   * Checks the repository soon.
   *
   * @param again also checks commits that are already known
   */
  wake(again?: boolean): void
  /** Checks the repository periodically until the server is stopped. */
  run(running: Running): Promise<void>
}

/** Minimum milliseconds between two checks, however often they are requested. */
const pause = 1000

function words({ repository, ref, commit, fault }: Followed): string {
  const served = commit === null ? 'nothing' : shortCommit(commit)
  if (fault === null) return `hakube: git: serving ${served} of ${ref} of ${repository}\n`
  const still = commit === null ? '' : `; still serving ${served}`
  return `hakube: git: ${faultWords({ fault })}${still}\n`
}

function faultWords({ fault }: Pick<Followed, 'fault'>): string | null {
  if (!fault) return null
  const about = fault.commit === null ? '' : `commit ${shortCommit(fault.commit)} is not served: `
  return `${about}${fault.text}`
}

function note(keeper: Keeper, { commit, fault }: Followed): void {
  const time = keeper.now()
  if (fault) keeper.note({ type: 'followed', time, commit: fault.commit, fault: fault.text })
  else keeper.note({ type: 'followed', time, commit })
}

/**
 * Begins to follow a repository, with the commit that was served last, or else with the latest one of the branch.
 *
 * @throws Refusal when nothing can be served
 */
export async function startFollowing(
  context: Context,
  source: OpenedSource,
  build: (commit: string) => Promise<Served>,
): Promise<Following> {
  const { stderr, signals } = context
  const { stop } = signals
  const begin = await beginWith(source, build)
  // Even if this commit is not served now, the next one has to contain it.
  const floor = await source.mirror.kept()
  let first = begin?.built ?? null
  let running: Running | null = null
  const follower: Follower = followRepository(
    source,
    {
      build,
      async take(built) {
        if (!running) first = built
        else if (built.site) {
          await rescanAssets(context, running, built.loaded)
          await takeSite(running, { ...built, site: built.site })
        }
        return running?.server.keptCommits() ?? null
      },
      changed(followed, built) {
        if (built) stderr.write(printMistakes([built], stderr.colour))
        stderr.write(words(followed))
        if (!running) return
        note(running.state.keeper, followed)
        running.server.keptSite(faultWords(followed))
      },
      now: () => new Date().toISOString(),
      stop,
    },
    begin?.commit ?? null,
    floor,
  )
  if (!first) await follower.look()
  stop.throwIfAborted()
  if (!first)
    throw refusal(
      'serve/repository',
      `nothing to serve: ${follower.followed().fault?.text ?? 'the repository holds no site'}`,
      { hint: 'correct it in the repository; a server that has served a commit once keeps serving that one' },
    )
  let wanted: 'look' | 'again' | null = begin ? 'look' : null
  let sleeping: AbortController | null = null
  return {
    built: first,
    followed: () => follower.followed(),
    again: (commit) => renderAgain(source, build, commit, stop),
    wake(again = false) {
      wanted = again || wanted === 'again' ? 'again' : 'look'
      sleeping?.abort()
    },
    async run(now) {
      running = now
      note(running.state.keeper, follower.followed())
      if (follower.followed().fault) running.server.keptSite(faultWords(follower.followed()))
      while (!stop.aborted) {
        if (wanted === null) {
          sleeping = new AbortController()
          await wait(source.interval * 1000, undefined, {
            signal: AbortSignal.any([stop, sleeping.signal]),
          }).catch(() => {})
        }
        const again = wanted === 'again'
        wanted = null
        try {
          await follower.look(again)
        } catch (fault) {
          stderr.write(faultMessage(fault, context.version))
        }
        await wait(pause, undefined, { signal: stop }).catch(() => {})
      }
    },
  }
}
