import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { text } from './schema-parts.ts'

/** chrony.conf(5): the interval is 2 to this power, in seconds. */
const poll = (description: string) =>
  z
    .int()
    .min(-7)
    .max(24)
    .meta({ description: `${description}, as a power of 2 in seconds.` })
    .optional()

const TimeServer = z
  .strictObject({
    server: text('Name or address of one server.', 'ntp1.example.com').optional(),
    pool: text('Name that stands for many servers.', 'pool.ntp.org').optional(),
    maxSources: z
      .int()
      .min(1)
      .max(16)
      .meta({ description: "How many servers of a pool are used (default: 4, chrony's own)." })
      .optional(),
    iburst: z
      .boolean()
      .meta({
        description: `Send a burst of requests at startup, so that the clock is set quickly. ${byDefault('iburst')}`,
      })
      .optional(),
    prefer: z.boolean().meta({ description: 'Prefer it to servers without this option.' }).optional(),
    minPoll: poll("Shortest time between two questions (default: 6, chrony's own)"),
    maxPoll: poll("Longest time between two questions (default: 10, chrony's own)"),
  })
  .meta({ description: 'A server or a pool with options of chrony.conf(5): one of server and pool.' })

/** The time sources of machines: the name of a server, or a server or pool with options. */
export const TimeServers = z
  .array(z.union([text('Name or address of a server.', '10.10.10.1'), TimeServer]))
  .min(1)
  .meta({ description: `NTP servers and pools. ${byDefault('timeServers')}` })

export type ProfileTimeServer = z.infer<typeof TimeServers>[number]

/** The name or address, and its path below the item; empty if there is none, which a rule reports. */
export function timeServerName(item: ProfileTimeServer): { text: string; path: readonly string[] } {
  if (typeof item === 'string') return { text: item, path: [] }
  return item.pool === undefined
    ? { text: item.server ?? '', path: ['server'] }
    : { text: item.pool, path: ['pool'] }
}
