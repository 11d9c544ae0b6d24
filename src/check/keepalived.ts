import { chmod, writeFile } from 'node:fs/promises'
import { networkInterfaces, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Severity } from '../diagnostics/diagnostic.ts'
import { textOf } from '../templates/template.ts'
import { runProgram } from './programs.ts'
import { type Finding, onTheMachine, type Reader, type Reading, type CheckedText } from './reader.ts'

/*
 * `keepalived --config-test` inspects the machine that it runs on: the interface must exist and not be the loopback; scripts must exist,
 * be safe, and belong to an existing user. So the copy that it reads names an interface of this machine, copies of the scripts, and the
 * user who runs the check: with another user, keepalived 2.2.7 kills itself with SIGTERM when it returns from that user's privileges.
 * Line numbers stay the same.
 */

const scriptLine = /^([ \t]*(?:script|notify|notify_\w+)[ \t]+)("?)(\/[^\s"]+)/gm
const includeLine = /^([ \t]*include[ \t]+)(\S+)/gm

function anInterface(): string | null {
  for (const [name, addresses] of Object.entries(networkInterfaces()))
    if (addresses?.some((address) => !address.internal)) return name
  return null
}

/** Null for a process whose user has no name, as in some containers. */
function currentUser(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}

/** A text with changed paths, and the path of each on the machine. */
type Copy = { text: string; places: ReadonlyMap<string, string> }

type Here = { directory: string; card: string; user: string }

async function relocated({ directory, card, user }: Here, subject: CheckedText): Promise<Copy> {
  const scripts = new Map<string, string>()
  const included = new Map<string, string>()
  const text = subject.text
    .replace(scriptLine, (_, start: string, mark: string, path: string) => {
      const copy = scripts.get(path) ?? join(directory, `script-${scripts.size}`)
      scripts.set(path, copy)
      return `${start}${mark}${copy}`
    })
    .replace(includeLine, (_, start: string, path: string) => {
      const copy = included.get(path) ?? join(directory, `included-${included.size}`)
      included.set(path, copy)
      return `${start}${copy}`
    })
    .replaceAll(/^([ \t]*script_user)[ \t]+.*$/gm, `$1 ${user}`)
    // Where keepalived does not support parameters, a script replaces this word by the interface name at each start.
    .replaceAll(/^([ \t]*interface)[ \t]+INTERFACE$/gm, `$1 ${card}`)
    // Bonds and VLANs of the profile do not exist on this machine either.
    .replaceAll(/^([ \t]*\S+[ \t]+dev)[ \t]+[^\s$]\S*$/gm, `$1 ${card}`)
    // Tracking cannot be tested: here all interfaces would be that of VRRP.
    .replaceAll(/^[ \t]*track_interface \{\n[^}]*\}$/gm, (block: string) => block.replaceAll(/^/gm, '# '))
  for (const [path, copy] of scripts) {
    const file = subject.others.get(path)
    // A script that no component contributes stays missing, and keepalived reports that.
    if (!file) continue
    await writeFile(copy, textOf(file.content))
    await chmod(copy, Number.parseInt(file.mode, 8) & 0o755)
  }
  const others = new Set(text.match(/\$INTERFACE_\w+/g))
  for (const [path, copy] of included) {
    const file = subject.others.get(path)
    // A file that hakube does not render is written at boot: the name of the machine's interface.
    const parameters = path.endsWith('/interfaces.conf') ? [...others] : ['$INTERFACE']
    await writeFile(
      copy,
      file ? textOf(file.content) : parameters.map((parameter) => `${parameter}=${card}\n`).join(''),
    )
  }
  return { text, places: new Map([...scripts, ...included].map(([path, copy]) => [copy, path])) }
}

/** `keepalived --config-test`. */
export const keepalived: Reader = {
  program: 'keepalived',
  code: 'program/keepalived',
  readsFile: (file) => file.path === '/etc/keepalived/keepalived.conf',
  async read(workdir, subjects) {
    const card = anInterface()
    const user = currentUser()
    return Promise.all(
      subjects.map(async (subject): Promise<Reading> => {
        if (!card) return { notRun: 'this machine has no network interface except loopback' }
        if (!user) return { notRun: 'the user who runs the check has no user name' }
        const path = join(workdir.directory, 'keepalived.conf')
        const { text, places } = await relocated({ directory: workdir.directory, card, user }, subject)
        await writeFile(path, text, { mode: 0o600 })
        const outcome = await runProgram(workdir.program, ['--config-test', '--use-file', path], workdir)
        if (outcome.problem) return { notRun: outcome.problem }
        const findings = keepalivedFindings(outcome.stderr, path, outcome.status === 0 ? 'warning' : 'error')
        if (outcome.status !== 0 && findings.length === 0) {
          const message = outcome.stderr.trim() || `it exited with status ${outcome.status} and no message`
          return { findings: [{ line: null, severity: 'error', message }] }
        }
        return { findings: findings.map((finding) => onTheMachine(finding, places)) }
      }),
    )
  },
}

/** Parses `(/tmp/keepalived.conf: Line 9) (a): VRID '300' not valid` or, with a single file, `(Line 9) …`. */
function keepalivedFindings(stderr: string, path: string, severity: Severity): Finding[] {
  const findings: Finding[] = []
  for (const row of stderr.split('\n')) {
    const [, place, line, message] = /^(?:\(([^()]*?)(?:: )?Line (\d+)\) )?(.*)$/.exec(row.trim()) ?? []
    // Printed when a signal ends it; the status reports that as well.
    if (!message || message === 'Terminated') continue
    const here = line !== undefined && (place === '' || place === path)
    findings.push({
      line: here ? Number(line) : null,
      severity,
      message,
    })
  }
  return findings
}
