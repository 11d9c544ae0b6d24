// A whole rack that is powered on at once: how long its machines wait, and how much the server needs for it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { inNamespace } from '../storm/namespace.mjs'
import { machinesOf, writeAssets } from '../storm/prepare.mjs'
import { cli, environment, has, profileFile, row, seconds, work } from './measure.mjs'
import { profileOf } from './profile.mjs'

export async function storm(count) {
  const what = `storm: ${count} machines at once, from boot script to ready`
  if (process.getuid() !== 0 || !has('unshare') || !has('ip')) return row(what, 'not run: needs root and ip')
  const directory = join(work, 'storm')
  mkdirSync(directory)
  writeAssets(directory)
  const result = await inNamespace(
    {
      cli,
      profile: profileFile(count),
      directory,
      server: 'http://10.20.0.5:8080',
      machines: machinesOf(profileOf(count)),
      atOnce: count,
      kills: 0,
      keepSecrets: false,
    },
    environment,
  )
  const faults = result.machines.flatMap(({ fault }) => fault ?? [])
  if (faults.length > 0) throw new Error(`${faults.length} machines failed, such as ${faults[0]}`)
  const times = result.machines.map(({ milliseconds }) => milliseconds).toSorted((one, other) => one - other)
  const repeated = result.machines.reduce((sum, machine) => sum + machine.repeated, 0)
  row(
    what,
    `all; slowest ${seconds(times.at(-1))}, 99 % within ${seconds(times[Math.floor(times.length * 0.99)])}, ${repeated} requests repeated`,
    'no failure',
  )
  row(`storm: the server`, `${result.serverSeconds.toFixed(1)} s of one core, peak ${result.megabytes} MB`)
  // The simulated machines take most of the time on a small machine.
  const share = (100 * result.serverSeconds) / (result.milliseconds / 1000)
  row(`storm: its share of one core meanwhile`, `${share.toFixed(0)} %`)
}
