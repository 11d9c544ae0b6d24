/** Bounds against slow, broken and hostile clients; times in milliseconds. docs/serving.md tells them to users. */
export type Limits = {
  /** To the end of a request's head: from the start of the connection, or from the end of the response before. */
  head: number
  /** In which a client has to take 128 KiB more of a download, or the rest of another response. */
  stall: number
  /** Between two requests on one connection, without a byte. */
  keepAlive: number
  /** That running requests have when the server stops. */
  stop: number
  /** Between two log lines about refused connections. */
  refusals: number
  headBytes: number
  connections: number
  connectionsPerClient: number
  requestsPerConnection: number
  /** Assets that are open at once; each takes a file descriptor and a chunk of memory. */
  openAssets: number
  openAssetsPerClient: number
}

export const defaultLimits: Limits = {
  head: 10_000,
  stall: 60_000,
  keepAlive: 5_000,
  stop: 10_000,
  refusals: 10_000,
  headBytes: 8 * 1024,
  connections: 8192,
  // Many machines can sit behind one router; a browser takes six.
  connectionsPerClient: 1024,
  requestsPerConnection: 10_000,
  openAssets: 1024,
  // So that no single client, reading slowly, keeps all others from theirs.
  openAssetsPerClient: 256,
}
