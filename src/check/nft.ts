import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { textOf } from '../templates/template.ts'
import { runProgram } from './programs.ts'
import type { Finding, Reader, Reading } from './reader.ts'

/** `nft --check`: the kernel validates the rules without applying them. It uses netlink, so it needs root. */
export const nft: Reader = {
  program: 'nft',
  package: 'nftables',
  code: 'program/nft',
  readsFile: (file) =>
    file.path === '/etc/nftables.conf' ||
    file.path.endsWith('.nft') ||
    /^#!\s*\/usr\/sbin\/nft\b/.test(textOf(file.content)),
  async read(workdir, subjects) {
    return Promise.all(
      subjects.map(async (subject): Promise<Reading> => {
        const path = join(workdir.directory, 'rules.nft')
        await writeFile(path, subject.text, { mode: 0o600 })
        const outcome = await runProgram(workdir.program, ['--check', '--file', path], workdir)
        if (outcome.problem) return { notRun: outcome.problem }
        if (outcome.status === 0) return { findings: [] }
        if (/Operation not (?:permitted|supported)/.test(outcome.stderr))
          return { notRun: 'only root may query the kernel' }
        return { findings: nftFindings(outcome.stderr, path) }
      }),
    )
  },
}

/** `<path>:1:32-32: Error: syntax error, unexpected '}'` */
function nftFindings(stderr: string, path: string): Finding[] {
  const findings: Finding[] = []
  for (const row of stderr.split('\n')) {
    if (!row.startsWith(`${path}:`)) continue
    const [, line, message] = /^(\d+):[\d-]+: Error: (.*)$/.exec(row.slice(path.length + 1)) ?? []
    if (line && message) findings.push({ line: Number(line), severity: 'error', message })
  }
  return findings.length > 0 ? findings : [{ line: null, severity: 'error', message: stderr.trim() }]
}
