import type { FetchedKind } from '../state/events.ts'

/** The purpose of a request. The set is small and contains no text from clients, because it labels metrics. */
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

/** Answers, counted since the start of the server. */
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

/** The state of the server itself. */
export type Vitals = {
  readonly tally: Tally
  /** Version of hakube; empty if unknown. */
  readonly version: string
  /** When the current site was made. */
  siteSince: Date
  /** Why the last reload failed and the previous site stayed, as a sentence; null if it succeeded. */
  reloadFault: string | null
  /** The number of open connections. */
  connections: () => number
  /** The number of refused connections. */
  refused: () => number
}
