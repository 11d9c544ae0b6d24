import { defaultLimits, type Limits } from './limits.ts'

/** Event loop, streams, and what a reload opens: files of the profile, pipes of git. */
const own = 48

/** What `defaultLimits` can take. */
const wanted = own + defaultLimits.connections + defaultLimits.openAssets

export type Fitted = Pick<Limits, 'connections' | 'openAssets'> & { warning: string | null }

/**
 * Limits that this process can keep. Without room for another file the system refuses connections where nobody hears of it; below
 * these limits they are refused with a log line.
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
