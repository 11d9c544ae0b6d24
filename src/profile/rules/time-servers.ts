import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { parseAddress } from '../../network/addresses.ts'
import { isHostName } from '../../text/host-and-port.ts'
import { freeAddress } from '../free-address.ts'
import type { Profile } from '../schema.ts'
import { timeServerName, type ProfileTimeServer } from '../schema-time.ts'
import type { Rule } from './rule.ts'

/** Time servers: whether machines can reach them, and whether chronyd accepts their options. */
export const timeServerRules: Rule = ({ profile }) => {
  const first = new Map<string, Path>()
  return (profile.network.timeServers ?? []).flatMap((item, index): Diagnostic[] => {
    const wrong = checkKind(item, ['network', 'timeServers', index])
    if (wrong.length > 0) return wrong
    const { text, path: below } = timeServerName(item)
    const path: Path = ['network', 'timeServers', index, ...below]
    const earlier = first.get(text)
    first.set(text, earlier ?? path)
    return [
      ...checkName(profile, text, path),
      ...(earlier
        ? [
            warning('address/name-server-twice', `${text} is in this list twice`, {
              hint: 'remove one',
              path,
              related: [{ path: earlier, message: 'first written here' }],
            }),
          ]
        : []),
      ...(typeof item === 'string' ? [] : checkPolls(item, ['network', 'timeServers', index])),
    ]
  })
}

/** Either server or pool, and options that only a pool has. */
function checkKind(item: ProfileTimeServer, path: Path): Diagnostic[] {
  if (typeof item === 'string') return []
  const { server, pool, maxSources } = item
  if ((server === undefined) === (pool === undefined)) {
    const message = server === undefined ? 'this time server has no name' : 'this is both a server and a pool'
    return [error('address/time-server', message, { hint: 'write one of server and pool', path })]
  }
  if (pool !== undefined || maxSources === undefined) return []
  return [
    error('address/time-server', 'one server is one source: maxSources is for pools', {
      hint: 'remove it, or write pool in place of server',
      path: [...path, 'maxSources'],
      onKey: true,
    }),
  ]
}

function checkName(profile: Profile, text: string, path: Path): Diagnostic[] {
  if (/^localhost(?:\.|$)/i.test(text))
    return [
      error(
        'address/reserved',
        `the time server ${text} is each machine itself, so machines cannot query it`,
        {
          hint: 'write the address of the time server',
          path,
          source: 'https://www.rfc-editor.org/rfc/rfc6761#section-6.3',
        },
      ),
    ]
  const machine = profile.machines.find(({ name, address }) => text === name || text === address)
  if (machine && !opensTime(profile))
    return [
      error(
        'address/reserved',
        `the time server ${text} is ${machine.name}, whose chrony does not serve time`,
        {
          hint: 'write a time server outside of the cluster; machines of the cluster have no time before they are installed',
          path,
          source: 'chrony.conf(5), allow',
        },
      ),
    ]
  if (parseAddress(text) || (isHostName(text) && !/^[\d.]+$/.test(text))) return []
  const { gateway } = profile.network
  return [
    error('address/time-server', `${JSON.stringify(text)} is neither a host name nor an address`, {
      hint: `write e.g. pool.ntp.org or ${parseAddress(gateway) ? gateway : (freeAddress(profile) ?? '10.10.10.1')}`,
      path,
    }),
  ]
}

/** A profile that opens the port of NTP has a time server there. */
const opensTime = ({ firewall }: Profile): boolean =>
  firewall === false || JSON.stringify(firewall ?? null).includes('123')

/** chronyd raises a maxpoll that is smaller than the minpoll (NCR_CreateInstance in ntp_core.c); the defaults are 6 and 10. */
function checkPolls(
  { minPoll, maxPoll }: { minPoll?: number | undefined; maxPoll?: number | undefined },
  path: Path,
): Diagnostic[] {
  const [low, high] = [minPoll ?? 6, maxPoll ?? 10]
  if (low <= high) return []
  return [
    warning(
      'address/time-server',
      `chrony takes the larger of the two for both: minPoll is ${low} and maxPoll ${high}${minPoll === undefined || maxPoll === undefined ? ' (the default of the one that is missing)' : ''}`,
      {
        hint:
          minPoll === undefined
            ? `also write minPoll: ${high}`
            : maxPoll === undefined
              ? `also write maxPoll: ${low}`
              : `write minPoll: ${high} and maxPoll: ${low}`,
        path: [...path, minPoll === undefined ? 'maxPoll' : 'minPoll'],
        source: 'chrony.conf(5)',
      },
    ),
  ]
}
