import { compareText } from '../text/order.ts'
import { quote } from '../text/quote.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Assembly, Owned } from './assemble.ts'
import type { File, Step } from './component.ts'
import { inventory } from './inventory.ts'
import { onceForEach, sameForAll } from './once.ts'
import {
  files as takesFiles,
  firstBootUnit,
  type OnChange,
  readAgain,
  runs,
  stepIsGone,
  type Takes,
  manual,
} from './on-change.ts'

/*
 * Turns a machine's assembly into files on the machine: its files and units, its steps and checks as scripts, and the script that runs
 * them. What that script does is described in cloud-init/first-boot/firstboot.ejs.
 */

const directory = 'cloud-init/first-boot'
const component = 'first-boot'

export { firstBootUnit }

/** The unit that reports the machine's progress to the server until it is ready. */
const reportUnit = 'hakube-report.service'

/** The unit that restarts cloud-init where an installer made it disable itself too early. It is removed once the first boot has begun. */
const beginAgainUnit = 'hakube-begin-again.service'

/**
 * The `bootcmd` of cloud-init, which /bin/sh runs first at each boot: repeats everything that a power cut may have damaged. Null for
 * machines that run from memory, which keep nothing.
 */
export const beginAgain = onceForEach(sameForAll, (_cluster, { system: { install } }): string | null =>
  install.keepsDisk
    ? render(`${directory}/begin-again.ejs`, {
        disabledByInstaller: install.disablesCloudInit,
        unit: beginAgainUnit,
      }).text
    : null,
)

/**
 * The files that are the same on all machines of a cluster with one operating system. Steps and checks have mode 0700, because a command
 * of the profile may contain something that other users must not read.
 */
const runnerFiles = onceForEach(sameForAll, (cluster, machine): readonly Owned<File>[] => {
  // A machine that runs from memory loses everything at a reboot.
  const data = {
    keepsDisk: machine.system.install.keepsDisk,
    beginAgainUnit,
    proxy: cluster.proxy !== null,
    enrols: cluster.enrolment !== null,
    syslog: cluster.syslog && { ...cluster.syslog, host: quote(cluster.syslog.host) },
  }
  const file = (path: string, mode: string, template: string): Owned<File> => ({
    path,
    mode,
    content: render(`${directory}/${template}.ejs`, data),
    onChange: readAgain(),
    component,
  })
  return [
    file(`/etc/systemd/system/${firstBootUnit}`, '0644', firstBootUnit),
    file(`/etc/systemd/system/${reportUnit}`, '0644', reportUnit),
    file('/usr/libexec/hakube/firstboot', '0755', 'firstboot'),
    ...(data.keepsDisk ? [file('/usr/libexec/hakube/forget-seed', '0755', 'forget-seed')] : []),
    file('/usr/libexec/hakube/incoming', '0644', 'incoming'),
    file('/usr/libexec/hakube/library', '0644', 'library'),
    file('/usr/libexec/hakube/plan', '0644', 'plan'),
    file('/usr/libexec/hakube/report', '0755', 'report'),
    file('/usr/libexec/hakube/transaction', '0644', 'transaction'),
    file('/usr/sbin/hakube-apply', '0755', 'hakube-apply'),
    file('/usr/sbin/hakube-verify', '0755', 'hakube-verify'),
  ]
})

/** `07-haproxy`, with as many digits as the list needs, so that sorting by name keeps the order of the list. */
function numbered(index: number, count: number, name: string): string {
  const digits = Math.max(2, String(count).length)
  return `${String(index + 1).padStart(digits, '0')}-${name}`
}

function scripts(
  where: string,
  items: readonly Owned<Pick<Step, 'name' | 'script' | 'secret' | 'from' | 'onChange'>>[],
  usual: OnChange,
): Owned<File>[] {
  return items.map((item, index) => ({
    path: `/usr/libexec/hakube/${where}/${numbered(index, items.length, item.name)}`,
    mode: '0700',
    content: item.script,
    component: item.component,
    onChange: item.onChange ?? usual,
    ...(item.secret ? { secret: true } : {}),
    ...(item.from ? { from: item.from } : {}),
  }))
}

const onChangeOfUnit = (name: string, restarted: Takes): OnChange => ({
  created: readAgain('the step that starts it is added with it'),
  comparison: 'unit',
  removed: manual(`first run systemctl disable --now ${name}: nothing stops a unit whose file is missing`),
  otherwise: restarted,
})

function unitFiles({ units }: Assembly): Owned<File>[] {
  const files: Owned<File>[] = []
  for (const { name, content, dropIns, component, from } of units) {
    const rest = { mode: '0644', component, ...(from ? { from } : {}) }
    const path = `/etc/systemd/system/${name}`
    const restarted = takesFiles('a unit applies new settings when it is restarted', [name])
    if (content !== undefined)
      files.push({ path, content, ...rest, onChange: onChangeOfUnit(name, restarted) })
    for (const dropIn of dropIns ?? [])
      files.push({ path: `${path}.d/${dropIn.name}`, content: dropIn.content, ...rest, onChange: restarted })
  }
  return files
}

/** Lists the files that an enrolled machine fetches, so that it can tell whether it has all of them. */
const secretFiles = (files: readonly Owned<File>[]): Owned<File> => ({
  path: '/etc/hakube/secret-files',
  mode: '0644',
  content: files
    .filter(({ secret }) => secret === true)
    .map(({ path }) => `${path}\n`)
    .toSorted()
    .join(''),
  onChange: readAgain(),
  component,
})

const byPath = (one: File, other: File): number => compareText(one.path, other.path)

/**
 * All files of a machine, sorted by path.
 *
 * @throws when two have the same path: a bug in hakube, because a rule of the profile rejects user files at hakube's paths
 */
export function machineFiles(cluster: Cluster, assembly: Assembly): Owned<File>[] {
  const files: Owned<File>[] = [
    ...assembly.files,
    ...unitFiles(assembly),
    ...scripts('steps', assembly.steps, { removed: stepIsGone, otherwise: runs }),
    ...scripts('checks', assembly.checks, readAgain()),
    {
      path: '/etc/hakube/machine',
      mode: '0644',
      content: `${assembly.machine.name}\n`,
      onChange: readAgain(),
      component,
    },
    ...runnerFiles(cluster, assembly.machine),
  ]
  if (cluster.enrolment !== null) files.push(secretFiles(files))
  files.sort(byPath)
  files.push(inventory(cluster, assembly, files))
  files.sort(byPath)
  for (const [index, file] of files.entries()) {
    const before = files[index - 1]
    if (before?.path === file.path)
      throw new Error(`file ${file.path} comes from ${before.component} and from ${file.component}`)
  }
  return files
}
