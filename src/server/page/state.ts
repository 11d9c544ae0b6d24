import { keepLive, type Live } from './live.ts'
import { keepSessions, type Sessions } from './session.ts'

/** State that the pages of a server share. */
export type PageState = {
  sessions: Sessions
  live: Live
  /** Whether a remote reader may have a page now. */
  takeTurn(): boolean
}

/** Pages per second for remote readers. */
const mostPerSecond = 20

export function makePageState(now: () => number = () => performance.now()): PageState {
  let begin = 0
  let count = 0
  return {
    sessions: keepSessions(),
    live: keepLive(),
    takeTurn() {
      if (now() - begin >= 1000) {
        begin = now()
        count = 0
      }
      count++
      return count <= mostPerSecond
    },
  }
}
