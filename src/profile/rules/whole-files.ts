import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { packageFiles } from './package-files.ts'
import type { SystemFile } from './system-file.ts'
import { vitalFiles } from './vital-files.ts'

const findIn = (files: readonly SystemFile[], path: string): SystemFile | undefined =>
  files.find(({ paths }) =>
    paths.some((each) => (typeof each === 'string' ? each === path : each.test(path))),
  )

/**
 * A file that would replace one of the machine's own.
 *
 * @param at position of the path
 * @param text contents of the file, if known
 */
export function checkWholeFile(path: string, at: Path, text: string | undefined): Diagnostic[] {
  const vital = findIn(vitalFiles, path)
  const file = vital ?? findIn(packageFiles, path)
  if (!file || (file.forOneMachine && at[0] === 'machines')) return []
  const hint = file.instead.replace('%', () => path)
  const source = file.source === undefined ? {} : { source: file.source }
  if (path === '/etc/nsswitch.conf' && text !== undefined && !asksFiles(text)) {
    const message = `${path} has no files for hosts, so programs ignore /etc/hosts, on which hakube relies`
    return [error('files/system', message, { hint, path: at, ...source })]
  }
  const make = vital ? error : warning
  return [
    make('files/system', `${path} replaces the system's file completely: ${file.why}`, {
      hint,
      path: at,
      ...source,
    }),
  ]
}

/** Whether names are looked up in /etc/hosts. Without a line for hosts, glibc does so. */
function asksFiles(text: string): boolean {
  const line = /^\s*hosts\s*:([^#\n]*)/m.exec(text)?.[1]
  return line === undefined || line.split(/\s+/).includes('files')
}
