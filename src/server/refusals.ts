/** Connections that were refused for one reason. */
export type Refused = {
  /** The reason, as the end of a sentence. */
  reason: string
  count: number
  /** Address of the last client. */
  client: string
}

export type Refusals = {
  /** The number of refusals since the start. */
  total(): number
  add(reason: string, client: string): void
  /** Reports refusals that were not reported yet. */
  flush(): void
}

/**
 * Reports refused connections without flooding the log: the first one immediately, later ones combined at intervals. There are few
 * reasons, but possibly many clients.
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
