import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { preseed } from '../installers/preseed.ts'
import { runProgram } from './programs.ts'
import type { Finding, Reader, Reading } from './reader.ts'

/*
 * A separate database (debconf.conf(5)): the system's belongs to root, and is locked while packages are installed or another run of the
 * same program uses it.
 */
const databases = (directory: string): string =>
  [
    'Config: configdb\nTemplates: templatedb\n',
    `Name: configdb\nDriver: File\nFilename: ${join(directory, 'config.dat')}\n`,
    `Name: templatedb\nDriver: File\nFilename: ${join(directory, 'templates.dat')}\n`,
  ].join('\n')

/** `debconf-set-selections --checkonly`: checks the answers for Debian's installer, line by line. */
export const debconf: Reader = {
  program: 'debconf-set-selections',
  package: 'debconf',
  code: 'program/debconf',
  readsSiteFile: (file) => file.path.startsWith(`${preseed.answers.directory}/`),
  async read(workdir, subjects) {
    const configuration = join(workdir.directory, 'debconf.conf')
    await writeFile(configuration, databases(workdir.directory), { mode: 0o600 })
    const path = join(workdir.directory, 'preseed.cfg')
    const readings: Reading[] = []
    for (const subject of subjects) {
      await writeFile(path, subject.text, { mode: 0o600 })
      const outcome = await runProgram(workdir.program, ['--checkonly', path], {
        ...workdir,
        environment: { DEBCONF_SYSTEMRC: configuration },
      })
      if (outcome.problem) readings.push({ notRun: outcome.problem })
      else readings.push({ findings: findingsOf(outcome.stderr, outcome.status) })
    }
    return readings
  },
}

/**
 * `error: parse error on line 3: '…'`, `warning: Unknown type foo, skipping line 3`: the installer skips such a line, so both are errors.
 * For continued lines, the number is that of the last one.
 */
function findingsOf(stderr: string, status: number | null): Finding[] {
  const findings: Finding[] = []
  for (const row of stderr.split('\n')) {
    const [, message, line] = /^(?:error|warning): (.*?\bline (\d+)\b)/.exec(row) ?? []
    if (message && line) findings.push({ line: Number(line), severity: 'error', message })
  }
  if (findings.length > 0 || status === 0) return findings
  return [{ line: null, severity: 'error', message: stderr.trim() }]
}
