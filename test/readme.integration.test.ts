import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { program, root } from './commands/hakube.ts'
import { describeWith, findProgram } from './prerequisites.ts'
import { answersWhileItRuns } from './support/serving.ts'

/*
 * Everything that README.md shows can be pasted: its commands are run here in their order, in one folder, as a newcomer would.
 * Only what a test cannot have is put in for something else: the server's address, and the folder of the clone.
 */

const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** Fenced blocks of one language, without comments. */
function blocks(language: string): string[][] {
  return [...readme.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text = '']) =>
      text
        .split('\n')
        .map((line) => line.replace(/(?:^|\s+)# .*$/, ''))
        .filter((line) => line !== ''),
    )
}

const commands = blocks('sh').flat()
const isServer = (command: string): boolean => /^npm start\b|^hakube serve\b/.test(command)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hakube-readme-'))
  mkdirSync(join(folder, 'cluster', 'assets'), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What later commands need of the earlier ones: variables, and the folder. */
const exported: string[] = []

/** They are run by test/installation.integration.test.ts, in a copy of the project. */
const isInstallation = (command: string): boolean => /^npm (?:ci|pack|install)\b/.test(command)

/** The command as bash gets it: `npx` finds hakube in the clone only, and the test is in a folder of its own. */
function script(command: string): string {
  const here = command
    .replace(/^npm start\b/, `exec npm --prefix ${root} start -- --listen 127.0.0.1:0`)
    .replace(/^hakube serve\b/, `exec ${process.execPath} ${program} serve`)
    .replace('10.10.10.5:8080', '127.0.0.1:0')
  return `set -euo pipefail\nhakube() { ${process.execPath} ${program} "$@"; }\n${[...exported, here].join('\n')}\n`
}

function run(command: string): void {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script(command)], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect({ command, status, output: status === 0 ? '' : stdout + stderr }).toEqual({
    command,
    status: 0,
    output: '',
  })
  if (/^(?:export|cd)\s/.test(command)) exported.push(command)
}

async function serveForAMoment(command: string): Promise<void> {
  // A group of its own: npm gives the signal to a shell, and the shell to nobody.
  const server = spawn('bash', ['-c', script(command)], { cwd: folder, detached: true })
  await answersWhileItRuns(server, command, () => {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM')
  })
}

describeWith({ programs: ['bash', 'npm', 'age-keygen'] }, 'the commands of README.md', () => {
  it('are the ones that are known here', () => {
    expect(commands.filter((command) => !/^(?:hakube|npm|age-keygen|export|cd) /.test(command))).toEqual([])
  })

  for (const command of commands) {
    // `npm test` runs this: it must not run itself.
    if (command === 'npm test' || isInstallation(command)) continue
    it(command, async () => {
      if (isServer(command)) await serveForAMoment(command)
      else run(command)
    })
  }
})

describeWith({ programs: ['dnsmasq'] }, 'the dnsmasq configuration of README.md', () => {
  it('is read without a mistake', () => {
    const [configuration = []] = blocks('ini')
    const file = join(folder, 'dnsmasq.conf')
    writeFileSync(file, `${configuration.join('\n')}\n`)
    const dnsmasq = findProgram('dnsmasq') ?? ''
    const { status, stderr } = spawnSync(dnsmasq, ['--test', `--conf-file=${file}`], { encoding: 'utf8' })
    expect({ lines: configuration.length > 5, status, stderr }).toEqual({
      lines: true,
      status: 0,
      stderr: 'dnsmasq: syntax check OK.\n',
    })
  })
})
