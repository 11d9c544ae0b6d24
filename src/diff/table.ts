import type { Declared } from '../assembly/component.ts'
import { compileMachine } from '../installers/compile.ts'
import { installerOf, installers } from '../installers/index.ts'
import { declared } from './comparisons.ts'
import {
  onMachine,
  onSite,
  type Pattern,
  type Row,
  row,
  step,
  type ChangedItem,
  unitsOf,
  withoutServer,
} from './row.ts'
import type { Item, Side } from './side.ts'
import { files, nothing, reinstall, manual } from './takes.ts'

/*
 * What applying a change to an existing machine requires, which reviewers have to know. Files of the machine declare it themselves
 * (assembly/on-change.ts); files that are fetched for the installation are judged here. In this table, the first row that applies
 * decides.
 */

/** The answers of the installer without the parts that only matter while it runs. */
function lasting(item: Item | null, side: Side): string {
  const text = withoutServer(item, side)
  const transient = installerOf(side.machine).answers?.transient
  return transient ? text.replaceAll(transient, '') : text
}

/** The directories of installers' answers, as a pattern. */
const answers = installers.flatMap(({ answers: own }) => own?.directory ?? []).join('|')

const onAnswers = onSite(new RegExp(`^(?:${answers})/`))
const onAnswersOrSeed = (names: string): Pattern => onSite(new RegExp(`^(?:${answers})/|/(?:${names})$`))

const onSeed = onSite(/\/user-data$/)

/** Where cloud-init and Ubuntu's installer report, which is over once a machine is ready. */
const heardBy = ({ cluster: { server, syslog } }: Side) => ({ server, syslog })

/** Whether these declarations are the only difference of the seed or the answers; in the seed, beside where it reports. */
function areAll({ change, item, before, after }: ChangedItem, declared: Partial<Declared>): boolean {
  if (change !== 'changed') return false
  const { assembly } = before
  const cluster = { ...before.cluster, ...(onSeed.path.test(item.key) ? heardBy(after) : {}) }
  const changed = { ...assembly, declared: { ...assembly.declared, ...declared } }
  const files = compileMachine(cluster, changed, [])
  return files.find(({ path }) => path === item.path)?.body.toString('utf8') === item.text
}

const kernelArgumentsOf = ({ after }: ChangedItem): Partial<Declared> => ({
  kernelArguments: after.assembly.declared.kernelArguments,
})

/** Whether name servers and gateway are the only difference. */
function areOnlyRoutes({ change, item, before, after }: ChangedItem): boolean {
  if (change !== 'changed') return false
  const { nameServers, gateway } = after.cluster.network
  const { timeServers, timeSources } = after.machine.system
  const [, ...further] = before.cluster.network.subnets
  const subnets = before.cluster.network.subnets
    .slice(0, 1)
    .map((each) => ({ ...each, gateway }))
    .concat(further)
  const cluster = {
    ...before.cluster,
    ...heardBy(after),
    network: { ...before.cluster.network, nameServers, gateway, subnets },
  }
  const machineBefore = before.machine
  const assembly = {
    ...before.assembly,
    machine: { ...machineBefore, system: { ...machineBefore.system, timeServers, timeSources } },
  }
  const seed = compileMachine(cluster, assembly, [])
  return seed.find(({ path }) => path === item.path)?.body.toString('utf8') === item.text
}

/** Where to change the network that the installation configured; that depends on the network service. */
function routesText({ after: { cluster, machine: changed } }: ChangedItem): string {
  const { nameServers, gateway } = cluster.network
  const servers = nameServers.join(' ')
  const { distribution, install } = changed.system
  const service = distribution.networkServices[install.name]
  if (service === 'NetworkManager')
    return `on the machine: nmcli connection modify CONNECTION ipv4.dns "${servers}" ipv4.gateway ${gateway}, then nmcli device reapply INTERFACE; its address and connections remain`
  if (service === 'ifupdown')
    return `on the machine: nameserver lines for ${servers} in /etc/resolv.conf; gateway ${gateway} in /etc/network/interfaces, and ip route replace default via ${gateway}`
  return `on the machine: nameservers ${servers} and the route via ${gateway} in its file below /etc/netplan, then netplan apply; its address and connections remain`
}

const site: readonly Row[] = [
  row('boot menu', onSite(/^(?:ipxe|menu|pxelinux\.cfg|grub)\//), () =>
    nothing('boot menus are read when a machine boots from the network to be installed'),
  ),
  row('addresses for the installer', onAnswers, ({ item, old, before, after }) =>
    lasting(old, before) === lasting(item, after)
      ? nothing('only what the installer uses while it runs has changed')
      : null,
  ),
  row('reports of cloud-init and the installer', onSeed, (subject) =>
    areAll(subject, {}) ? nothing('they report until the machine is ready') : null,
  ),
  row('kernel arguments of the installer', onAnswersOrSeed('user-data'), (subject) =>
    areAll(subject, kernelArgumentsOf(subject))
      ? nothing('the installer writes them at installation; on an installed machine, a step does')
      : null,
  ),
  row('name servers and gateway', onAnswersOrSeed('network-config|user-data'), (subject) =>
    areOnlyRoutes(subject) ? manual(routesText(subject)) : null,
  ),
  row('installer', onAnswers, () => reinstall('the installer reads its answers only once')),
  row('network', onSite(/\/network-config$/), () => reinstall('the network is configured at installation')),
  row('users', onSeed, (subject) =>
    areAll(subject, { users: subject.after.assembly.declared.users, ...kernelArgumentsOf(subject) })
      ? nothing('the step users follows the profile')
      : null,
  ),
  row('users and installer', onSeed, () =>
    reinstall('users, host name and the answers of the installer are read only once, at installation'),
  ),
]

const isFetchedFromElsewhere = ({ change, item, old, before, after }: ChangedItem): boolean =>
  change === 'changed' &&
  item.component !== 'commands' &&
  withoutServer(old, before) === withoutServer(item, after)

/** Rules for all steps and checks. */
const scripts: readonly Row[] = [
  row('renumbered', onMachine(/./), ({ change }) =>
    change === 'moved' ? files('only its number has changed') : null,
  ),
  row('download address', step('.*'), (subject) =>
    isFetchedFromElsewhere(subject)
      ? files('only its download address has changed: its effects remain')
      : null,
  ),
]

const machine: readonly Row[] = [
  row(
    'component removed',
    onMachine(/^(?!\/usr\/libexec\/hakube\/checks\/)/),
    ({ item, change, before, after }) =>
      change === 'removed' &&
      unitsOf(before, item.component).length > 0 &&
      unitsOf(after, item.component).length === 0
        ? reinstall(`hakube does not remove ${item.component} from a machine`)
        : null,
  ),
  row('declared beside the file', onMachine(/./), declared),
]

/** The table; tests check it row by row. */
export const table: readonly Row[] = [...site, ...scripts, ...machine]
