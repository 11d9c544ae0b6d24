/** Connections that were refused for one reason. */
export type Refused = {
  /** Why, as the end of a sentence. */
  reason: string
  count: number
  /** Whose the last one was. */
  client: string
}

export type Refusals = {
  /** How many there were since the start. */
  total(): number
  add(reason: string, client: string): void
  /** Tells what has not been told yet. */
  flush(): void
}

/**
 * Tells of refused connections without filling the disk: of the first at once, of those that follow together, once in a
 * while. Reasons are few; clients can be many.
 */
export function tellRefusals(pause: number, tell: (refused: Refused) => void): Refusals {
  const untold = new Map<string, Refused>()
  let timer: NodeJS.Timeout | null = null
  let total = 0
  const flush = (): void => {
    for (const refused of untold.values()) tell(refused)
    untold.clear()
  }
  const again = (): void => {
    timer = setTimeout(() => {
      timer = null
      if (untold.size === 0) return
      flush()
      again()
    }, pause).unref()
  }
  return {
    total: () => total,
    add(reason, client) {
      total++
      untold.set(reason, { reason, client, count: (untold.get(reason)?.count ?? 0) + 1 })
      if (timer !== null) return
      flush()
      again()
    },
    flush() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      flush()
    },
  }
}
