/** Bounds against slow, broken and hostile clients; times in milliseconds. */
export type Limits = {
  /** From the first byte of a request to the end of its head. */
  head: number
  /** To the end of the whole request. */
  request: number
  /** Without a byte in either direction, during a download too. */
  stall: number
  /** Between two requests on one connection. */
  keepAlive: number
  /** That running requests have when the server stops. */
  stop: number
  headBytes: number
  connections: number
  connectionsPerClient: number
  requestsPerConnection: number
  /** Assets that are open at once; each takes a file descriptor and a chunk of memory. */
  openAssets: number
}

export const defaultLimits: Limits = {
  head: 10_000,
  request: 15_000,
  stall: 60_000,
  keepAlive: 5_000,
  stop: 10_000,
  headBytes: 8 * 1024,
  connections: 8192,
  // Many machines can sit behind one router; a browser takes six.
  connectionsPerClient: 1024,
  requestsPerConnection: 10_000,
  openAssets: 1024,
}
