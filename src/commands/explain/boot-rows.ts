import { assetsToBoot } from '../../boot/booted-files.ts'
import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { installerOf } from '../../installers/index.ts'
import { answersAddress } from '../../installers/installer.ts'
import { defaultOf } from '../../profile/defaults.ts'
import type { LineOf, Origin, Row } from './row.ts'

/** How a machine is installed and what it fetches for that: addresses on the server, and files of `assets/` with their sources. */
export function bootRows(cluster: Cluster, machine: Machine, lineOf: LineOf): Row[] {
  const [mac] = machine.macs
  const { answers } = installerOf(machine)
  const server = lineOf(['server'])
  const fromServer: Origin = server
    ? { kind: 'profile', ...server }
    : { kind: 'default', reason: 'address of hakube serve' }
  const { system, systemFrom } = machine
  const distribution = lineOf(systemFrom.distribution)
  const install = systemFrom.install && lineOf(systemFrom.install)
  const usual: Origin = {
    kind: 'default',
    reason: defaultOf.install.of(system.distribution).reason,
  }
  return [
    {
      name: 'system',
      value: system.distribution.title,
      origin: distribution ? { kind: 'profile', ...distribution } : usual,
    },
    {
      name: 'install',
      value: system.install.name,
      origin: install ? { kind: 'profile', ...install } : usual,
    },
    { name: 'boot script', value: `${cluster.server}/ipxe/${mac}`, origin: fromServer },
    ...(answers === null
      ? []
      : [{ name: 'answers', value: answersAddress(cluster, answers, machine), origin: fromServer }]),
    { name: 'seed', value: `${cluster.server}/seed/${mac}/`, origin: fromServer },
    ...assetsToBoot(cluster, machine).map(({ what, path, source }): Row => ({
      name: what,
      value: `assets/${path}`,
      origin: { kind: 'yours', source },
    })),
  ]
}
