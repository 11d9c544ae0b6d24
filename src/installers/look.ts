import { diskFunctions, takeDisk } from '../assembly/choose-disk.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { dataDiskUuid } from '../cluster/data-disk-uuids.ts'
import { isRenewed } from '../cluster/renewed-disks.ts'
import { render } from '../templates/template.ts'
import { quote, quoteAll } from '../text/quote.ts'

/** What differs between the systems in which installers run, as POSIX sh. */
type Environment = {
  /** Where a file system can be mounted. */
  place: string
  /** Prints lines on the screen. */
  show: string
  /** Waits before the server is asked again, or ends the script. */
  hold: string
  /** Restarts the machine. */
  leave: string
  /** Whether a disk may hold a whole system of this arming: see {@link lookBeforeErasing}. */
  finishes: boolean
}

// An installer that has not started needs no clean shutdown, and the kernel restarts at once without any program.
const restart = '  sleep 10\n  echo b >/proc/sysrq-trigger\n  sleep 600'

const environments = {
  /** Anaconda's and subiquity's, with bash. */
  bash: {
    place: '/tmp/hakube-look',
    show: String.raw`  printf 'hakube: %s\n' "$@" | tee /dev/console || true`,
    hold: '  sleep 60',
    leave: restart,
    finishes: false,
  },
  /** Debian's installer, with busybox. */
  debian: {
    place: '/tmp/hakube-look',
    show: String.raw`  printf 'hakube: %s\n' "$@" >/dev/console 2>&1 || true`,
    hold: '  sleep 60',
    leave: restart,
    finishes: false,
  },
  /** The RAM system, which fetches and runs its script again. */
  image: {
    place: '"$work/look"',
    show: '  for line in "$@"; do say "$line"; done',
    hold: '  exit 1',
    leave: '  exit 1',
    finishes: true,
  },
} satisfies Readonly<Record<string, Environment>>

/**
 * POSIX sh for an installer, to run before it erases anything: it looks for living systems on the disks that would be erased, and goes on only if the
 * server permits it. It needs `$machine`, the machine's name, and the paths of the system disks as shell words.
 *
 * With `finishes`, the system that it finds may be the one that this arming has installed: then `$disk_armed_at` equals `$armed_at`, the disk is
 * complete, and the caller has to check for that.
 *
 * @param disks e.g. `"$disk"`
 */
export function lookBeforeErasing(
  environment: keyof typeof environments,
  cluster: Pick<Cluster, 'name' | 'server'>,
  machine: Machine,
  disks: string,
): string {
  const facts: Environment = environments[environment]
  return [
    '# Looks before anything is erased.',
    `look_url=${quote(`${cluster.server}/api/v1/machines/${machine.macs[0]}/look`)}`,
    `show() {\n${facts.show}\n}\nhold() {\n${facts.hold}\n}\nleave() {\n${facts.leave}\n}`,
    `place=${facts.place}`,
    `finishes=${facts.finishes ? 'yes' : 'no'}`,
    lookFunctions().trimEnd(),
    `erased ${disks}`,
    ...dataDisks(cluster, machine),
    'look',
    '# Nothing that lives is erased.',
    '',
  ].join('\n')
}

/** The data disks that the first boot formats: those that belong to a cluster, and those with `wipe: true`. */
function dataDisks({ name }: Pick<Cluster, 'name'>, machine: Machine): string[] {
  const formatted = machine.storage.data.filter(({ isRaw }) => !isRaw)
  const uuids = formatted.filter(isRenewed).map((disk) => dataDiskUuid(name, machine.name, disk))
  const wiped = formatted.filter(({ wipe }) => wipe)
  return [
    ...(uuids.length === 0 ? [] : [`erased_file_systems ${quoteAll(uuids)}`]),
    ...(wiped.length === 0
      ? []
      : [
          // The first boot reports missing disks.
          '# shellcheck disable=SC2046 # Paths of disks have no spaces.',
          'erased $(',
          `${diskFunctions()}stop() { exit 0; }`,
          'taken=$ours',
          ...wiped.map(({ disk }) => `(${takeDisk(disk)} && printf '%s\\n' "$disk")`),
          ')',
        ]),
  ]
}

/** The part that is the same for all machines. */
export const lookFunctions = (): string =>
  render('pxe/look/look.sh.ejs', { volumes: render('pxe/look/volumes.sh.ejs', {}).text }).text

/** Matches the output of {@link lookBeforeErasing}, which does not concern an installed machine. Global. */
export const lookLines = /^# Looks before anything is erased\.\n[^]*?^# Nothing that lives is erased\.\n/gm
