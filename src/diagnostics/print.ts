import { formatPath } from './diagnostic.ts'
import type { Diagnostic, Position, Severity } from './diagnostic.ts'
import { excerpt, printable } from './excerpt.ts'
import type { Locatable } from './locate.ts'

export const diagnosticFormats = ['text', 'json', 'github'] as const
export type DiagnosticFormat = (typeof diagnosticFormats)[number]

/** A diagnostic and, if known, the file that it concerns. */
export type Printable = { diagnostic: Diagnostic; loaded?: Locatable }

export type PrintOptions = {
  colour?: boolean
  /** Maximum number of diagnostics of one file in text output. */
  most?: number
}

/** A diagnostic in JSON output; its shape is part of the command line's interface. */
export type PlainDiagnostic = {
  file: string | null
  line: number | null
  column: number | null
  severity: Severity
  code: string
  message: string
  hint: string | null
  path: string | null
  source: string | null
  related: { file: string | null; line: number | null; column: number | null; message: string }[]
}

/**
 * Prints diagnostics in the order given.
 *
 * @returns text that ends with a line feed; empty for an empty list (an empty array in JSON)
 */
export function printDiagnostics(
  list: readonly Printable[],
  format: DiagnosticFormat,
  options: PrintOptions = {},
): string {
  switch (format) {
    case 'text':
      return printText(list, options)
    case 'json':
      return `${JSON.stringify(list.map(plainDiagnostic), null, 2)}\n`
    case 'github':
      return list.map((each) => `${githubCommand(plainDiagnostic(each))}\n`).join('')
    default:
      return format satisfies never
  }
}

/** `3 errors and 1 warning`, or an empty text. */
export function countDiagnostics(list: readonly Diagnostic[]): string {
  const count = (severity: Severity) => {
    const number = list.filter((each) => each.severity === severity).length
    return number === 0 ? [] : [`${number} ${severity}${number === 1 ? '' : 's'}`]
  }
  return [...count('error'), ...count('warning')].join(' and ')
}

const positionOf = ({ diagnostic, loaded }: Printable): Position | null => {
  if (diagnostic.position) return diagnostic.position
  if (!loaded) return null
  return loaded.locate(diagnostic.path ?? [], diagnostic.onKey, diagnostic.part)
}

function relatedOf({ diagnostic, loaded }: Printable): { position: Position | null; message: string }[] {
  return (diagnostic.related ?? []).map(({ path, onKey, message, position }) => ({
    message,
    position: position ?? loaded?.locate(path, onKey) ?? null,
  }))
}

/** A diagnostic without internal fields. */
function plainDiagnostic(each: Printable): PlainDiagnostic {
  const { diagnostic, loaded } = each
  const position = positionOf(each)
  return {
    file: position?.file ?? loaded?.file ?? null,
    line: position?.line ?? null,
    column: position?.column ?? null,
    severity: diagnostic.severity,
    code: diagnostic.code,
    message: diagnostic.message,
    hint: diagnostic.hint ?? null,
    path: diagnostic.path ? formatPath(diagnostic.path) : null,
    source: diagnostic.source ?? null,
    related: relatedOf(each).map((related) => ({
      file: related.position?.file ?? null,
      line: related.position?.line ?? null,
      column: related.position?.column ?? null,
      message: related.message,
    })),
  }
}

/* Escaping for GitHub's workflow commands: actions/toolkit, packages/core/src/command.ts, escapeData and escapeProperty. */
const escapeData = (text: string): string =>
  text
    .split(/([\r\n])/)
    .map((part) => (part === '\r' ? '%0D' : part === '\n' ? '%0A' : printable(part).replaceAll('%', '%25')))
    .join('')
const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

function githubCommand(each: PlainDiagnostic): string {
  const properties: string[] = []
  if (each.file !== null) properties.push(`file=${escapeProperty(each.file)}`)
  if (each.line !== null) properties.push(`line=${each.line}`)
  if (each.column !== null) properties.push(`col=${each.column}`)
  properties.push(`title=${escapeProperty(each.code)}`)
  const lines = [each.message]
  if (each.hint !== null) lines.push(`hint: ${each.hint}`)
  for (const { file, line, column, message } of each.related) {
    lines.push(file === null ? message : `${file}:${line}:${column}: ${message}`)
  }
  if (each.source !== null) lines.push(`source: ${each.source}`)
  return `::${each.severity} ${properties.join(',')}::${escapeData(lines.join('\n'))}`
}

type Paint = (text: string, style: 'bold' | 'error' | 'warning' | 'dim') => string

const styles = { bold: 1, error: 31, warning: 33, dim: 2 } as const
const colours: Paint = (text, style) => `\u001B[${styles[style]}m${text}\u001B[0m`
const noColours: Paint = (text) => text

function printText(list: readonly Printable[], { colour = false, most = 50 }: PrintOptions): string {
  const paint = colour ? colours : noColours
  const shown = new Map<string, number>()
  const left = new Map<string, Diagnostic[]>()
  const blocks: string[] = []
  for (const each of list) {
    const file = each.loaded?.file ?? positionOf(each)?.file ?? ''
    const count = (shown.get(file) ?? 0) + 1
    shown.set(file, count)
    if (count <= most) blocks.push(printOne(each, paint))
    else if (count === most + 1) left.set(file, [each.diagnostic])
    else left.get(file)?.push(each.diagnostic)
  }
  for (const [file, diagnostics] of left) {
    blocks.push(`${file ? `${printable(file)}: ` : ''}and ${countDiagnostics(diagnostics)} more`)
  }
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`
}

const placeOf = (position: Position): string =>
  `${printable(position.file)}:${position.line}:${position.column}: `

function printOne(each: Printable, paint: Paint): string {
  const { diagnostic, loaded } = each
  const position = positionOf(each)
  const path =
    diagnostic.path && diagnostic.path.length > 0 ? ` [${printable(formatPath(diagnostic.path))}]` : ''
  const severity = paint(`${diagnostic.severity}[${diagnostic.code}]:`, diagnostic.severity)
  const place = paint(position ? placeOf(position) : '', 'bold')
  const lines = [`${place}${severity} ${printable(diagnostic.message)}${paint(path, 'dim')}`]
  const text = position && loaded && textOf(loaded, position.file)
  if (text && position && !diagnostic.hidden) {
    const [source, marks] = excerpt(text, position)
    if (source !== undefined && marks !== undefined) lines.push(source, paint(marks, diagnostic.severity))
  }
  if (diagnostic.hint !== undefined) lines.push(`  hint: ${printable(diagnostic.hint)}`)
  for (const related of relatedOf(each)) {
    lines.push(`  ${related.position ? placeOf(related.position) : ''}${printable(related.message)}`)
  }
  if (diagnostic.source !== undefined) lines.push(`  source: ${printable(diagnostic.source)}`)
  return lines.join('\n')
}

const textOf = (loaded: Locatable, file: string): string | undefined =>
  file === loaded.file ? loaded.text : loaded.texts?.get(file)
