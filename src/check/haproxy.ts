import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { textOf } from '../templates/template.ts'
import { runProgram } from './programs.ts'
import { type Finding, onTheMachine, type Reader, type CheckedText } from './reader.ts'

/*
 * `haproxy -c` opens the files that the configuration names: certificates, error pages, its user and group. Here these are not at the
 * paths that they have on the machine, so it reads a copy of the configuration with other paths. Line numbers stay the same.
 */

/** A text with changed paths, and the path of each on the machine. */
type Copy = { text: string; places: ReadonlyMap<string, string> }

/** Directives whose argument is a file that haproxy opens during the check. */
const fileWords = /(?<=[ \t])(ca-file|ca-verify-file|crl-file|crt|errorfile \d+|map)[ \t]+(\/\S+)/g

function localNames(file: string): Set<string> {
  try {
    return new Set(
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.split(':', 1)[0] ?? ''),
    )
  } catch {
    return new Set()
  }
}

async function relocated(directory: string, subject: CheckedText): Promise<Copy> {
  const copies = new Map<string, string>()
  const text = subject.text.replace(fileWords, (_, word: string, path: string) => {
    const copy = copies.get(path) ?? join(directory, `file-${copies.size}`)
    copies.set(path, copy)
    return `${word} ${copy}`
  })
  for (const [path, copy] of copies) {
    const file = subject.others.get(path)
    // On control planes kubeadm creates /etc/kubernetes/pki/ca.crt: the same CA, but not a file of hakube.
    const content = file ? textOf(file.content) : subject.cluster.secrets.authorities.kubernetes.certificate
    await writeFile(copy, content, { mode: 0o600 })
  }
  // The package creates user and group haproxy; they are missing if it is not installed as a service.
  const users = localNames('/etc/passwd')
  const groups = localNames('/etc/group')
  const relocated = text
    .replaceAll(/^([ \t]*)user[ \t]+(\S+)/gm, (line, space: string, name: string) =>
      users.has(name) ? line : `${space}# user ${name}`,
    )
    .replaceAll(/^([ \t]*)group[ \t]+(\S+)/gm, (line, space: string, name: string) =>
      groups.has(name) ? line : `${space}# group ${name}`,
    )
  return { text: relocated, places: new Map([...copies].map(([path, copy]) => [copy, path])) }
}

/** `haproxy -c`: parses the configuration as the service does, without binding ports. */
export const haproxy: Reader = {
  program: 'haproxy',
  code: 'program/haproxy',
  readsFile: (file) => file.path === '/etc/haproxy/haproxy.cfg',
  async read(workdir, subjects) {
    return Promise.all(
      subjects.map(async (subject) => {
        const path = join(workdir.directory, 'haproxy.cfg')
        const { text, places } = await relocated(workdir.directory, subject)
        await writeFile(path, text, { mode: 0o600 })
        const outcome = await runProgram(workdir.program, ['-c', '-f', path], workdir)
        if (outcome.problem) return { notRun: outcome.problem }
        const findings = haproxyFindings(outcome.stderr + outcome.stdout, path)
        if (outcome.status !== 0 && !findings.some((finding) => finding.severity === 'error'))
          findings.push({ line: null, severity: 'error', message: outcome.stderr.trim() })
        return { findings: findings.map((finding) => onTheMachine(finding, places)) }
      }),
    )
  },
}

/** `[ALERT]    (31285) : config : parsing [haproxy.cfg:6] : unknown keyword 'foo' in 'defaults' section` */
function haproxyFindings(output: string, path: string): Finding[] {
  const findings: Finding[] = []
  for (const row of output.split('\n')) {
    const [, level, rest] = /^\[(ALERT|WARNING)\]\s*\(\d+\)\s*:\s*(?:config\s*:\s*)?(.*)$/.exec(row) ?? []
    if (!level || !rest) continue
    // Totals at the end, after the actual errors.
    if (
      /^(?:Error\(s\) found in configuration|Fatal errors found in|Configuration file has no error)/.test(
        rest,
      )
    )
      continue
    const place = rest.indexOf(`[${path}:`)
    const line = place === -1 ? null : Number.parseInt(rest.slice(place + path.length + 2), 10)
    const message = rest.replace(/^(?:parsing )?\[[^\]]*\]\s*:\s*/, '').trim()
    findings.push({ line, severity: level === 'ALERT' ? 'error' : 'warning', message })
  }
  return findings
}
