import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { installerOf } from '../installers/index.ts'
import type { SeedInAnswers } from '../installers/installer.ts'
import { isMapping, valueAt } from '../text/data.ts'
import { type Outcome, runProgram } from './programs.ts'
import type { Workdir, Finding, Reader, Reading, CheckedText } from './reader.ts'
import { cloudConfigShape } from './shape.ts'

/**
 * Some installers get the machine's cloud-config inside their own answers, where cloud-init's schema does not look.
 *
 * @returns that inner document
 */
function innerCloudConfig(text: string, { at }: SeedInAnswers): string | null {
  const document: unknown = parse(text, { version: '1.1', maxAliasCount: 0 })
  const inner = valueAt(document, at)
  return isMapping(inner)
    ? `#cloud-config\n${stringify(inner, { version: '1.1', defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 })}`
    : null
}

/** `cloud-init schema`: the user-data against the schema of the cloud-init that is installed here. */
export const cloudInit: Reader = {
  program: 'cloud-init',
  code: 'program/cloud-init',
  readsSiteFile: (file) => file.path.endsWith('/user-data'),
  shape: cloudConfigShape,
  async read(workdir, subjects) {
    return Promise.all(subjects.map((subject) => readOne(workdir, subject)))
  },
}

async function readOne(workdir: Workdir, subject: CheckedText): Promise<Reading> {
  const path = join(workdir.directory, 'user-data')
  const findings: Finding[] = []
  const [machine] = subject.machines
  const seed = machine ? installerOf(machine).seed : 'own'
  const inner = seed === 'own' ? null : innerCloudConfig(subject.text, seed)
  for (const text of inner === null ? [subject.text] : [subject.text, inner]) {
    await writeFile(path, text, { mode: 0o600 })
    const outcome = await runProgram(workdir.program, ['schema', '--config-file', path], workdir)
    if (outcome.problem) return { notRun: outcome.problem }
    // So that one knows which is meant: the answers for the installer, or the cloud-config inside.
    const prefix = text === inner && seed !== 'own' ? `${seed.at.join('.')}.` : ''
    for (const message of listed('errors', outcome))
      findings.push({
        line: lineOf(message),
        severity: 'error',
        message: prefix + message,
        ...about(message, text, subject),
      })
    for (const message of listed('deprecations', outcome))
      findings.push({ line: null, severity: 'warning', message: prefix + message })
    if (outcome.status !== 0 && !findings.some((finding) => finding.severity === 'error'))
      findings.push({ line: null, severity: 'error', message: oneLine(outcome.stderr || outcome.stdout) })
  }
  return { findings }
}

/**
 * `Cloud config schema errors: a.b: one thing, c.0: another`; commas stand inside of messages too. Errors go to stderr and
 * deprecations to stdout; versions differ in that.
 */
function listed(what: 'errors' | 'deprecations', { stdout, stderr }: Outcome): Set<string> {
  const heading = `Cloud config schema ${what}: `
  const messages = [stdout, stderr].flatMap((text) => {
    const start = text.indexOf(heading)
    if (start === -1) return []
    const [list = ''] = text
      .slice(start + heading.length)
      .split(/^(?:Error:|Valid |Cloud config schema )/m, 1)
    return list.trim().split(/, (?=[\w-]+(?:\.[\w-]+)*: )/)
  })
  return new Set(messages.filter((message) => message !== '').map(oneLine))
}

/**
 * Some messages repeat the value that they are about: without what may be a key or a password in it. Indented lines are the
 * excerpt of a YAML error.
 */
function oneLine(message: string): string {
  return message
    .trim()
    .replaceAll(
      /'(content|passwd|hashed_passwd)': (?:'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*")/g,
      (_, key: string) => `'${key}': …`,
    )
    .replace(/File \S+ is not valid yaml\. /, 'not valid YAML: ')
    .replaceAll(/\n[ \t]+[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 400)
}

/** Mistakes of YAML come as `format-l2.c4: …`. */
function lineOf(message: string): number | null {
  const line = /^format-l(\d+)\.c\d+: /.exec(message)?.[1]
  return line ? Number(line) : null
}

/** `write_files.3: …` is about the machine's file of that position: find it, for its place in the profile or a template. */
function about(message: string, text: string, subject: CheckedText): Pick<Finding, 'about'> {
  const index = /^write_files\.(\d+)\b/.exec(message)?.[1]
  if (!index) return {}
  const document: unknown = parse(text, { version: '1.1' })
  const files = isMapping(document) ? document['write_files'] : null
  const entry: unknown = Array.isArray(files) ? files[Number(index)] : null
  const path = isMapping(entry) ? entry['path'] : null
  const file = typeof path === 'string' ? subject.others.get(path) : undefined
  return file ? { about: file } : {}
}
