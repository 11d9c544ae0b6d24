import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { program, root } from './commands/hakube.ts'
import { describeWith, findProgram } from './prerequisites.ts'
import { answersWhileItRuns } from './support/serving.ts'

/*
 * Everything that README.md shows can be pasted: its commands are run here in their order, in one directory, as a newcomer would.
 * Only what a test cannot have is replaced: the address of the server, the directory of the clone, and the download of assets, which
 * is only listed here.
 */

const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** Fenced blocks of one language, without comments. */
function blocks(language: string): string[][] {
  return [...readme.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text = '']) =>
      text
        .split('\n')
        .map((line) => line.replace(/(?:^|\s+)#\s.*$/, ''))
        .filter((line) => line !== ''),
    )
}

const commands = blocks('sh').flat()
const isServer = (command: string): boolean => /^npm start\b|^hakube serve\b/.test(command)

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-readme-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What later commands need of the earlier ones: variables, and the directory. */
const exported: string[] = []

/** They are run by test/installation.integration.test.ts, in a copy of the project. */
const isInstallation = (command: string): boolean => /^npm (?:ci|pack|install)\b/.test(command)

/** The command as bash gets it: `npx` finds hakube in the clone only, and the test is in a directory of its own. */
function script(command: string): string {
  const here = command
    .replace(/^npm start\b/, `exec npm --prefix ${root} start -- --listen 127.0.0.1:0`)
    .replace(/^hakube serve\b/, `exec ${process.execPath} ${program} serve`)
    .replace(/^hakube assets (.*--dir (\S+).*)$/, 'hakube assets $1 --dry-run; mkdir $2')
    .replace('10.10.10.5:8080', '127.0.0.1:0')
    .replace(/ serve (?!.*--listen).*$/, (words) => `${words} --listen 127.0.0.1:0`)
  return `set -euo pipefail\nhakube() { ${process.execPath} ${program} "$@"; }\n${[...exported, here].join('\n')}\n`
}

function run(command: string): void {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script(command)], {
    cwd: directory,
    encoding: 'utf8',
  })
  expect({ command, status, output: status === 0 ? '' : stdout + stderr }).toEqual({
    command,
    status: 0,
    output: '',
  })
  if (/^(?:export|cd)\s/.test(command)) exported.push(command)
}

/** @param whileItRuns what is done when it answers */
async function serveForAMoment(command: string, whileItRuns = async () => {}): Promise<void> {
  // A group of its own: npm gives the signal to a shell, and the shell to nobody.
  const server = spawn('bash', ['-c', script(command)], { cwd: directory, detached: true })
  const end = (): void => {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM')
  }
  await answersWhileItRuns(server, command, end, whileItRuns)
}

/** The command, until it has said what `said` knows: then it gets Ctrl-C. @returns its exit code and its output */
async function runUntil(command: string, said: RegExp): Promise<{ status: number | null; output: string }> {
  const child = spawn(
    'bash',
    ['-c', script(command.replace(/^hakube /, `exec ${process.execPath} ${program} `))],
    {
      cwd: directory,
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString()
      if (said.test(output)) child.kill('SIGINT')
    })
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, output }))
  })
}

/** What the operator asks of the server that runs: here nobody switches a machine on. */
const asked: Readonly<Record<string, (command: string) => Promise<void>>> = {
  arm: async (command) => run(command),
  status: async (command) => {
    const { status, output } = await runUntil(command, /^worker-1 +armed/m)
    expect({ status, head: output.split('\n')[0] }).toEqual({
      status: 0,
      head: expect.stringMatching(/^MACHINE +STATE +FOR +LAST HEARD$/),
    })
  },
  wait: async (command) => {
    const { status, output } = await runUntil(`${command} --timeout 1s`, /$^/)
    expect({ status, output }).toEqual({
      status: 3,
      output: expect.stringMatching(/^hakube: worker-1 is armed: /m),
    })
  },
}
const askedBy = (command: string) => asked[/^hakube (\w+)/.exec(command)?.[1] ?? '']

describeWith({ programs: ['bash', 'npm', 'age-keygen'] }, 'the commands of README.md', () => {
  it('are the ones that are known here', () => {
    expect(commands.filter((command) => !/^(?:hakube|npm|age-keygen|export|cd) /.test(command))).toEqual([])
  })

  for (const command of commands) {
    // `npm test` runs this: it must not run itself.
    if (command === 'npm test' || isInstallation(command)) continue
    it(command, async () => {
      const ask = askedBy(command)
      const serve = commands.findLast((each) => each.startsWith('hakube serve profile.yaml')) ?? ''
      if (isServer(command)) await serveForAMoment(command)
      else if (ask) await serveForAMoment(serve, () => ask(command))
      else run(command)
    })
  }
})

describeWith({ programs: ['dnsmasq'] }, 'the dnsmasq configuration of README.md', () => {
  it('is read without a mistake', () => {
    const [configuration = []] = blocks('ini')
    const words = [join(root, 'dist/cli.js'), 'dhcp', 'profiles/rack-test.yaml']
    const printed = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' })
    expect(`${configuration.join('\n')}\n`).toBe(printed.stdout.replaceAll(/^#.*\n/gm, ''))
    const file = join(directory, 'dnsmasq.conf')
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
