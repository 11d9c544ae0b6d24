import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { start, stopAll, until } from '../support/processes.ts'

/*
 * A virtual machine is switched on with nothing but a network card. It boots by the lines that README.md gives for
 * dnsmasq, by iPXE and `hakube serve` into a diskless Debian, and becomes the load balancer of profiles/rack-test.yaml. At last its
 * kernel panics, and the server hears it.
 * About four minutes without hardware virtualisation, two more when the image has to be built.
 */
const namespace = `hakube-rack-${process.pid}`
const inside = ['netns', 'exec', namespace]
const directory = mkdtempSync(join(tmpdir(), 'hakube-rack-'))
const serial = join(directory, 'serial.log')
/** Where the server keeps how far the machine is. */
const state = join(directory, 'state')
const root = new URL('../..', import.meta.url).pathname
/** QEMU's monitor. */
const monitor = join(directory, 'monitor')
/** The profile of the rack, with what makes an NMI, as a BMC sends it, a panic that the server hears. */
const profile = join(directory, 'profile.yaml')
const rackProfile = readFileSync(join(root, 'profiles/rack-test.yaml'), 'utf8')
writeFileSync(
  profile,
  `${rackProfile}\nsyslogPort: 514\nnetconsole: true\nsysctls: { kernel.unknown_nmi_panic: 1 }\n`,
)
const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' })
const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** What README.md puts into /srv/tftp; readable for dnsmasq's own user. */
const tftp = join(directory, 'tftp')

function fillTftp(): void {
  mkdirSync(tftp)
  for (const loader of ['undionly.kpxe', 'ipxe.efi'])
    cpSync(join('/usr/lib/ipxe', loader), join(tftp, loader), { dereference: true })
  const site = join(directory, 'site')
  const words = ['render', profile, '--ephemeral-secrets', '--out', site]
  execFileSync(process.execPath, [join(root, 'dist/cli.js'), ...words], { cwd: root, stdio: 'ignore' })
  cpSync(join(site, 'hakube.ipxe'), join(tftp, 'hakube.ipxe'))
}

/** What `hakube dhcp` prints, with the directory of TFTP changed to the test's. */
function dnsmasqLines(): string {
  const words = [join(root, 'dist/cli.js'), 'dhcp', profile]
  return execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8' }).replace(
    'tftp-root=/srv/tftp',
    `tftp-root=${tftp}`,
  )
}

/** A command that speaks with the server. */
const hakube = (command: string, ...words: string[]): string =>
  execFileSync(
    'ip',
    [...inside, process.execPath, join(root, 'dist/cli.js'), command, profile, '--state', state, ...words],
    { encoding: 'utf8', cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )

type Kept = { type: string; name?: string; what?: string; state?: string }

/** What the journal says of the machine, each kind of news once, in the order in which it came. */
function newsOf(name: string): string[] {
  const events = read(join(state, 'journal'))
    .split('\n')
    .filter((line) => line.includes('"type"'))
    .map((line) => JSON.parse(line) as Kept)
  const words = events
    .filter((event) => event.name === name)
    .map(({ type, what, state: reached }) => [type, what ?? reached].filter(Boolean).join(' '))
  return [...new Set(words)]
}

const logs = (): string =>
  ['serve.log', 'dnsmasq.log', 'qemu.log', 'serial.log']
    .map((name) => `--- ${name}\n${read(join(directory, name)).slice(-6000)}`)
    .join('\n')

describeWith(
  {
    root: true,
    linux: true,
    programs: ['qemu-system-x86_64', 'dnsmasq', 'mmdebstrap', 'mksquashfs', 'ip', 'chronyd', 'curl'],
  },
  'one machine by real PXE',
  () => {
    beforeAll(async () => {
      const image = execFileSync(join(root, 'scripts/rack-image.sh'), {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        cwd: root,
      }).trim()
      ip('netns', 'add', namespace)
      ip('-n', namespace, 'link', 'set', 'lo', 'up')
      ip('-n', namespace, 'link', 'add', 'br0', 'type', 'bridge')
      // .1 is the server, .16 stands in for a worker, so that the balancer has someone to balance to.
      for (const address of ['10.10.10.1/24', '10.10.10.16/24'])
        ip('-n', namespace, 'address', 'add', address, 'dev', 'br0')
      ip('-n', namespace, 'link', 'set', 'br0', 'up')
      ip('-n', namespace, 'tuntap', 'add', 'tap0', 'mode', 'tap')
      ip('-n', namespace, 'link', 'set', 'tap0', 'master', 'br0', 'up')

      const server = [
        'serve',
        profile,
        '--ephemeral-secrets',
        '--listen',
        '10.10.10.1:8080',
        '--assets',
        image,
        '--state',
        state,
      ]
      const run = (log: string, program: string, ...args: string[]) =>
        start('ip', [...inside, program, ...args], join(directory, log), { cwd: root })
      run('serve.log', process.execPath, join(root, 'dist/cli.js'), ...server)
      fillTftp()
      await until('the server runs', 120, () => (read(join(state, 'server.json')) === '' ? null : true), logs)
      hakube('arm', '--all', '--for', '1h')
      writeFileSync(join(directory, 'dnsmasq.conf'), dnsmasqLines())
      run(
        'dnsmasq.log',
        'dnsmasq',
        '--keep-in-foreground',
        `--conf-file=${join(directory, 'dnsmasq.conf')}`,
        // No leases on this machine's disk: nothing of the test reaches outside of its namespace.
        '--bind-interfaces',
        '--user=root',
        '--leasefile-ro',
        '--log-facility=-',
        '--log-dhcp',
      )
      // A time server that leaves this machine's own clock alone (-x).
      writeFileSync(join(directory, 'chrony.conf'), 'local stratum 8\nallow 10.10.10.0/24\ncmdport 0\n')
      run('chronyd.log', 'chronyd', '-x', '-d', '-U', '-f', join(directory, 'chrony.conf'))
      const web = 'http.createServer((_, answer) => answer.end("worker\\n")).listen(80, "10.10.10.16")'
      run('worker.log', process.execPath, '-e', `const http = require("node:http"); ${web}`)
      run(
        'qemu.log',
        'qemu-system-x86_64',
        '-accel',
        'tcg,thread=multi',
        '-cpu',
        'max',
        '-smp',
        '2',
        '-m',
        '2048',
        '-display',
        'none',
        '-boot',
        'n',
        '-netdev',
        'tap,id=n0,ifname=tap0,script=no,downscript=no',
        '-device',
        'virtio-net-pci,netdev=n0,mac=52:54:00:00:00:11',
        '-serial',
        `file:${serial}`,
        '-monitor',
        `unix:${monitor},server=on,wait=off`,
        '-no-reboot',
      )
    })

    afterAll(async () => {
      await stopAll()
      execFileSync('ip', ['netns', 'delete', namespace])
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) cpSync(directory, keep, { recursive: true })
      rmSync(directory, { recursive: true, force: true })
    })

    it('becomes a load balancer from its seed, and hakube-verify passes in it', async () => {
      const started = Date.now()
      await until(
        'the machine is ready',
        1200,
        () => (/hakube: ready: /.test(read(serial)) ? true : null),
        logs,
      )
      expect(hakube('wait', 'balancer', '--for', 'ready', '--timeout', '2m')).toBe('ready: 1 machine\n')
      // That it is installed is overtaken by the news of its first step where that is quick.
      const passing = new Set(['fetched other', 'reported installed'])
      expect(newsOf('balancer').filter((news) => !passing.has(news))).toEqual([
        'armed',
        'fetched boot-script',
        'fetched answers',
        'reported configuring',
        'reported ready',
      ])
      process.stdout.write(`power-on to ready: ${Math.round((Date.now() - started) / 1000)} s\n`)
      const curl = ['--silent', '--show-error', '--max-time', '5', 'http://10.10.10.20/']
      const answer = await until('the ingress address answers', 30, () => {
        try {
          return execFileSync('ip', [...inside, 'curl', ...curl], {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          })
        } catch {
          return null
        }
      })
      expect(answer).toBe('worker\n')
    })

    it('is heard by the server while its kernel panics', async () => {
      const heard = await until(
        'netconsole is set up',
        120,
        () =>
          /.*netconsole sends the messages of this kernel to 10\.10\.10\.1/.exec(
            hakube('logs', 'balancer'),
          )?.[0],
        logs,
      )
      expect(heard).toMatch(/^\S+Z 10\.10\.10\.11 said /)
      await new Promise((resolve, reject) => {
        createConnection(monitor).once('error', reject).once('close', resolve).end('nmi\n').resume()
      })
      await until(
        'the panic is in the log',
        60,
        () =>
          /10\.10\.10\.11 said .*Kernel panic - not syncing: /.test(hakube('logs', 'balancer')) ? true : null,
        logs,
      )
    })
  },
)
