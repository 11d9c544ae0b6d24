import { printable } from '../diagnostics/excerpt.ts'
import type { Difference, MachineDifference } from './compare.ts'
import { inRanges } from './ranges.ts'
import { upgradeLines, upgradeMarkdown } from './upgrade-text.ts'

/** A revision, for headings. `commit` is null for the working tree. */
export type Compared = { revision: string; commit: string | null }

export type Report = {
  profile: string
  before: Compared
  after: Compared
  difference: Difference
  /** Remarks on the comparison itself. */
  notes: readonly string[]
}

/** Describes what a change requires. */
export function takesText({ kind, takes }: Pick<MachineDifference, 'kind' | 'takes'>): string {
  if (kind === 'added') return 'installation: the machine is new'
  if (kind === 'removed') return 'nothing: the machine is no longer in the profile'
  switch (takes.level) {
    case 'nothing':
    case 'reboot':
    case 'reinstall':
      return takes.level
    case 'files':
      return listed([
        'files',
        ...(takes.steps ? [`rerun of step ${takes.steps.join(', ')}`] : []),
        ...(takes.units.length > 0 ? [`restart of ${takes.units.join(', ')}`] : []),
      ])
    default:
      return takes.level satisfies never
  }
}

/** `one, two and three` */
const listed = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : (words[0] ?? '')

/** Machines with equal changes are one row, because a rack of hundreds has few kinds. */
type Group = { machines: string[]; files: string[]; facts: string[]; takes: string; reasons: string[] }

function groupsOf({ machines }: Difference): Group[] {
  const groups = new Map<string, Group>()
  for (const each of machines) {
    const files = filesOf(each)
    const facts = each.facts.map(({ name, before, after }) => `${name}: ${before} → ${after}`)
    const takes = takesText(each)
    const reasons = reasonsOf(each)
    const key = JSON.stringify([files, facts, takes, reasons])
    const group = groups.get(key)
    if (group) group.machines.push(each.machine)
    else groups.set(key, { machines: [each.machine], files, facts, takes, reasons })
  }
  return [...groups.values()]
}

/** Paths of the site contain the machine's MAC address; a list for several machines shows their kind instead. */
function filesOf({ files }: MachineDifference): string[] {
  const names = files.map(({ where, path, change }) => {
    const sign = { created: '+ ', removed: '- ', changed: '', moved: '~ ' }[change]
    return (
      sign + (where === 'machine' ? path : path.replace(/(?:01-)?[0-9a-f]{2}(?:-[0-9a-f]{2}){5}/, '<mac>'))
    )
  })
  return [...new Set(names)]
}

/** The reasons for the required action; lesser requirements need none. */
function reasonsOf({ files, facts, takes }: MachineDifference): string[] {
  const large = takes.level === 'reboot' || takes.level === 'reinstall'
  const all = [...facts, ...files].filter(
    (each) => each.takes.byHand || (large && each.takes.level === takes.level),
  )
  return [...new Set(all.map((each) => each.takes.reason))]
}

const commitText = ({ revision, commit }: Compared): string =>
  commit === null || commit.startsWith(revision) ? revision : `${revision} (${commit.slice(0, 12)})`

const titleOf = ({ profile, before, after }: Report): string =>
  `${profile}: ${commitText(before)} → ${commitText(after)}`

const isEmpty = ({ machines, shared }: Difference): boolean => machines.length === 0 && shared.length === 0

/** Longer lists of machines do not widen the column. */
const widest = 80

/** The text report: exactly the machines and files that differ. Control characters are removed. */
export function printText(report: Report, full: boolean): string {
  const { difference, notes } = report
  const lines = [titleOf(report), '']
  if (isEmpty(difference)) lines.push('no machine changes')
  const rows = groupsOf(difference).map((group) => [
    inRanges(group.machines),
    String(group.files.length),
    [group.takes, ...group.reasons.map((reason) => `(${reason})`)].join(' '),
  ])
  for (const { path } of difference.shared) rows.push(['all', path, 'nothing'])
  if (rows.length > 0) {
    rows.unshift(['machine', 'files', 'required action'])
    const widths = [0, 1].map((column) =>
      Math.max(...rows.map((row) => (row[column] ?? '').length).filter((length) => length <= widest)),
    )
    for (const row of rows)
      lines.push(
        row
          .map((cell, column) => printable(cell).padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      )
    for (const { machines, files, facts } of groupsOf(difference)) {
      if (files.length + facts.length === 0) continue
      lines.push('', `${inRanges(machines)}:`, ...[...facts, ...files].map((text) => `  ${printable(text)}`))
    }
  }
  lines.push(...upgradeLines(difference.upgrade).map((line) => printable(line)))
  if (full) {
    for (const { machines, diff } of diffsOf(difference))
      lines.push(
        '',
        `# ${inRanges(machines)}`,
        ...diff
          .trimEnd()
          .split('\n')
          .map((line) => printable(line)),
      )
  }
  for (const note of notes) lines.push('', `note: ${note}`)
  return `${lines.join('\n')}\n`
}

/** Each diff once, with its machines. */
function diffsOf({ machines, shared }: Difference): { machines: string[]; diff: string }[] {
  const diffs = new Map<string, string[]>()
  const add = (machine: string, diff: string | null) => {
    if (diff === null) return
    const list = diffs.get(diff)
    if (list) list.push(machine)
    else diffs.set(diff, [machine])
  }
  for (const { diff } of shared) add('all', diff)
  for (const { machine, files } of machines) for (const { diff } of files) add(machine, diff)
  return [...diffs].map(([diff, names]) => ({ machines: names, diff }))
}

export function printJson({ profile, before, after, difference, notes }: Report): string {
  return `${JSON.stringify({ profile, before, after, notes, ...difference }, null, 2)}\n`
}

/** Escapes text for a table cell. */
const cell = (text: string): string =>
  printable(text).replaceAll(/[\\`*_[\]<>|#&~@]/g, (character) => `&#${character.charCodeAt(0)};`)

const code = (text: string): string => `<code>${cell(text)}</code>`

/** Longer lists are folded, but never truncated: an omitted change would go unreviewed. */
const mostFiles = 12

const filesCell = (files: readonly string[]): string[] =>
  files.length > mostFiles
    ? [`<details><summary>${files.length} files</summary>${files.map(code).join('<br>')}</details>`]
    : files.map(code)

/** A comment on GitHub has at most 65,536 characters. */
const longest = 60_000

/** The report for a comment of a pull request. */
export function printMarkdown(report: Report, full: boolean): string {
  const { difference, notes } = report
  const lines = [`### hakube: ${cell(titleOf(report))}`, '']
  if (isEmpty(difference)) lines.push('No machine changes.')
  else lines.push('| machine | change | required action |', '| --- | --- | --- |')
  for (const { machines, files, facts, takes, reasons } of groupsOf(difference)) {
    const shown = [...facts.map(cell), ...filesCell(files)]
    const why = reasons.length > 0 ? `<br>${reasons.map(cell).join('<br>')}` : ''
    lines.push(`| ${cell(inRanges(machines))} | ${shown.join('<br>')} | **${cell(takes)}**${why} |`)
  }
  for (const { path } of difference.shared) lines.push(`| all | ${code(path)} | **nothing** |`)
  lines.push(...upgradeMarkdown(difference.upgrade, cell, inRanges))
  for (const note of notes) lines.push('', `> ${cell(note)}`)
  let text = `${lines.join('\n')}\n`
  if (!full) return text
  let left = 0
  for (const { machines, diff } of diffsOf(difference)) {
    const block = details(inRanges(machines), diff)
    if (text.length + block.length > longest) left += 1
    else text += block
  }
  // Their files are in the table above.
  if (left > 0) text += `\n${left} more diffs: hakube diff --full shows them.\n`
  return text
}

function details(machines: string, diff: string): string {
  const body = diff
    .trimEnd()
    .split('\n')
    .map((line) => printable(line))
    .join('\n')
  // The fence is longer than any run of backquotes in the text.
  const fence = '`'.repeat(Math.max(3, ...[...body.matchAll(/`+/g)].map(([run]) => run.length + 1)))
  const name = /^\+\+\+ b?(\/.*)$/m.exec(body)?.[1] ?? ''
  return `\n<details><summary>${cell(machines)}${name === '' ? '' : `: ${code(name)}`}</summary>\n\n${fence}diff\n${body}\n${fence}\n\n</details>\n`
}
