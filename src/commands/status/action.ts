import { setTimeout as wait } from 'node:timers/promises'
import { factWords } from '../../state/words.ts'
import { colonMac } from '../../network/mac.ts'
import { shortDuration } from '../../text/duration.ts'
import { toYaml } from '../../templates/yaml.ts'
import { choiceOf, type Command, exit } from '../context.ts'
import { type Machine, type RackState, readRack, serverOf } from '../running-server.ts'

/** Milliseconds between two polls of the server. */
const pause = 1000

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000)

/** A remark on a machine in addition to its state. */
function remark({ state, failed, output, until, lastHeard }: Machine, now: string): string {
  const heard = lastHeard
    ? `${lastHeard.words}, ${shortDuration(secondsBetween(lastHeard.time, now))} ago`
    : ''
  const last = output?.trim().split('\n').at(-1)
  if (failed !== null) return `FAILED: ${failed}${last === undefined ? '' : `: ${last}`}`
  if (state === 'armed' && until !== null) return `for ${shortDuration(secondsBetween(now, until))} more`
  return heard
}

/** The commit that is served from a repository, and why its latest one is not. */
function followedText({ followed, time }: RackState): string {
  if (!followed) return ''
  const { repository, ref, commit, checked, fault } = followed
  const ago = (then: string): string => `${shortDuration(secondsBetween(then, time))} ago`
  const looked = checked === null ? 'not reached yet' : `last reached ${ago(checked)}`
  const lines = [`Serving ${short(commit)} of ${ref} of ${repository}, ${looked}.`]
  if (fault) {
    const what = fault.commit === null ? '' : `commit ${short(fault.commit)} is not served: `
    lines.push(`FAILED ${ago(fault.time)}: ${what}${fault.text}`)
  }
  return `${lines.join('\n')}\n\n`
}

const short = (commit: string | null): string =>
  commit === null ? '-' : commit.replace(/^([0-9a-f]{12})[0-9a-f]*/, '$1')

/** A table of all machines: name, state, duration, commit if a repository is followed, last report. */
export function statusText(rack: RackState): string {
  const { machines, time, followed } = rack
  const withCommit = (cells: string[], commit: string): string[] =>
    followed ? [...cells.slice(0, 3), commit, ...cells.slice(3)] : cells
  const rows = machines.map((machine) =>
    withCommit(
      [
        machine.name,
        machine.state,
        machine.since === null ? '-' : shortDuration(secondsBetween(machine.since, time)),
        remark(machine, time),
      ],
      short(machine.commit),
    ),
  )
  const table = [withCommit(['MACHINE', 'STATE', 'FOR', 'LAST HEARD'], 'COMMIT'), ...rows]
  const last = (table[0]?.length ?? 1) - 1
  const widths = Array.from({ length: last }, (_, column) => column).map((column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  )
  const text = table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
  return followedText(rack) + text
}

/** Machines that are not in the profile, as entries of `machines` to complete. */
export function unknownText({ unknown }: RackState): string {
  if (unknown.length === 0) return '# no unknown machine has asked for a boot script\n'
  return unknown
    .map(({ mac, time, from, facts }) => {
      const macs = facts.macs ?? [mac]
      const known = factWords(facts)
      return `# ${time} from ${from}${known === '' ? '' : `: ${known}`}\n${toYaml([{ name: 'CHANGE-ME', role: 'worker', mac: macs.length === 1 ? colonMac(mac) : macs.map(colonMac) }])}`
    })
    .join('')
}

/** What machines reported of their hardware from the boot menu. */
export function hardwareText({ machines }: RackState): string {
  const reported = machines.filter(({ hardware }) => hardware !== null)
  if (reported.length === 0) return 'no machine has sent a hardware report from its boot menu\n'
  return reported
    .map(({ name, hardware }) => {
      const { time = '', from = '', facts = {} } = hardware ?? {}
      const macs = (facts.macs ?? []).map(colonMac).join(', ')
      return `${name}: ${time} from ${from}\n  ${factWords(facts) || 'nothing else reported'}\n  network interfaces: ${macs || 'none reported'}\n`
    })
    .join('')
}

/** `hakube status PROFILE` */
export const action: Command = async (context) => {
  const { options, stdout, signals } = context
  const json = choiceOf(options, 'format', ['text', 'json']) === 'json'
  const access = serverOf(context)
  const show = (rack: RackState): string => {
    if (options.flag('unknown'))
      return json ? `${JSON.stringify(rack.unknown, null, 2)}\n` : unknownText(rack)
    if (options.flag('hardware') && !json) return hardwareText(rack)
    return json ? `${JSON.stringify(rack.machines, null, 2)}\n` : statusText(rack)
  }
  let before = ''
  while (!signals.stop.aborted) {
    const rack = await readRack(access, signals.stop)
    // The passage of time alone is not a change.
    const essence = JSON.stringify([
      rack.machines,
      rack.unknown,
      rack.followed && { ...rack.followed, checked: null },
    ])
    if (essence !== before) stdout.write(`${before === '' ? '' : '\n'}${show(rack)}`)
    before = essence
    if (!options.flag('watch')) break
    await wait(pause, undefined, { signal: signals.stop }).catch(() => {})
  }
  return exit.success
}
