import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { textOf } from '../templates/template.ts'
import { runProgram } from './programs.ts'
import type { Finding, Reader, Reading, CheckedText } from './reader.ts'

const shebang = /^#!\s*\/(?:usr\/)?bin\/(?:env\s+)?(bash|sh)\b/

const isScript: NonNullable<Reader['readsFile']> = (file) => shebang.test(textOf(file.content))

async function put(directory: string, subjects: readonly CheckedText[]): Promise<string[]> {
  const paths = subjects.map((subject, index) => join(directory, `${index}-${basename(subject.path)}`))
  for (const [index, subject] of subjects.entries())
    await writeFile(paths[index] ?? '', subject.text, { mode: 0o600 })
  return paths
}

/** `bash -n`: parses a script without running it. */
export const bash: Reader = {
  program: 'bash',
  code: 'program/bash',
  readsFile: isScript,
  batch: 16,
  async read(workdir, subjects) {
    const paths = await put(workdir.directory, subjects)
    const readings: Reading[] = []
    for (const [index, subject] of subjects.entries()) {
      const path = paths[index] ?? ''
      const mode = shebang.exec(subject.text)?.[1] === 'sh' ? ['--posix', '-n'] : ['-n']
      const outcome = await runProgram(workdir.program, [...mode, path], workdir)
      if (outcome.problem) readings.push({ notRun: outcome.problem })
      else if (outcome.status === 0 && outcome.stderr === '') readings.push({ findings: [] })
      else readings.push({ findings: bashFindings(outcome.stderr, path) })
    }
    return readings
  },
}

/** `<path>: line 4: syntax error: unexpected end of file`, sometimes followed by the source line. */
function bashFindings(stderr: string, path: string): Finding[] {
  const findings: Finding[] = []
  for (const row of stderr.split('\n')) {
    if (!row.startsWith(`${path}: `)) continue
    const [, line, message] = /^line (\d+): (.*)$/.exec(row.slice(path.length + 2)) ?? []
    // The second line of a syntax error only quotes the source line.
    if (line && message && !/^`.*'$/.test(message))
      findings.push({ line: Number(line), severity: 'error', message })
  }
  return findings.length > 0 ? findings : [{ line: null, severity: 'error', message: stderr.trim() }]
}

type ShellcheckComment = { file: string; line: number; level: string; code: number; message: string }

const isComments = (value: unknown): value is ShellcheckComment[] =>
  Array.isArray(value) &&
  value.every(
    (comment: unknown) =>
      typeof comment === 'object' && comment !== null && 'file' in comment && 'line' in comment,
  )

/** shellcheck: finds errors that bash accepts. Its levels info and style are left out as matters of taste. */
export const shellcheck: Reader = {
  program: 'shellcheck',
  code: 'program/shellcheck',
  readsFile: isScript,
  batch: 16,
  async read(workdir, subjects) {
    const paths = await put(workdir.directory, subjects)
    const parameters = ['--norc', '--format=json', '--severity=warning', ...paths]
    const outcome = await runProgram(workdir.program, parameters, workdir)
    // 1: it found something. From 2 on, it could not read the file: https://www.shellcheck.net/wiki/Integration
    if (outcome.problem || (outcome.status !== 0 && outcome.status !== 1)) {
      const notRun = outcome.problem ?? outcome.stderr.trim()
      return subjects.map(() => ({ notRun }))
    }
    const comments: unknown = JSON.parse(outcome.stdout)
    if (!isComments(comments)) throw new TypeError('shellcheck printed JSON of another shape')
    return paths.map((path) => ({
      findings: comments
        .filter((comment) => comment.file === path)
        .map((comment) => ({
          line: comment.line,
          severity: comment.level === 'error' ? 'error' : 'warning',
          message: `SC${comment.code}: ${comment.message}`,
          source: `https://www.shellcheck.net/wiki/SC${comment.code}`,
        })),
    }))
  },
}
