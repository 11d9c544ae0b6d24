import { printable } from '../../../diagnostics/excerpt.ts'
import { mermaidLabel } from '../../../text/mermaid.ts'

/* A picture as data, and its text in Mermaid's language. Identifiers are ours; only labels contain words of the profile. */

/** Brackets of the shapes: https://mermaid.js.org/syntax/flowchart.html#node-shapes */
const shapes = {
  box: ['[', ']'],
  network: ['([', '])'],
  address: ['{{', '}}'],
  outside: ['[/', '/]'],
  disk: ['[(', ')]'],
} as const

export type Node = { id: string; shape: keyof typeof shapes; lines: readonly string[] }
export type Group = {
  id: string
  lines: readonly string[]
  nodes: readonly Node[]
  groups?: readonly Group[]
}

const lines = { line: '---', arrow: '-->', dotted: '-.-' } as const

/** `label` null: none. */
export type Edge = { from: string; to: string; line: keyof typeof lines; label: string | null }

export type Picture = {
  /** Where it grows: down or to the right. */
  direction: 'TB' | 'LR'
  nodes: readonly Node[]
  groups: readonly Group[]
  edges: readonly Edge[]
}

const label = (texts: readonly string[]): string => mermaidLabel(texts.map(printable))

function nodeLine({ id, shape, lines: texts }: Node): string {
  const [open, close] = shapes[shape]
  return `${id}${open}${label(texts)}${close}`
}

const groupLines = ({ id, lines: texts, nodes, groups = [] }: Group): string[] => [
  `subgraph ${id}[${label(texts)}]`,
  ...[...nodes.map(nodeLine), ...groups.flatMap(groupLines)].map((line) => `  ${line}`),
  'end',
]

const edgeLine = ({ from, to, line, label: text }: Edge): string =>
  `${from} ${lines[line]}${text === null ? '' : `|${label([text])}|`} ${to}`

/** The text of a flowchart. */
export function mermaidText({ direction, nodes, groups, edges }: Picture): string {
  const all = [...nodes.map(nodeLine), ...groups.flatMap(groupLines), ...edges.map(edgeLine)]
  return `flowchart ${direction}\n${all.map((line) => `  ${line}\n`).join('')}`
}
