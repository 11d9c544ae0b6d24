import type { Code } from '../diagnostics/codes/index.ts'
import type { Severity } from '../diagnostics/diagnostic.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { Owned } from '../assembly/assemble.ts'
import type { PlainFile } from '../assembly/component.ts'
import type { SiteFile } from '../site/site.ts'

/** Everything that is rendered for one machine. */
export type MachineOutput = {
  machine: Machine
  /** Files on the machine. */
  files: readonly Owned<PlainFile>[]
  /** Files that the server sends for it. */
  site: readonly SiteFile[]
}

/** A text that a program checks once, for all machines that have it. */
export type CheckedText = {
  /** Path on the machine, or within the site if it is not a file of the machine. */
  path: string
  text: string
  /** The file on the machine; null for a file of the site. */
  file: Owned<PlainFile> | null
  /** All machines that have it; the text is that of the first one. */
  machines: Machine[]
  /** Files of the first machine by path, to resolve references in the text. */
  others: ReadonlyMap<string, Owned<PlainFile>>
  cluster: Cluster
}

/** A message of a program about a text. */
export type Finding = {
  /** Line of the text, from 1; null if the program gives none. */
  line: number | null
  severity: Severity
  /** The program's own message. */
  message: string
  /** Further information, e.g. the page of a shellcheck code. */
  source?: string
  /** The file on the machine that it is about, if that is not the text itself. */
  about?: Owned<PlainFile>
}

export type Reading = { findings: readonly Finding[] } | { notRun: string }

/** How to call a program: its path, a separate directory for each call, and a signal to abort. */
export type Workdir = { program: string; directory: string; signal?: AbortSignal | undefined }

/** A program that reads a part of the output on the machine, and can check it now. */
export type Reader = {
  program: string
  /** Code of its diagnostics. */
  code: Code
  /** Package that contains it, if its name differs from the program's. */
  package?: string
  readsFile?(file: Owned<PlainFile>): boolean
  readsSiteFile?(file: SiteFile): boolean
  /** The part of a text that affects the program's result; default: all of it, with the machine's own values masked. */
  shape?(text: string): string
  /** How many texts it accepts in one call; default 1. */
  batch?: number
  /** One result for each text, in the same order. */
  read(workdir: Workdir, subjects: readonly CheckedText[]): Promise<Reading[]>
}

/** Replaces the paths of copies in a program's message by the paths on the machine. */
export function onTheMachine(finding: Finding, places: ReadonlyMap<string, string>): Finding {
  let { message } = finding
  for (const [copy, path] of places) message = message.replaceAll(copy, path)
  return { ...finding, message }
}
