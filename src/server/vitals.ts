import type { FetchedKind } from '../state/events.ts'

/** What a request was for. Few, and never a name that a client has chosen: they label metrics. */
export type RequestKind =
  | FetchedKind
  | 'site-file'
  | 'asset'
  | 'health'
  | 'metrics'
  | 'api'
  | 'page'
  | 'report'
  | 'unknown'

/** What was answered, counted since the start of the server. */
export type Tally = {
  count(kind: RequestKind, status: number, bytes: number, aborted: boolean): void
  requests(): { kind: RequestKind; status: number; count: number }[]
  bytes(): { kind: RequestKind; count: number }[]
  aborted(): number
}

export function makeTally(): Tally {
  const requests = new Map<RequestKind, Map<number, number>>()
  const sent = new Map<RequestKind, number>()
  let broken = 0
  return {
    count(kind, status, bytes, aborted) {
      const ofKind = requests.get(kind) ?? new Map<number, number>()
      requests.set(kind, ofKind)
      ofKind.set(status, (ofKind.get(status) ?? 0) + 1)
      sent.set(kind, (sent.get(kind) ?? 0) + bytes)
      if (aborted) broken++
    },
    requests: () =>
      [...requests].flatMap(([kind, ofKind]) =>
        [...ofKind].map(([status, count]) => ({ kind, status, count })),
      ),
    bytes: () => [...sent].map(([kind, count]) => ({ kind, count })),
    aborted: () => broken,
  }
}

/** How the server itself is. */
export type Vitals = {
  readonly tally: Tally
  /** Version of hakube; empty where nobody has said it. */
  readonly version: string
  /** When the site that is served was made. */
  siteSince: Date
  /** Why the last reload has kept the site that was there before, in a sentence; null when it has not. */
  reloadFault: string | null
  /** Connections that are open. */
  connections: () => number
  /** Connections that were refused. */
  refused: () => number
}
