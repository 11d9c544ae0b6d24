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
 * Some installers get the machine's cloud-config within their own answers, which cloud-init's schema does not check.
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

/** `cloud-init schema`: checks the user-data against the schema of the installed cloud-init. */
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
    // Distinguishes the answers of the installer from the cloud-config within them.
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
 * Parses `Cloud config schema errors: a.b: one thing, c.0: another`; messages may contain commas too. Errors go to stderr and
 * deprecations to stdout, or differently, depending on the version.
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
 * Some messages repeat the value that they are about; this removes it, because it may be a key or a password. Indented lines are the
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

/** YAML errors have the form `format-l2.c4: …`. */
function lineOf(message: string): number | null {
  const line = /^format-l(\d+)\.c\d+: /.exec(message)?.[1]
  return line ? Number(line) : null
}

/** `write_files.3: …` refers to the file at that index: finds it, for its position in the profile or a template. */
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
