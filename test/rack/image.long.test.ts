import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { start, stop, stopAll, until } from '../support/processes.ts'
import { ramSystem } from '../support/ram-system.ts'

/*
 * A virtual machine with an empty disk is installed by `install: image`: by PXE and iPXE into the RAM system, which copies a Debian 12 to the
 * disk; the power fails in the middle; the next power-on installs, the one after that starts the disk, whose cloud-init finds its seed there, and
 * the machine becomes the load balancer of profiles/rack-test.yaml. The last power-on installs nothing.
 */
const namespace = `hakube-image-${process.pid}`
const inside = ['netns', 'exec', namespace]
const directory = mkdtempSync(join(tmpdir(), 'hakube-image-'))
const at = (name: string): string => join(directory, name)
const disk = at('disk')
const state = at('state')
const root = new URL('../..', import.meta.url).pathname
const ip = (...words: string[]): string => execFileSync('ip', words, { encoding: 'utf8' })
const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
const quiet = {
  encoding: 'utf8' as const,
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'] as ('ignore' | 'pipe' | 'inherit')[],
}

const profile = at('profile.yaml')

/** That of the rack test, on a disk instead of in memory. */
function writeProfile(image: string): void {
  const sha256 = createHash('sha256').update(readFileSync(image)).digest('hex')
  const text = readFileSync(join(root, 'profiles/rack-test.yaml'), 'utf8')
    .replace(/^# yaml-language-server.*\n/, '')
    .replace(
      '  install: live\n',
      `  install: image\n  images:\n    amd64: {path: images/disk.raw.zst, sha256: ${sha256}}\n`,
    )
    .replace('hardware:\n', 'hardware:\n  disk: /dev/vda\n')
  writeFileSync(profile, text)
}

const hakube = (command: string, ...words: string[]): string =>
  execFileSync('ip', [...inside, process.execPath, join(root, 'dist/cli.js'), command, profile, ...words], {
    ...quiet,
    stdio: ['ignore', 'pipe', 'pipe'],
  })

type Kept = { type: string; name?: string; what?: string; state?: string; step?: string }

/** What the journal says of the machine, each kind of news that follows another. */
function news(): string[] {
  const events = read(join(state, 'journal'))
    .split('\n')
    .filter((line) => line.includes('"type"'))
    .map((line) => JSON.parse(line) as Kept)
    .filter(({ name }) => name === 'balancer')
    .map(({ type, what, state: reached }) => [type, what ?? reached].filter(Boolean).join(' '))
  return events.filter((event, index) => event !== 'fetched other' && event !== events[index - 1])
}

const logs = (): string =>
  ['serve.log', 'dnsmasq.log', 'qemu.log', 'serial-1', 'serial-2', 'serial-3', 'serial-4']
    .map((name) => `--- ${name}\n${stripVTControlCharacters(read(at(name))).slice(-3000)}`)
    .join('\n')

let powered = 0

/** Switches the machine on; it asks the network first, always. It stays off after a restart. */
function powerOn() {
  powered += 1
  const serial = at(`serial-${powered}`)
  const words = ['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '2048', '-display', 'none']
  words.push('-boot', 'n', '-no-reboot', '-serial', `file:${serial}`)
  words.push('-netdev', 'tap,id=n0,ifname=tap0,script=no,downscript=no')
  words.push('-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:00:00:11')
  words.push('-drive', `file=${disk},format=raw,if=virtio`)
  const child = start('ip', [...inside, 'qemu-system-x86_64', ...words], at('qemu.log'))
  return {
    child,
    screen: () => stripVTControlCharacters(read(serial)),
    says: (pattern: RegExp, seconds: number) =>
      until(
        `the machine says ${String(pattern)}`,
        seconds,
        () => (pattern.test(stripVTControlCharacters(read(serial))) ? true : null),
        logs,
      ),
    isOff: () => until('the machine restarts', 300, () => (child.exitCode === null ? null : true), logs),
    cut: async () => {
      const ended = new Promise((resolve) => {
        child.once('exit', resolve)
      })
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The first sector says whether a firmware would start the disk. */
function starts(): boolean {
  const sector = Buffer.alloc(512)
  const handle = openSync(disk, 'r')
  readSync(handle, sector, 0, 512, 0)
  closeSync(handle)
  return sector.readUInt16LE(510) === 0xaa55
}

/** How many of them arrive before the power fails is chance. */
const reports = new Set(['reported installing', 'reported installed'])

describeWith(
  {
    root: true,
    linux: true,
    programs: ['qemu-system-x86_64', 'dnsmasq', 'mmdebstrap', 'zstd', 'cpio', 'ip', 'chronyd', 'sfdisk'],
  },
  'one machine by an image of a whole disk',
  () => {
    beforeAll(async () => {
      const image = join(execFileSync(join(root, 'scripts/disk-image.sh'), quiet).trim(), 'disk.raw.zst')
      const assets = at('assets')
      cpSync(ramSystem(), assets, { recursive: true })
      mkdirSync(join(assets, 'images'))
      try {
        linkSync(image, join(assets, 'images/disk.raw.zst'))
      } catch {
        cpSync(image, join(assets, 'images/disk.raw.zst'))
      }
      writeProfile(image)
      writeFileSync(disk, '')
      truncateSync(disk, 6 * 2 ** 30)

      ip('netns', 'add', namespace)
      ip('-n', namespace, 'link', 'set', 'lo', 'up')
      ip('-n', namespace, 'link', 'add', 'br0', 'type', 'bridge')
      // .1 is the server, .16 stands in for a worker, so that the balancer has someone to balance to.
      for (const address of ['10.10.10.1/24', '10.10.10.16/24'])
        ip('-n', namespace, 'address', 'add', address, 'dev', 'br0')
      ip('-n', namespace, 'link', 'set', 'br0', 'up')
      ip('-n', namespace, 'tuntap', 'add', 'tap0', 'mode', 'tap')
      ip('-n', namespace, 'link', 'set', 'tap0', 'master', 'br0', 'up')
      const run = (log: string, program: string, ...words: string[]) =>
        start('ip', [...inside, program, ...words], at(log), { cwd: root })
      const serve = ['serve', profile, '--ephemeral-secrets', '--listen', '10.10.10.1:8080']
      run(
        'serve.log',
        process.execPath,
        join(root, 'dist/cli.js'),
        ...serve,
        '--assets',
        assets,
        '--state',
        state,
      )
      await until('the server runs', 120, () => (existsSync(join(state, 'server.json')) ? true : null), logs)
      hakube('arm', '--all', '--state', state)
      mkdirSync(at('tftp'))
      for (const loader of ['undionly.kpxe', 'ipxe.efi'])
        cpSync(join('/usr/lib/ipxe', loader), at(`tftp/${loader}`), { dereference: true })
      execFileSync('ip', [
        ...inside,
        'curl',
        '-sf',
        '-o',
        at('tftp/hakube.ipxe'),
        'http://10.10.10.1:8080/hakube.ipxe',
      ])
      writeFileSync(
        at('dnsmasq.conf'),
        hakube('dhcp').replace('tftp-root=/srv/tftp', `tftp-root=${at('tftp')}`),
      )
      execFileSync('chmod', ['-R', 'a+rX', dirname(at('tftp'))])
      const dnsmasq = ['--keep-in-foreground', `--conf-file=${at('dnsmasq.conf')}`, '--bind-interfaces']
      run('dnsmasq.log', 'dnsmasq', ...dnsmasq, '--user=root', '--leasefile-ro', '--log-facility=-')
      // A time server that leaves this machine's own clock alone (-x).
      const own = `cmdport 0\nbindcmdaddress /\npidfile ${at('chronyd.pid')}\n`
      writeFileSync(at('chrony.conf'), `local stratum 8\nallow 10.10.10.0/24\n${own}`)
      run('chronyd.log', 'chronyd', '-x', '-d', '-U', '-f', at('chrony.conf'))
      const web = 'http.createServer((_, answer) => answer.end("worker\\n")).listen(80, "10.10.10.16")'
      run('worker.log', process.execPath, '-e', `const http = require("node:http"); ${web}`)
    }, 3_600_000)

    afterAll(async () => {
      await stopAll()
      execFileSync('ip', ['netns', 'delete', namespace])
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) {
        rmSync(disk, { force: true })
        rmSync(at('assets'), { recursive: true, force: true })
        cpSync(directory, keep, { recursive: true })
      }
      rmSync(directory, { recursive: true, force: true })
    })

    it('is installed once, through a power cut, and becomes ready from its own disk', async () => {
      const began = Date.now()
      const seconds = () => Math.round((Date.now() - began) / 1000)
      const first = powerOn()
      await first.says(/hakube: \d+ of \d+ MiB written/, 1500)
      await first.cut()
      expect(starts()).toBe(false)
      expect(hakube('status', '--state', state)).toMatch(/balancer +installing/)

      const second = powerOn()
      await second.says(/hakube: balancer is installed; restarting from its disk/, 1800)
      await second.isOff()
      expect(second.screen()).toContain('hakube: the copy is verified')
      expect(starts()).toBe(true)
      // The root partition has the whole disk.
      const table = execFileSync('sfdisk', ['--json', disk], { encoding: 'utf8' })
      const { partitiontable } = JSON.parse(table) as { partitiontable: { partitions: { size: number }[] } }
      expect(partitiontable.partitions.at(-1)!.size).toBeGreaterThan((5.9 * 2 ** 30) / 512)
      process.stdout.write(`power-on to the second restart: ${seconds()} s\n`)

      const third = powerOn()
      await third.says(/hakube: ready: /, 1800)
      process.stdout.write(`power-on to ready: ${seconds()} s\n`)
      expect(hakube('wait', 'balancer', '--for', 'ready', '--timeout', '2m', '--state', state)).toBe(
        'ready: 1 machine\n',
      )
      const begun = ['fetched boot-script', 'fetched script', 'looked']
      const booted = ['fetched disk', 'reported configuring', 'reported ready']
      expect(news()).toContain('reported installing')
      expect(news().filter((event) => !reports.has(event))).toEqual([
        'armed',
        ...begun,
        ...begun,
        'fetched done',
        ...booted,
      ])
      await stop(third.child)

      const fourth = powerOn()
      await fourth.says(/balancer login:/, 900)
      expect(news().slice(-2)).toEqual(['reported ready', 'fetched disk'])
      expect(starts()).toBe(true)
    }, 7_200_000)
  },
)
