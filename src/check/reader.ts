import type { Code } from '../diagnostics/codes/index.ts'
import type { Severity } from '../diagnostics/diagnostic.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { Owned } from '../assembly/assemble.ts'
import type { PlainFile } from '../assembly/component.ts'
import type { SiteFile } from '../site/site.ts'

/** Everything that is rendered for one machine, as the check needs it. */
export type MachineOutput = {
  machine: Machine
  /** Files that land on the machine. */
  files: readonly Owned<PlainFile>[]
  /** What the server hands out for it. */
  site: readonly SiteFile[]
}

/** One text that a program reads once, for all machines that have the same. */
export type CheckedText = {
  /** Path on the machine, or below the site for what is not a file of the machine. */
  path: string
  text: string
  /** The file on the machine that the text is; null for a file of the site. */
  file: Owned<PlainFile> | null
  /** All that have it; the text is the first one's. */
  machines: Machine[]
  /** Files of the first machine by path, for what the text refers to. */
  others: ReadonlyMap<string, Owned<PlainFile>>
  cluster: Cluster
}

/** What a program says about a text. */
export type Finding = {
  /** Line of the text, from 1; null when the program names none. */
  line: number | null
  severity: Severity
  /** The program's own words. */
  message: string
  /** Where more is to be read, e.g. the page of a shellcheck code. */
  source?: string
  /** The file on the machine that it is about, when it isn't the text that was read. */
  about?: Owned<PlainFile>
}

export type Reading = { findings: readonly Finding[] } | { notRun: string }

/** How a program is called: its path, a directory of one's own for each call, and how to give up. */
export type Workdir = { program: string; directory: string; signal?: AbortSignal | undefined }

/** A program that will read a part of the output on the machine, and can be asked now. */
export type Reader = {
  program: string
  /** Code of its diagnostics. */
  code: Code
  /** Package that brings it, where it isn't named as the program. */
  package?: string
  readsFile?(file: Owned<PlainFile>): boolean
  readsSiteFile?(file: SiteFile): boolean
  /** The part of a text that decides what the program says; default: all, with the machine's own values masked. */
  shape?(text: string): string
  /** How many texts it takes in one call; default 1. */
  batch?: number
  /** One reading for each subject, in the same order. */
  read(workdir: Workdir, subjects: readonly CheckedText[]): Promise<Reading[]>
}

/** Puts the names that files have on the machine back into what a program said about copies of them. */
export function onTheMachine(finding: Finding, places: ReadonlyMap<string, string>): Finding {
  let { message } = finding
  for (const [copy, path] of places) message = message.replaceAll(copy, path)
  return { ...finding, message }
}
