import type { Cluster } from '../cluster/cluster.ts'
import { neededAssets } from '../site/needed-assets.ts'
import { assetAddress } from '../cluster/asset-address.ts'
import { count } from '../text/count.ts'
import { shortDuration } from '../text/duration.ts'
import type { BootMeans } from './examine-boot.ts'
import { errorFinding, type Finding, warningFinding } from './finding.ts'
import { ask } from './http.ts'
import { offsetTo } from './time.ts'

/** The maximum clock difference: certificates and tokens are only valid for a time. */
const mostSeconds = 60

const turns = 8

/** Runs work on the items of a list, some at a time, and keeps the order. */
async function inTurns<Item, Result>(
  list: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let at = 0; at < list.length; at += turns)
    results.push(...(await Promise.all(list.slice(at, at + turns).map(work))))
  return results
}

function judgeClock(whose: string, seconds: number): Finding[] {
  if (Math.abs(seconds) <= mostSeconds) return []
  const difference = shortDuration(Math.abs(seconds))
  return [
    warningFinding(
      'doctor/clock',
      null,
      `the clock of this host is ${difference} ${seconds > 0 ? 'behind' : 'ahead of'} that of ${whose}`,
      'set the clock: to machines with a different time, certificates seem expired or not yet valid',
    ),
  ]
}

/**
 * Requests from the server what machines will request. This changes nothing: a machine's own files are requested by HEAD, which does not
 * count as fetching them.
 */
export async function examineServer(cluster: Cluster, means: BootMeans): Promise<Finding[]> {
  const { server } = cluster
  const script = means.scripts.find(({ path }) => path === 'boot.ipxe')
  const answer = await ask(`${server}/boot.ipxe`, 'GET', means)
  if ('fault' in answer || answer.status !== 200)
    return [
      errorFinding(
        'doctor/no-server',
        null,
        `${server} does not serve boot.ipxe: ${'fault' in answer ? answer.fault : `status ${answer.status}`}`,
        'start hakube serve with the address that server of the profile names, and allow it in the firewall',
      ),
    ]
  const findings: Finding[] = []
  if (script && !script.isLike(answer.body))
    findings.push(
      warningFinding(
        'doctor/other-site',
        null,
        `${server} serves another profile, or another version of this one`,
        'serve this profile; a running server reads it again at SIGHUP',
      ),
    )
  if (answer.date !== null) findings.push(...judgeClock(server, (answer.date - Date.now()) / 1000))
  const machines = cluster.machines.flatMap(({ name, macs }) => macs.map((mac) => ({ name, mac })))
  const known = await inTurns(machines, async ({ name, mac }) => {
    const { status } = { status: 0, ...(await ask(`${server}/ipxe/${mac}`, 'HEAD', means)) }
    return status === 200
      ? []
      : [
          errorFinding(
            'doctor/unknown-machine',
            name,
            `${server} has no boot script for the machine`,
            'serve the profile that has the machine; a running server reads it again at SIGHUP',
          ),
        ]
  })
  const assets = neededAssets(cluster)
  const missing = await inTurns(assets, async ({ path, what, source }) => {
    const address = assetAddress(cluster, path)
    const found = await ask(address, 'HEAD', means)
    const fault =
      'fault' in found
        ? found.fault
        : found.status !== 200
          ? `status ${found.status}`
          : found.length === 0
            ? 'it is empty'
            : null
    return fault === null
      ? []
      : [
          errorFinding(
            'doctor/missing-file',
            null,
            `machines will ask for ${address} (${what}): ${fault}`,
            `put it below the assets directory of hakube serve; it comes from ${source}`,
          ),
        ]
  })
  findings.push(...known.flat(), ...missing.flat())
  if (findings.length === 0)
    means.say(
      `${server} knows ${count(cluster.machines.length, 'machine')} and has ${count(assets.length, 'file')} that they fetch`,
    )
  return findings
}

/** Queries the time servers of the machines. */
export async function examineTime(
  { machines }: Cluster,
  { say }: Pick<BootMeans, 'say'>,
): Promise<Finding[]> {
  const findings = await Promise.all(
    [...new Set(machines.flatMap(({ system }) => system.timeServers))].map(async (host) => {
      const offset = await offsetTo(host)
      if (offset === null)
        return [
          warningFinding(
            'doctor/time-server',
            null,
            `the time server ${host} does not answer this host`,
            'machines wait for the time at their first boot: set network.timeServers to servers that they can reach',
          ),
        ]
      const judged = judgeClock(host, offset)
      if (judged.length === 0) say(`${host} has the time`)
      return judged
    }),
  )
  return findings.flat()
}
