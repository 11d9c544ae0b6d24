/** Limits against slow, broken and hostile clients; times in milliseconds. docs/serving.md documents them. */
export type Limits = {
  /** To complete the head of a request: from the start of the connection, or from the end of the previous response. */
  head: number
  /**
   * To complete a TLS handshake, including its wait for the server: when a whole rack enrols at once, that is several seconds, and a
   * client that is cut off would only begin another one.
   */
  handshake: number
  /** For receiving another 128 KiB of a download, or the rest of another response. */
  stall: number
  /** Between two requests on one connection, without any byte. */
  keepAlive: number
  /** For running requests when the server stops. */
  stop: number
  /** Between two log lines about refused connections. */
  refusals: number
  headBytes: number
  connections: number
  connectionsPerClient: number
  requestsPerConnection: number
  /** Assets that may be open at once; each needs a file descriptor and a chunk of memory. */
  openAssets: number
  openAssetsPerClient: number
}

export const defaultLimits: Limits = {
  head: 10_000,
  handshake: 60_000,
  stall: 60_000,
  keepAlive: 5_000,
  stop: 10_000,
  refusals: 10_000,
  headBytes: 8 * 1024,
  connections: 8192,
  // Many machines can share the address of a router; a browser opens six connections.
  connectionsPerClient: 1024,
  requestsPerConnection: 10_000,
  openAssets: 1024,
  // Prevents a single client that reads slowly from blocking all others.
  openAssetsPerClient: 256,
}
