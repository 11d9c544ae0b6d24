import type { Keeper, KnownMachine } from '../../state/keeper.ts'
import type { Alarm } from './schemas.ts'

/** The alarms of all machines. `hakube arm` ends those of a machine. */
export function alarmsOf(keeper: Keeper, machines: readonly KnownMachine[]): Alarm[] {
  return machines.flatMap((known) => {
    const { mac, name } = known
    const { alarm, key } = keeper.machine(known)
    const about = { machine: name, mac }
    const alarms: Alarm[] = []
    for (const event of keeper.history(mac))
      if (event.type === 'enrolled' && event.expected !== undefined)
        alarms.push({
          ...about,
          time: event.time,
          kind: 'other-address',
          words: `it enrolled from ${event.from}, and the profile says ${event.expected}; its key is ${event.key}`,
        })
    if (alarm)
      alarms.push({
        ...about,
        time: alarm.time,
        kind: 'two-keys',
        words: `two keys were presented for it, so it gets nothing: first ${key}, then ${alarm.key} from ${alarm.from}`,
      })
    return alarms
  })
}
