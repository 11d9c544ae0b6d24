import type { Owned } from '../assembly/assemble.ts'
import type { PlainFile } from '../assembly/component.ts'
import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts'
import { isMapping, valueAt } from '../text/data.ts'
import { machineNames } from './machine-names.ts'
import type { Finding, Reader, CheckedText } from './reader.ts'

/** The profile as written, for the position of a text that came from it. */
export type ProfileText = { profile: unknown }

/** Turns a finding of a program into a diagnostic with machine, file and source line. */
export function diagnose(
  reader: Reader,
  subject: CheckedText,
  finding: Finding,
  profile: ProfileText | null,
): Diagnostic {
  const file = finding.about ?? subject.file
  const line = finding.about ? null : finding.line
  const where = finding.about
    ? `${subject.path} (${finding.about.path})`
    : subject.path + (line ? ` line ${line}` : '')
  // Programs quote what they read, and the excerpt would show it.
  const isSecret = file?.secret === true && file.from !== undefined
  const says = isSecret
    ? 'reports an error; its message is not shown, because the text is a secret'
    : `says: ${finding.message}`
  return {
    code: reader.code,
    severity: finding.severity,
    message: `${machineNames(subject.machines)}: ${where}: ${reader.program} ${says}`,
    ...origin(file, line, subject, profile),
    ...(isSecret ? { hidden: true } : {}),
    ...(finding.source ? { source: finding.source } : {}),
  }
}

type Origin = Pick<Diagnostic, 'path' | 'part' | 'position' | 'hint'>

function origin(
  file: Owned<PlainFile> | null,
  line: number | null,
  subject: CheckedText,
  profile: ProfileText | null,
): Origin {
  if (!file)
    return {
      hint: 'hakube generates this file from the whole profile; if the profile is right, please report this',
    }
  if (file.from) return userPlace(file.from, line, subject.text, profile)
  if (typeof file.content === 'string')
    return {
      hint: `the component ${file.component} generates this file; if the profile is right, please report this`,
    }
  const { template } = file.content
  const templateLine = line ? file.content.templateLines()[line - 1] : undefined
  return {
    ...(templateLine ? { position: { file: template, line: templateLine, column: 1, length: 1 } } : {}),
    hint: `${templateLine ? `line ${templateLine} of ` : ''}${template} generates it (component ${file.component}); if the profile is right, please report this`,
  }
}

/** The position in the profile, or in the file next to it, of a line of a user's text. */
function userPlace(from: Path, line: number | null, text: string, profile: ProfileText | null): Origin {
  const entry = profile ? valueAt(profile.profile, from) : null
  if (!line || !isMapping(entry)) return { path: from }
  for (const key of ['source', 'content', 'run']) {
    const value = entry[key]
    if (typeof value !== 'string') continue
    // A file next to the profile is the text itself.
    const own = key === 'source' ? text : value
    // A user's command is part of a script of hakube, which begins with other lines.
    const start = text.indexOf(own.trimEnd())
    const before = text.slice(0, Math.max(start, 0)).split('\n').length - 1
    if (start === -1 || line <= before) return { path: [...from, key] }
    return { path: [...from, key], part: partOf(own, line - before) }
  }
  return { path: from }
}

/** The part of the text that a line occupies, without leading and trailing space. */
function partOf(text: string, line: number): { start: number; length: number } {
  const lines = text.split('\n')
  // `unexpected end of file` refers to the line after the last one.
  const index = Math.min(line, text.endsWith('\n') ? lines.length - 1 : lines.length) - 1
  const row = lines[index] ?? ''
  const space = row.length - row.trimStart().length
  const start = lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, space)
  return { start, length: Math.max(1, row.trim().length) }
}
