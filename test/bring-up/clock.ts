/*
 * A clock that stands still while someone works and jumps to the next thing that happens. Tasks run one at a time, each until
 * it sleeps or ends, so the same start gives the same course.
 */

export type Clock = {
  /** Seconds since the beginning. */
  now(): number
  /** Lets something happen at that time, at once and in one piece. */
  at(time: number, action: () => void): void
  /** Begins a task now. */
  start(task: () => Promise<void>): void
  /** For tasks only: goes on after that many seconds. */
  sleep(seconds: number): Promise<void>
  /** Lets time pass until nothing is left to happen, `done` says so, or the end. @throws what a task threw */
  run(end: number, done?: () => boolean): Promise<void>
}

/** Something that happens: a task that goes on is told by `resumes`. */
type Event = { time: number; order: number; action: () => void; resumes: boolean }

const earlier = (one: Event, other: Event): boolean =>
  one.time < other.time || (one.time === other.time && one.order < other.order)

/** A binary heap: a rack that waits for a day has a hundred thousand events. */
function queueOfEvents() {
  const heap: Event[] = []
  const swap = (one: number, other: number): void => {
    const event = heap[one]!
    heap[one] = heap[other]!
    heap[other] = event
  }
  return {
    push(event: Event): void {
      let index = heap.push(event) - 1
      while (index > 0) {
        const parent = (index - 1) >> 1
        if (!earlier(heap[index]!, heap[parent]!)) return
        swap(index, parent)
        index = parent
      }
    },
    pop(): Event | undefined {
      const first = heap[0]
      const last = heap.pop()
      if (heap.length === 0 || !last) return first
      heap[0] = last
      for (let index = 0; ;) {
        const [left, right] = [2 * index + 1, 2 * index + 2]
        let least = index
        if (left < heap.length && earlier(heap[left]!, heap[least]!)) least = left
        if (right < heap.length && earlier(heap[right]!, heap[least]!)) least = right
        if (least === index) return first
        swap(index, least)
        index = least
      }
    },
  }
}

export function virtualClock(): Clock {
  const events = queueOfEvents()
  let time = 0
  let order = 0
  let working = 0
  let idle: (() => void) | null = null
  let failure: unknown = null

  const rest = (): void => {
    working -= 1
    if (working === 0) idle?.()
  }
  const push = (at: number, action: () => void, resumes: boolean): void => {
    order += 1
    events.push({ time: Math.max(at, time), order, action, resumes })
  }

  return {
    now: () => time,
    at: (at, action) => push(at, action, false),
    start(task) {
      const begin = (): void => {
        task()
          .catch((error: unknown) => {
            failure ??= error
          })
          .finally(rest)
      }
      push(time, begin, true)
    },
    sleep: (seconds) =>
      new Promise((resolve) => {
        push(time + seconds, resolve, true)
        rest()
      }),
    async run(end, done = () => false) {
      while (!done()) {
        const event = events.pop()
        if (!event || event.time > end) {
          if (event) events.push(event)
          time = Math.max(time, end)
          break
        }
        time = event.time
        if (event.resumes) {
          working += 1
          const idling = new Promise<void>((resolve) => {
            idle = resolve
          })
          event.action()
          await idling
        } else event.action()
        if (failure !== null) throw failure
      }
    },
  }
}
