import { printable } from '../diagnostics/excerpt.ts'
import { GitError } from '../files/git.ts'
import type { Mirror } from '../files/mirror.ts'
import type { Followed, FollowFault } from '../server/followed.ts'
import type { ServedSite } from '../server/served-site.ts'
import type { Served } from './served.ts'

/** The repository to follow, and the requirements for its commits. */
export type Source = {
  mirror: Mirror
  /** The address of the repository, for display. */
  repository: string
  ref: string
  /** File of allowed signers; null if commits need no signature. */
  signers: string | null
  /** Whether a commit may be served that does not contain the previous one. */
  mayRewind: boolean
}

export type FollowMeans = {
  /** Renders a commit. Throws only for bugs in hakube. */
  build: (commit: string) => Promise<Served>
  /**
   * Serves a rendered site.
   *
   * @returns the other commits from which machines are still being installed; null if that is not known yet
   */
  take: (built: Served, commit: string) => Promise<readonly string[] | null>
  /** Called at each change of what is served, or of what is wrong. */
  changed: (followed: Followed, built: Served | null) => void
  now: () => string
  stop: AbortSignal
}

export type Follower = {
  followed(): Followed
  /**
   * Checks for another commit, and serves it if it is good.
   *
   * @param again also checks commits that were checked before, because a key or the file of signers may have changed
   */
  look(again?: boolean): Promise<void>
}

export const shortCommit = (commit: string): string => commit.slice(0, 12)

const mostWords = 500

/** The error of a commit and its position, on one line. */
function faultOf({ diagnostics, loaded }: Served): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (!first) return 'it cannot be rendered'
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see the log)` : ''
  const at = first.position ?? (first.path && loaded?.locate(first.path))
  const place = at ? `${at.file}:${at.line}: ` : loaded ? `${loaded.file}: ` : ''
  return `${place}${first.code}: ${first.message}${more}`
}

/** Why a commit may not be served, before it is read; null if it may. */
async function refusalOf(
  { mirror, ref, signers, mayRewind }: Source,
  commit: string,
  before: string | null,
): Promise<string | null> {
  if (before !== null && !mayRewind && !(await mirror.contains(commit, before)))
    return (
      `${ref} was rewritten: ${shortCommit(commit)} does not contain ${shortCommit(before)}, which is served; ` +
      'if it is meant, start the server with --allow-rewrite'
    )
  if (signers === null) return null
  try {
    await mirror.verify(commit, signers)
    return null
  } catch (fault) {
    if (!(fault instanceof GitError) || fault.reason === 'missing') throw fault
    return `it is not signed by anyone in ${signers}`
  }
}

/**
 * Follows a repository. Checks run one after the other: a caller waits for the previous one. A bad commit is reported once, and the good
 * site stays.
 *
 * @param served the commit that is already served
 * @param floor the last commit that any run served: unless rewriting is allowed, nothing older is accepted, even if it is not served now
 */
export function followRepository(
  source: Source,
  means: FollowMeans,
  served: string | null,
  floor: string | null = null,
): Follower {
  const { mirror, repository, ref } = source
  const { now, stop } = means
  let state: Followed = {
    repository,
    ref,
    commit: served,
    since: served === null ? null : now(),
    checked: null,
    fault: null,
  }
  const fail = (commit: string | null, words: string, built: Served | null): void => {
    const text = printable(words.replaceAll(/\s+/g, ' ')).slice(0, mostWords)
    const { fault } = state
    if (fault?.commit === commit && fault.text === text) return
    const told: FollowFault = { time: now(), commit, text }
    state = { ...state, fault: told }
    means.changed(state, built)
  }
  /**
   * A site was taken, perhaps partially, and something after it failed: which one is served is unknown until another is taken completely.
   */
  let unsettled = false
  const lookOnce = async (again: boolean): Promise<void> => {
    let commit: string
    try {
      commit = await mirror.fetch(stop)
    } catch (fault) {
      if (stop.aborted) return
      if (!(fault instanceof GitError)) throw fault
      return fail(null, `cannot fetch ${ref}: ${fault.message}`, null)
    }
    state = { ...state, checked: now() }
    const known = !unsettled && (commit === state.commit || commit === state.fault?.commit)
    if (known && !again) {
      // The repository could not be fetched for a while, or a bad commit was reverted.
      if (commit === state.commit && state.fault) {
        state = { ...state, fault: null }
        means.changed(state, null)
      }
      return
    }
    try {
      const refusal = await refusalOf(source, commit, state.commit ?? floor)
      if (refusal !== null) return fail(commit, refusal, null)
      const built = await means.build(commit)
      if (!built.site) return fail(commit, faultOf(built), built)
      const inUse = await means.take(built, commit)
      await mirror.keep(commit, inUse)
      unsettled = false
      state = { ...state, commit, since: now(), fault: null }
      means.changed(state, built)
    } catch (fault) {
      if (stop.aborted) return
      unsettled = true
      fail(commit, fault instanceof Error ? fault.message : String(fault), null)
    }
  }
  let turn: Promise<void> = Promise.resolve()
  return {
    followed: () => state,
    look(again = false) {
      const mine = turn.then(() => (stop.aborted ? undefined : lookOnce(again)))
      turn = mine.catch(() => {})
      return mine
    },
  }
}

/**
 * The site of the commit that was served last, so that a server that restarts while the repository is unreachable, or contains a bad
 * commit, serves what it did before.
 *
 * @returns null if there is none, or it can no longer be served
 */
export async function beginWith(
  source: Source,
  build: FollowMeans['build'],
): Promise<{ commit: string; built: Served } | null> {
  const commit = await source.mirror.kept()
  if (commit === null || (await refusalOf(source, commit, null)) !== null) return null
  const built = await build(commit)
  return built.site ? { commit, built } : null
}

/**
 * Renders a commit that was served before, because machines may have begun with it.
 *
 * @returns its site, or why it can no longer be served, on one line
 * @throws the reason of `stop` once it is aborted
 */
export async function renderAgain(
  source: Source,
  build: FollowMeans['build'],
  commit: string,
  stop: AbortSignal,
): Promise<ServedSite | { refusal: string }> {
  try {
    if (!(await source.mirror.has(commit)))
      return { refusal: 'the copy of the repository no longer contains it' }
    const refusal = await refusalOf(source, commit, null)
    if (refusal !== null) return { refusal }
    const built = await build(commit)
    return built.site ?? { refusal: faultOf(built) }
  } catch (fault) {
    stop.throwIfAborted()
    // Any error, because other machines wait for this server.
    return { refusal: fault instanceof Error ? fault.message : String(fault) }
  }
}
