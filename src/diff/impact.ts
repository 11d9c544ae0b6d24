import { firstBootUnit } from '../components/first-boot.ts'
import type { Item, Side } from './side.ts'

/*
 * What it takes to bring a change onto a machine that is there already. hakube itself does not do it: it is what a reviewer has
 * to know before saying yes. One table, read from the top: the first row that fits is the judgement.
 */

export const levels = ['nothing', 'files', 'reboot', 'reinstall'] as const
export type Level = (typeof levels)[number]

export type Takes = {
  level: Level
  /** With `files`: units to be restarted once the files are there. */
  units: readonly string[]
  reason: string
  /** Something is left to do by hand: the reason has to be shown. */
  byHand?: true
}

export type ItemChange = 'created' | 'removed' | 'changed' | 'moved'

/** A change of one item on a machine that both revisions have. */
export type Subject = { change: ItemChange; item: Item; old: Item | null; before: Side; after: Side }

const nothing = (reason: string): Takes => ({ level: 'nothing', units: [], reason })
const files = (reason: string, units: readonly string[] = []): Takes => ({ level: 'files', units, reason })
const reboot = (reason: string): Takes => ({ level: 'reboot', units: [], reason })
const reinstall = (reason: string): Takes => ({ level: 'reinstall', units: [], reason })

/** Files, and what a person has to do besides. */
const told = (reason: string): Takes => ({ ...files(reason), byHand: true })

/** @returns null where the row does not fit */
export type Row = { name: string; judge: (subject: Subject) => Takes | null }

type Pattern = { where: Item['where']; path: RegExp }

/** A row for the paths that a pattern finds. */
const row = (name: string, { where, path }: Pattern, judge: Row['judge']): Row => ({
  name,
  judge: (subject) => (subject.item.where === where && path.test(subject.item.key) ? judge(subject) : null),
})
const onSite = (path: RegExp): Pattern => ({ where: 'site', path })
const onMachine = (path: RegExp): Pattern => ({ where: 'machine', path })
const step = (name: string): Pattern => onMachine(new RegExp(`^/usr/libexec/hakube/steps/${name}$`))

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

/** The installer's answers with the one line taken out that says where the seed is. */
const withoutServer = (item: Item | null, { cluster }: Side): string =>
  (item?.text ?? '').replaceAll(cluster.server, '')

/** What machines join with may change while the cluster lives. */
const withoutJoinSecrets = (item: Item | null, { cluster: { secrets } }: Side): string =>
  (item?.text ?? '').replaceAll(secrets.bootstrapToken, '').replaceAll(secrets.certificateKey, '')

const membersOf = ({ cluster }: Side): string =>
  cluster.etcd.members.map(({ name, address }) => `${name} ${address}`).join('\n')

const unitsOf = ({ assembly }: Side, component: string | null): string[] =>
  assembly.units.filter((unit) => unit.component === component).map(({ name }) => name)

const unitFile = /^\/etc\/systemd\/system\/([^/]+?\.[a-z]+)(?:\.d\/.*)?$/

/** The table. Tests go through it row by row. */
export const table: readonly Row[] = [
  row('boot menu', onSite(/^(?:ipxe|pxelinux\.cfg)\//), () =>
    nothing('boot menus are read when a machine starts from the network, to be installed'),
  ),
  row('where the seed is', onSite(/^kickstart\//), ({ item, old, before, after }) =>
    withoutServer(old, before) === withoutServer(item, after)
      ? nothing('only the address that the seed is fetched from is another')
      : null,
  ),
  row('installer', onSite(/^kickstart\//), () => reinstall('the installer reads its answers once')),
  row('network', onSite(/\/network-config$/), () =>
    reinstall('the network is configured by the installation'),
  ),
  row('users and installer', onSite(/\/user-data$/), () =>
    reinstall('users, host name and answers of the installer are read once, at the installation'),
  ),
  row('renumbered', onMachine(/^\/usr\/libexec\/hakube\/(?:steps|checks)\//), ({ change }) =>
    change === 'moved' ? files('only its number has changed') : null,
  ),
  row(
    'checks and runner',
    onMachine(/^\/usr\/(?:libexec\/hakube\/(?:checks\/.*|firstboot|library)|sbin\/hakube-verify)$/),
    () => files('read anew each time'),
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
  row('join secrets', onMachine(/^\/etc\/kubernetes\/kubeadm\//), ({ item, old, before, after }) =>
    withoutJoinSecrets(old, before) === withoutJoinSecrets(item, after)
      ? files('only what machines join with is another: members have no use for it')
      : null,
  ),
  row('API server at etcd', onMachine(/^\/etc\/hakube\/authorities\/apiserver-etcd-client\./), () =>
    told(
      'copy apiserver-etcd-client.* to /etc/kubernetes/pki too; the API server reads them at each connection',
    ),
  ),
  row('authorities', onMachine(/^\/etc\/hakube\/authorities\//), () =>
    reinstall(
      'members have their authorities from the day they joined; docs/secrets.md says how to change them in between',
    ),
  ),
  row('cluster membership', onMachine(/^\/etc\/kubernetes\//), () =>
    reinstall('kubeadm reads it once, when the machine becomes a member of the cluster'),
  ),
  row('cluster membership: step', step('kubeadm'), () => files('a member stays as it is')),
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
  row('release', step('release'), () => files('it has done its work')),
  row('step is gone', onMachine(/^\/usr\/libexec\/hakube\/steps\//), ({ change }) =>
    change === 'removed' ? files('what it did stays as it is') : null,
  ),
  row('step', onMachine(/^\/usr\/libexec\/hakube\/steps\//), () => runSteps),
  row('unit', onMachine(unitFile), ({ item }) => {
    const name = unitFile.exec(item.path)?.[1]
    return name ? files('a unit takes its new settings when it is restarted', [name]) : null
  }),
  row('SSH server', onMachine(/^\/etc\/ssh\//), ({ after }) =>
    files('sshd reads its settings when it starts', [
      after.cluster.distribution.family === 'debian' ? 'ssh.service' : 'sshd.service',
    ]),
  ),
  row('programs', onMachine(/^\/usr\/(?:sbin|libexec\/keepalived)\/|^\/usr\/libexec\/hakube\/etcd-/), () =>
    files('read anew each time it runs'),
  ),
  row('of a service', onMachine(/./), ({ item, after }) => {
    // A timer has nothing of its own to read.
    const units = unitsOf(after, item.component).filter((name) => !name.endsWith('.timer'))
    return units.length > 0 ? files(`${item.component} reads its files when it starts`, units) : null
  }),
  row('any other file', onMachine(/./), () => files('read anew each time, as far as hakube knows')),
]

/** Judges one change. On a machine that runs from memory, every boot is an installation. */
export function judge(subject: Subject): Takes {
  for (const { judge: judgeRow } of table) {
    const takes = judgeRow(subject)
    if (takes) return forInstall(takes, subject)
  }
  throw new Error(`no row of the table is about ${subject.item.path}`)
}

function forInstall(takes: Takes, { item, after }: Pick<Subject, 'after'> & { item: Item | null }): Takes {
  if (after.cluster.install !== 'live') return takes
  if (takes.level === 'reinstall') return reboot('the machine runs from memory: each boot sets it up anew')
  const isMenu = item?.where === 'site' && takes.level === 'nothing'
  return isMenu ? reboot('the machine runs from memory, and starts from the network each time') : takes
}

/** Facts about a machine that no file of its own may show. */
export const facts: readonly { name: string; of: (side: Side) => string; takes: Takes }[] = [
  {
    name: 'role',
    of: ({ machine }) => machine.role,
    takes: reinstall('a machine has one role from its installation on'),
  },
  {
    name: 'distribution',
    of: ({ cluster }) => cluster.distribution.title,
    takes: reinstall('hakube installs systems, it does not upgrade them'),
  },
  {
    name: 'install',
    of: ({ cluster }) => cluster.install,
    takes: reinstall('the machine is installed in another way'),
  },
  {
    name: 'network card',
    of: ({ machine }) => machine.macs[0],
    takes: reinstall('it is another card, and so another machine'),
  },
  {
    name: 'disk',
    of: ({ machine }) => machine.disk ?? 'none',
    takes: reinstall('the system has to be on another disk'),
  },
  {
    name: 'architecture',
    of: ({ machine }) => machine.architecture,
    takes: reinstall('it is another system'),
  },
  {
    name: 'firmware',
    of: ({ machine }) => machine.firmware,
    takes: reinstall('each has a boot loader of its own'),
  },
  {
    name: 'Kubernetes version',
    of: ({ cluster, assembly }) =>
      assembly.steps.some(({ name }) => name === 'kubeadm') ? cluster.kubernetes.version : 'none',
    takes: reinstall(
      'hakube installs Kubernetes; a cluster that runs is upgraded by kubeadm upgrade, machine by machine',
    ),
  },
]

export type FactChange = { name: string; before: string; after: string; takes: Takes }

export function factChanges(before: Side, after: Side): FactChange[] {
  return facts.flatMap(({ name, of, takes }) => {
    const [old, now] = [of(before), of(after)]
    return old === now
      ? []
      : [{ name, before: old, after: now, takes: forInstall(takes, { item: null, after }) }]
  })
}

/** All that several changes take together. */
export function together(all: readonly Takes[]): { level: Level; units: string[] } {
  const level = levels[Math.max(0, ...all.map((each) => levels.indexOf(each.level)))] ?? 'nothing'
  const units = level === 'files' ? [...new Set(all.flatMap((each) => each.units))].toSorted() : []
  return { level, units }
}
