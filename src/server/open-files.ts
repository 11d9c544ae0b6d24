import { defaultLimits, type Limits } from './limits.ts'

/** Descriptors for the event loop, streams, and reloads, which open files of the profile and pipes of git. */
const own = 48

/** The maximum that `defaultLimits` needs. */
const wanted = own + defaultLimits.connections + defaultLimits.openAssets

export type Fitted = Pick<Limits, 'connections' | 'openAssets'> & { warning: string | null }

/**
 * Limits that fit the file descriptors of this process. Without a free descriptor, the system refuses connections unnoticed; within these
 * limits, hakube refuses them with a log line.
 */
export function fitToOpenFiles(limit: number | null): Fitted {
  const { connections, openAssets } = defaultLimits
  if (limit === null || limit >= wanted) return { connections, openAssets, warning: null }
  const room = Math.max(limit - own, 9)
  const fewerAssets = Math.max(1, Math.min(openAssets, Math.floor(room / 9)))
  const fewer = Math.min(connections, room - fewerAssets)
  const warning =
    `this process may open ${limit} files, so it accepts ${fewer} connections and ${fewerAssets} concurrent downloads, ` +
    `not ${connections} and ${openAssets}; to raise the limit: ulimit -n ${wanted}, or LimitNOFILE=${wanted} in a systemd unit`
  return { connections: fewer, openAssets: fewerAssets, warning }
}
