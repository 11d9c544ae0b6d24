import { keepLive, type Live } from './live.ts'
import { keepSessions, type Sessions } from './session.ts'

/** What the pages of a server have in common. */
export type PageState = {
  sessions: Sessions
  live: Live
  /** Whether a reader from elsewhere may have a page now. */
  takeTurn(): boolean
}

/** Pages for readers from elsewhere, in a second. */
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
