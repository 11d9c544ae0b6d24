import type { Declared } from '../assembly/component.ts'
import { compileMachine } from '../seeds/index.ts'
import { declared } from './comparisons.ts'
import { onMachine, onSite, type Row, row, step, type Subject, unitsOf, withoutServer } from './row.ts'
import type { Item, Side } from './side.ts'
import { files, nothing, reinstall, told } from './takes.ts'

/*
 * What it takes to bring a change onto a machine that is there already: it is what a reviewer has to know before saying yes. Files
 * of the machine say it themselves (assembly/on-change.ts); what is fetched for its installation is judged here. One table, read
 * from the top: the first row that fits is the judgement.
 */

/** Answers of the installer without what is another only while it runs: the machine itself has its time servers in a file. */
const lasting = (item: Item | null, side: Side): string =>
  withoutServer(item, side).replaceAll(/^timesource .*\n| --ntpservers=\S+/gm, '')

/** Whether the seed or the answers would be the same if these declarations had been there before. */
function areAll({ change, item, before }: Subject, declared: Partial<Declared>): boolean {
  if (change !== 'changed') return false
  const { cluster, assembly } = before
  const changed = { ...assembly, declared: { ...assembly.declared, ...declared } }
  const files = compileMachine(cluster, changed, [])
  return files.find(({ path }) => path === item.path)?.body.toString('utf8') === item.text
}

const kernelArgumentsOf = ({ after }: Subject): Partial<Declared> => ({
  kernelArguments: after.assembly.declared.kernelArguments,
})

/** Whether all would be the same if the machine had had these name servers and this gateway before. */
function areOnlyRoutes({ change, item, before, after }: Subject): boolean {
  if (change !== 'changed') return false
  const { nameServers, gateway, timeServers } = after.cluster.network
  const cluster = {
    ...before.cluster,
    server: after.cluster.server,
    network: { ...before.cluster.network, nameServers, gateway, timeServers },
  }
  const seed = compileMachine(cluster, before.assembly, [])
  return seed.find(({ path }) => path === item.path)?.body.toString('utf8') === item.text
}

/** The installation has configured the network, each service in a place of its own. */
function routesText({ after: { cluster } }: Subject): string {
  const { nameServers, gateway } = cluster.network
  const servers = nameServers.join(' ')
  const service = cluster.distribution.networkServices[cluster.install]
  if (service === 'NetworkManager')
    return `on the machine: nmcli connection modify CONNECTION ipv4.dns "${servers}" ipv4.gateway ${gateway}, then nmcli device reapply CARD; its address and connections stay`
  if (service === 'ifupdown')
    return `on the machine: nameserver lines for ${servers} in /etc/resolv.conf; gateway ${gateway} in /etc/network/interfaces, and ip route replace default via ${gateway}`
  return `on the machine: nameservers ${servers} and the route via ${gateway} in its file below /etc/netplan, then netplan apply; its address and connections stay`
}

const site: readonly Row[] = [
  row('boot menu', onSite(/^(?:ipxe|pxelinux\.cfg)\//), () =>
    nothing('boot menus are read when a machine starts from the network, to be installed'),
  ),
  row('addresses for the installer', onSite(/^(?:kickstart|preseed)\//), ({ item, old, before, after }) =>
    lasting(old, before) === lasting(item, after)
      ? nothing('only where the installer gets the seed and the time is another')
      : null,
  ),
  row('kernel arguments for the installer', onSite(/^(?:kickstart|preseed)\/|\/user-data$/), (subject) =>
    areAll(subject, kernelArgumentsOf(subject))
      ? nothing('the installer writes them on a new disk; on a machine that is there a step does')
      : null,
  ),
  row(
    'name servers and gateway',
    onSite(/^(?:kickstart|preseed)\/|\/(?:network-config|user-data)$/),
    (subject) => (areOnlyRoutes(subject) ? told(routesText(subject)) : null),
  ),
  row('installer', onSite(/^(?:kickstart|preseed)\//), () =>
    reinstall('the installer reads its answers once'),
  ),
  row('network', onSite(/\/network-config$/), () =>
    reinstall('the network is configured by the installation'),
  ),
  row('users', onSite(/\/user-data$/), (subject) =>
    areAll(subject, { users: subject.after.assembly.declared.users, ...kernelArgumentsOf(subject) })
      ? nothing('the step users follows the profile')
      : null,
  ),
  row('users and installer', onSite(/\/user-data$/), () =>
    reinstall('users, host name and answers of the installer are read once, at the installation'),
  ),
]

const isFetchedFromElsewhere = ({ change, item, old, before, after }: Subject): boolean =>
  change === 'changed' &&
  item.component !== 'commands' &&
  withoutServer(old, before) === withoutServer(item, after)

/** Steps keep their scripts in files, and so do checks: what holds for all of them. */
const scripts: readonly Row[] = [
  row('renumbered', onMachine(/./), ({ change }) =>
    change === 'moved' ? files('only its number has changed') : null,
  ),
  row('where files are fetched from', step('.*'), (subject) =>
    isFetchedFromElsewhere(subject)
      ? files('only the address that it fetches from is another: what it did stays as it is')
      : null,
  ),
]

const machine: readonly Row[] = [
  row(
    'component is gone',
    onMachine(/^(?!\/usr\/libexec\/hakube\/checks\/)/),
    ({ item, change, before, after }) =>
      change === 'removed' &&
      unitsOf(before, item.component).length > 0 &&
      unitsOf(after, item.component).length === 0
        ? reinstall(`nothing takes ${item.component} off a machine that has it`)
        : null,
  ),
  row('declared beside the file', onMachine(/./), declared),
]

/** The table. Tests go through it row by row. */
export const table: readonly Row[] = [...site, ...scripts, ...machine]
