import { dirname, relative } from 'node:path'
import type { Cluster } from '../../cluster/cluster.ts'
import { assemble } from '../../assembly/assemble.ts'
import { machineFiles } from '../../assembly/first-boot.ts'
import { components } from '../../components/index.ts'
import { printable } from '../../diagnostics/excerpt.ts'
import { valueAt } from '../../text/data.ts'
import type { LoadedProfile } from '../../profile/load.ts'
import { clusterWithoutSecrets } from '../cluster-without-secrets.ts'
import { choiceOf, type Command, exit } from '../context.ts'
import { formats } from './formats.ts'
import { type Explanation, explainMachine, type LineOf, type Origin, type Row } from './explanation.ts'
import { machinePicture } from './pictures/machine.ts'
import { mermaidText } from './pictures/picture.ts'
import { rackPicture } from './pictures/rack.ts'
import { findMachine, unknownMachine } from '../machines.ts'

/** `hakube explain PROFILE [MACHINE]` */
export const action: Command = async (context) => {
  const [, wanted] = context.parameters
  const found = await clusterWithoutSecrets(context)
  if (!found) return exit.invalidInput
  const { loaded, cluster } = found
  const format = choiceOf(context.options, 'format', formats)
  const asJson = format === 'json'
  if (wanted === undefined) {
    if (format === 'mermaid') {
      context.stdout.write(mermaidText(rackPicture(cluster)))
      return exit.success
    }
    const machines = listMachines(cluster)
    context.stdout.write(asJson ? `${JSON.stringify(machines, null, 2)}\n` : printMachines(machines))
    return exit.success
  }
  const machine = findMachine(cluster, wanted)
  if (!machine) {
    context.stderr.write(`hakube: ${printable(unknownMachine(cluster, wanted))}\n`)
    return exit.invalidInput
  }
  if (format === 'mermaid') {
    context.stdout.write(mermaidText(machinePicture(cluster, machine)))
    return exit.success
  }
  const assembly = assemble(components, cluster, machine)
  const explanation = explainMachine(
    cluster,
    assembly,
    machineFiles(cluster, assembly),
    components,
    linesOf(loaded),
  )
  context.stdout.write(asJson ? `${JSON.stringify(explanation, null, 2)}\n` : printExplanation(explanation))
  return exit.success
}

type Listed = { name: string; role: string; address: string; macs: readonly string[] }

/** In the order of the profile. */
const listMachines = ({ machines }: Cluster): Listed[] =>
  machines.map(({ name, role, address, macs }) => ({ name, role, address, macs }))

function printMachines(machines: readonly Listed[]): string {
  const rows = machines.map(({ name, role, address, macs }) =>
    [name, role, address, macs.join(', ')].map(printable),
  )
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`)
    .join('')
}

/** Finds lines of the profile; paths that it does not contain have none. */
export function linesOf(loaded: LoadedProfile): LineOf {
  return (path) => {
    if (valueAt(loaded.profile, path) === undefined) return null
    const { file, line } = loaded.locate(path, true)
    // A base profile may be in another directory.
    return { file: relative(dirname(loaded.file), file), line }
  }
}

function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'profile':
      return `${origin.file}:${origin.line}${origin.component ? ` (${origin.component})` : ''}`
    case 'component':
      return origin.component
    case 'default':
      return `default: ${origin.reason}`
    case 'yours':
      return `add it, from ${origin.source}`
    default:
      return origin satisfies never
  }
}

/** Columns are as wide as their contents, up to this width, so that a long value does not push the origins off the screen. */
const widestValue = 44

function printRows(all: readonly Row[]): string {
  const rows = all.map((row) => ({ ...row, name: printable(row.name), value: printable(row.value) }))
  const name = Math.max(...rows.map((row) => row.name.length))
  const value = Math.min(widestValue, Math.max(...rows.map((row) => row.value.length)))
  return rows
    .map((row) => {
      const columns = [row.name.padEnd(name), ...(value > 0 ? [row.value.padEnd(value)] : [])]
      const from = row.origin ? printable(describeOrigin(row.origin)) : ''
      return `${`  ${columns.join('  ')}  ${from}`.trimEnd()}\n`
    })
    .join('')
}

function printExplanation({ machine, summary, sections }: Explanation): string {
  const parts = [`${printable(machine)}: ${printable(summary)}\n`]
  for (const { title, rows } of sections) parts.push(`${title}\n${printRows(rows)}`)
  return parts.join('\n')
}
