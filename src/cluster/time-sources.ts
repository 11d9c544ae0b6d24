import type { Distribution } from '../distributions/distribution.ts'
import { defaults } from '../profile/defaults.ts'
import { timeServerName, type ProfileTimeServer } from '../profile/schema-time.ts'

/** A line of chrony.conf(5). */
export type TimeSource = { directive: 'server' | 'pool'; name: string; options: readonly string[] }

/** chrony's time sources. A name in a distribution's pool stands for many servers, so it becomes a `pool`. */
export function timeSources(
  given: readonly ProfileTimeServer[],
  { defaultTimeServers }: Pick<Distribution, 'defaultTimeServers'>,
): TimeSource[] {
  const isDefault = given.every((item) => typeof item === 'string' && defaultTimeServers.includes(item))
  return given.map((item): TimeSource => {
    if (typeof item === 'string')
      return {
        directive: isDefault ? 'pool' : 'server',
        name: item,
        options: defaults.iburst ? ['iburst'] : [],
      }
    const { minPoll, maxPoll } = item
    const options = [
      ...((item.iburst ?? defaults.iburst) ? ['iburst'] : []),
      ...(minPoll === undefined ? [] : [`minpoll ${minPoll}`]),
      ...(maxPoll === undefined ? [] : [`maxpoll ${maxPoll}`]),
      ...(item.prefer ? ['prefer'] : []),
    ]
    const { text: name } = timeServerName(item)
    if (item.pool === undefined) return { directive: 'server', name, options }
    const most = item.maxSources === undefined ? [] : [`maxsources ${item.maxSources}`]
    return { directive: 'pool', name, options: [...options, ...most] }
  })
}
