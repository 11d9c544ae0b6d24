import type { MachineUpgrade, Upgrade } from './upgrade.ts'

const places = { machine: 'as root', cluster: 'where kubectl can reach the cluster' } as const

/** The commands of one machine, with a comment wherever the place to run them changes. */
export function commandLines({ machine, commands }: MachineUpgrade): string[] {
  const lines: string[] = []
  let last: string | null = null
  for (const { on, command } of commands) {
    if (on !== last) lines.push(`# ${on === 'machine' ? `on ${machine}, ` : ''}${places[on]}`)
    last = on
    lines.push(command)
  }
  return lines
}

export const upgradeTitle = ({ from, to }: Upgrade): string =>
  `Kubernetes ${from} → ${to}, one machine at a time, in this order (docs/upgrade.md):`

/** For the terminal: each machine with its commands. Empty without an upgrade. */
export function upgradeLines(upgrade: Upgrade | null): string[] {
  if (!upgrade) return []
  if (upgrade.refusal !== null) return ['', `refused: ${upgrade.refusal}`]
  const lines = ['', upgradeTitle(upgrade)]
  for (const [index, each] of upgrade.machines.entries())
    lines.push(
      '',
      `${index + 1}. ${each.machine} (${each.kind})`,
      ...commandLines(each).map((line) => `   ${line}`),
    )
  return [...lines, '', ...upgrade.notes.map((note) => `- ${note}`)]
}

/** Groups consecutive machines of one kind. */
function kindsOf({ machines }: Upgrade): MachineUpgrade[][] {
  const kinds: MachineUpgrade[][] = []
  for (const each of machines) {
    const last = kinds.at(-1)
    if (last?.[0]?.kind === each.kind) last.push(each)
    else kinds.push([each])
  }
  return kinds
}

/**
 * For a comment, which has a size limit: the commands of the first machine of each kind, and the names of the others.
 *
 * @param cell escapes a text
 * @param namesText lists names of machines
 */
export function upgradeMarkdown(
  upgrade: Upgrade | null,
  cell: (text: string) => string,
  namesText: (names: readonly string[]) => string,
): string[] {
  if (!upgrade) return []
  if (upgrade.refusal !== null) return ['', `**Refused:** ${cell(upgrade.refusal)}`]
  const lines = ['', cell(upgradeTitle(upgrade))]
  for (const [first, ...others] of kindsOf(upgrade)) {
    if (!first) continue
    const then = others.length > 0 ? `, then likewise ${namesText(others.map(({ machine }) => machine))}` : ''
    lines.push(
      '',
      `${cell(first.machine)}, ${first.kind}${cell(then)}:`,
      '',
      '```sh',
      ...commandLines(first),
      '```',
    )
  }
  return [...lines, '', ...upgrade.notes.map((note) => `- ${cell(note)}`)]
}
