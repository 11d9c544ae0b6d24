import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { serviceUnits, type UnitFile } from '../../src/commands/service/units.ts'
import { exampleFile } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { until } from '../support/processes.ts'
import { program } from './hakube.ts'

/* What systemd itself says of the units, and what hakube serve does with its sockets and as its service. */

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-service-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const plain = {
  name: 'hakube',
  program: [process.execPath, program],
  words: ['--', '/srv/rack/profile.yaml'],
  listen: '10.10.10.5:8080',
  listenTls: null,
  lowPorts: false,
  credentials: new Map<string, string>(),
}
const whole = {
  ...plain,
  name: 'rack-2',
  words: ['--assets', '/srv/a "b" $HOME 100% \\n;', '--repo', 'ssh://git@host/x%h', '--', 'profile.yaml'],
  listen: ':8080',
  listenTls: '[fd00::5]:8443',
  lowPorts: true,
  credentials: new Map([
    ['age-key-file', '/root/rack $1 100%.key'],
    ['webhook-secret', '/root/webhook.secret'],
  ]),
}

function written(units: readonly UnitFile[]): string[] {
  const directory = scratch()
  return units.map(({ name, content }) => {
    writeFileSync(join(directory, name), content)
    return join(directory, name)
  })
}

describeWith({ linux: true, programs: ['systemd-analyze'] }, 'the units of hakube service', () => {
  it.each([
    ['plain', plain],
    ['with everything', whole],
  ])('%s are completely understood by systemd', (_, options) => {
    const files = written(serviceUnits(options))
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], {
      encoding: 'utf8',
    })
    // What it says of units of this machine is none of ours.
    const own = `${stdout}${stderr}`.split('\n').filter((line) => line.includes(options.name))
    expect({ own, status }).toEqual({ own: [], status: 0 })
  })

  it.each([
    ['plain', plain],
    ['with everything', whole],
  ])('%s expose less than 2.0', (_, options) => {
    const [file = ''] = written(serviceUnits(options))
    const { stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--no-pager', '--threshold=20', file],
      { encoding: 'utf8' },
    )
    const [, level] = /Overall exposure level for \S+: (\d+\.\d)/.exec(stdout) ?? []
    expect([Number(level) < 2, stderr]).toEqual([true, ''])
  })

  it('would report a setting that does not exist', () => {
    const [service] = serviceUnits(plain)
    const files = written([
      { name: 'hakube.service', content: (service?.content ?? '').replace('UMask=', 'UMosk=') },
    ])
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' })
    expect(stderr).toMatch(/Unknown key.* 'UMosk' in section/)
  })
})

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : 0))
    })
  })

/** Receives what a service tells systemd, as systemd does: from a datagram socket of the file system. */
const receiver = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    for line in s.recv(65536).decode().split('\\n'):
        if line: print(line, flush=True)
`

function started(command: string, words: readonly string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout?.on('data', (bytes: Buffer) => (text += bytes.toString()))
  child.stderr?.on('data', (bytes: Buffer) => (text += bytes.toString()))
  return { child, output: () => text }
}

describeWith(
  { linux: true, programs: ['systemd-socket-activate', 'systemd-notify', 'python3'] },
  'hakube serve as a service',
  () => {
    it('uses the socket of systemd, reports that it is ready, sends watchdog messages and reports that it stops', async () => {
      const directory = scratch()
      const notify = join(directory, 'notify')
      const heard = started('python3', ['-c', receiver, notify])
      await until('the receiver is there', 20, () => (heard.output().includes('bound') ? true : null))
      const port = await freePort()
      const server = started('systemd-socket-activate', [
        `--listen=127.0.0.1:${port}`,
        '--fdname=http',
        `--setenv=NOTIFY_SOCKET=${notify}`,
        '--setenv=WATCHDOG_USEC=1000000',
        `--setenv=PATH=${process.env['PATH']}`,
        process.execPath,
        program,
        'serve',
        exampleFile('rack-test'),
        '--ephemeral-secrets',
        '--state',
        join(directory, 'state'),
        // Not an address of this machine: it listens where systemd does.
        '--listen',
        '192.0.2.1:9',
      ])
      await until('systemd listens', 20, () => (server.output().includes('Listening on') ? true : null))
      // The request that starts the server waits for it, and is answered.
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`)
      expect([answer.status, await answer.text()]).toEqual([200, 'ok\n'])
      await until(
        'two signs of life',
        30,
        () => (heard.output().split('WATCHDOG=1').length > 2 ? true : null),
        () => heard.output() + server.output(),
      )
      server.child.kill('SIGTERM')
      await until('its end', 30, () => (server.child.exitCode === null ? null : true), server.output)
      expect(server.child.exitCode).toBe(0)
      const said = heard.output().split('\n')
      expect(said.filter((line) => line !== '' && line !== 'WATCHDOG=1' && line !== 'BARRIER=1')).toEqual([
        'bound',
        'READY=1',
        expect.stringMatching(
          new RegExp(`^STATUS=serving .+ \\(\\d+ machines, \\d+ files\\) on http://127\\.0\\.0\\.1:${port}$`),
        ),
        'STOPPING=1',
      ])
      expect(server.output()).toContain(`on http://127.0.0.1:${port}\n`)
      expect(server.output()).not.toContain('cannot notify systemd')
    })

    it('keeps running if systemd cannot be notified, and reports that once', async () => {
      const directory = scratch()
      const server = started('env', [
        `NOTIFY_SOCKET=${join(directory, 'nobody')}`,
        'WATCHDOG_USEC=200000',
        process.execPath,
        program,
        'serve',
        exampleFile('rack-test'),
        '--ephemeral-secrets',
        '--listen',
        '127.0.0.1:0',
        '--state',
        join(directory, 'state'),
      ])
      await until(
        'it serves',
        60,
        () => (/cannot notify systemd: --ready/.test(server.output()) ? true : null),
        server.output,
      )
      await new Promise((resolve) => setTimeout(resolve, 1000))
      server.child.kill('SIGTERM')
      await until('its end', 30, () => (server.child.exitCode === null ? null : true), server.output)
      expect(server.output().match(/cannot notify systemd/g)).toHaveLength(1)
    })
  },
)
