import { firstBootUnit } from '../assembly/first-boot.ts'
import { kubernetesRows } from './kubernetes-rows.ts'
import { onMachine, onSite, type Row, row, step, type Subject, unitsOf, withoutServer } from './row.ts'
import { compileMachine } from '../seeds/index.ts'
import type { Item, Side } from './side.ts'
import { files, nothing, reboot, reinstall, type Takes, told } from './takes.ts'

/*
 * What it takes to bring a change onto a machine that is there already. hakube itself does not do it: it is what a reviewer has
 * to know before saying yes. One table, read from the top: the first row that fits is the judgement.
 */

const runSteps = files(`${firstBootUnit} runs the steps that are new or have changed`, [firstBootUnit])

const argumentsOf = ({ assembly }: Side): string =>
  [...new Set(assembly.declared.kernelArguments.map(({ argument }) => argument))].join('\n')

/** Modules and arguments of the kernel: what is new can be loaded, what is gone stays until the next boot. */
function kernel({ before, after }: Subject): Takes {
  if (argumentsOf(before) !== argumentsOf(after))
    return reboot('the kernel reads its arguments when it starts')
  const modules = new Set(after.assembly.declared.kernelModules.map(({ name }) => name))
  const gone = before.assembly.declared.kernelModules.filter(({ name }) => !modules.has(name))
  return gone.length > 0 ? reboot('a module that is loaded stays until the next boot') : runSteps
}

function sysctl({ before, after }: Subject): Takes {
  const keys = new Set(after.assembly.declared.sysctls.map(({ key }) => key))
  const gone = before.assembly.declared.sysctls.some(({ key }) => !keys.has(key))
  return gone
    ? reboot('a kernel setting that is no longer in the file keeps its value until the next boot')
    : files('systemd-sysctl sets them', ['systemd-sysctl.service'])
}

const membersOf = ({ cluster }: Side): string =>
  cluster.etcd.members.map(({ name, address }) => `${name} ${address}`).join('\n')

/** Answers of the installer without what is another only while it runs: the machine itself has its time servers in a file. */
const lasting = (item: Item | null, side: Side): string =>
  withoutServer(item, side).replaceAll(/^timesource .*\n| --ntpservers=\S+/gm, '')

/** Whether the seed would be the same if the machine had had these users before. */
function areUsersAll({ change, item, before, after }: Subject): boolean {
  if (change !== 'changed') return false
  const { assembly, cluster } = before
  const declared = { ...assembly.declared, users: after.assembly.declared.users }
  const seed = compileMachine(cluster, { ...assembly, declared }, [])
  return seed.find(({ path }) => path === item.path)?.body.toString('utf8') === item.text
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
  row('installer', onSite(/^(?:kickstart|preseed)\//), () =>
    reinstall('the installer reads its answers once'),
  ),
  row('network', onSite(/\/network-config$/), () =>
    reinstall('the network is configured by the installation'),
  ),
  row('users', onSite(/\/user-data$/), (subject) =>
    areUsersAll(subject)
      ? told(
          'users are made by the installation: on a machine that is there change them by hand (~/.ssh/authorized_keys, useradd, userdel)',
        )
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

const runner: readonly Row[] = [
  row('renumbered', onMachine(/^\/usr\/libexec\/hakube\/(?:steps|checks)\//), ({ change }) =>
    change === 'moved' ? files('only its number has changed') : null,
  ),
  row(
    'checks and runner',
    onMachine(/^\/usr\/(?:libexec\/hakube\/(?:checks\/.*|firstboot|library)|sbin\/hakube-verify)$/),
    () => files('read anew each time'),
  ),
  row('where files are fetched from', step('.*'), (subject) =>
    isFetchedFromElsewhere(subject)
      ? files('only the address that it fetches from is another: what it did stays as it is')
      : null,
  ),
  row('unit of the runner', onMachine(/^\/etc\/systemd\/system\/hakube-firstboot\.service$/), () =>
    files('read anew each time'),
  ),
  row('name', onMachine(/^\/etc\/hakube\/machine$/), () => files('read anew each time')),
  row('component is gone', onMachine(/./), ({ item, change, before, after }) =>
    change === 'removed' &&
    unitsOf(before, item.component).length > 0 &&
    unitsOf(after, item.component).length === 0
      ? reinstall(`nothing takes ${item.component} off a machine that has it`)
      : null,
  ),
]

const host: readonly Row[] = [
  row('members of etcd', onMachine(/^\/etc\/etcd\/etcd\.env$/), ({ before, after }) =>
    membersOf(before) === membersOf(after)
      ? null
      : told('etcd knows its members from its first start: add and remove some with etcdctl member'),
  ),
  row('kernel', onMachine(/^\/etc\/(?:modules-load\.d|default\/grub\.d)\/|\/steps\/kernel$/), kernel),
  row('kernel settings', onMachine(/^\/etc\/sysctl\.d\/|\/steps\/sysctl$/), sysctl),
  row('limits of services', onMachine(/^\/etc\/systemd\/system\.conf\.d\//), () =>
    reboot('services that run keep the limits that they were started with'),
  ),
  row('swap', onMachine(/^\/etc\/systemd\/zram-generator\.conf$/), () =>
    reboot('systemd makes swap devices when it starts'),
  ),
]

/** Steps that put other programs in the place of those that run. */
const installs: Readonly<Record<string, string>> = {
  'haproxy-package': 'haproxy.service',
  etcd: 'etcd.service',
  docker: 'cri-docker.service',
  flannel: 'flanneld.service',
}

const steps: readonly Row[] = [
  row('release', step('release'), () => files('it has done its work')),
  row('newer kernel', step('newer-kernel'), ({ change }) =>
    change === 'removed' ? null : reboot('the machine has to start with its new kernel'),
  ),
  ...Object.entries(installs).map(([name, unit]) =>
    row(`programs of ${unit}`, step(name), ({ change }) =>
      change === 'removed'
        ? null
        : files('the step installs another program; the one that runs stays until it is restarted', [
            firstBootUnit,
            unit,
          ]),
    ),
  ),
]

const unitFile = /^\/etc\/systemd\/system\/([^/]+?\.[a-z]+)(\.d\/.*)?$/

function unit({ item, change, before, after }: Subject): Takes | null {
  const [, name, dropIn] = unitFile.exec(item.path) ?? []
  if (name === undefined) return null
  if (change === 'created' && dropIn === undefined) return files('the step that starts it comes with it')
  if (change !== 'removed' || dropIn !== undefined)
    return files('a unit takes its new settings when it is restarted', [name])
  const isThere = ({ assembly }: Side) => assembly.units.some((each) => each.name === name)
  return isThere(before) && !isThere(after)
    ? told(`first systemctl disable --now ${name}: nothing stops a unit whose file is gone`)
    : files('nothing starts it any more')
}

/** What holds for whatever a machine is given. */
const rest: readonly Row[] = [
  row('step is gone', step('.*'), ({ change }) =>
    change === 'removed' ? files('what it did stays as it is') : null,
  ),
  row('step', step('.*'), () => runSteps),
  row('unit', onMachine(unitFile), unit),
  row('SSH server', onMachine(/^\/etc\/ssh\//), ({ after }) =>
    files('sshd reads its settings when it starts', [
      after.cluster.distribution.family === 'debian' ? 'ssh.service' : 'sshd.service',
    ]),
  ),
  row(
    'programs',
    // The other programs of hakube are part of the start of a service.
    onMachine(
      /^\/usr\/(?:sbin|libexec\/keepalived)\/|^\/usr\/libexec\/hakube\/(?:etcd-|(?:fetch|install)-asset$)/,
    ),
    () => files('read anew each time it runs'),
  ),
  row('of a service', onMachine(/./), ({ item, after }) => {
    // A timer has nothing of its own to read.
    const units = unitsOf(after, item.component).filter((name) => !name.endsWith('.timer'))
    return units.length > 0 ? files(`${item.component} reads its files when it starts`, units) : null
  }),
  row('any other file', onMachine(/./), () => files('read anew each time, as far as hakube knows')),
]

/** The table. Tests go through it row by row. */
export const table: readonly Row[] = [...site, ...runner, ...kubernetesRows, ...host, ...steps, ...rest]
