import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { prepareSite } from '../../src/server/served-site.ts'
import { createSiteServer } from '../../src/server/server.ts'
import { reporterOf, reportToken } from '../../src/secrets/report-token.ts'
import { machineSite } from '../../src/site/build.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { openJournal } from '../../src/state/journal.ts'
import { keepState, type Keeper } from '../../src/state/keeper.ts'
import { changedCluster } from '../components/host.ts'
import { makeDiskImage } from '../support/disk-image.ts'
import { ask } from '../server/serve.ts'

/*
 * The script that the RAM system runs, as it is rendered and served, with the real programs: it installs to a loop device, from a real server
 * that keeps the state of the machine. Each run is in namespaces of its own, which end with it.
 */
export const programs = [
  'unshare',
  'losetup',
  'sfdisk',
  'partx',
  'growpart',
  'mke2fs',
  'mkfs.xfs',
  'zstd',
  'curl',
  'getfattr',
]
const directory = mkdtempSync(join(tmpdir(), 'hakube-image-'))
export const assets = join(directory, 'assets')
mkdirSync(assets)
export const mebibyte = 2 ** 20
const sum = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
export const run = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

/** Makes `small.raw.zst`, a bootable image with 8 MiB that do not compress, for the tests of a group; removes all files after them. */
export function useSmallImage(): void {
  beforeAll(() => {
    makeDiskImage(join(assets, 'small.raw'), { payload: randomBytes(8 * mebibyte) })
    run('zstd', '-q', '-1', join(assets, 'small.raw'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
}

/** What hangs on a loop device after its user was killed; a power cut would have taken it along. */
export function detachFrom(disk: string): void {
  for (const row of run('losetup', '--list', '--noheadings', '--raw', '--output', 'NAME,BACK-FILE').split(
    '\n',
  )) {
    const [name = '', file] = row.split(' ')
    // It shows a file that is a device without its directory, from another mount namespace.
    if (file !== undefined && basename(file) === basename(disk)) run('losetup', '--detach', name)
  }
}

/** An empty disk, which ends with the test. */
export function makeDisk(mebibytes: number): string {
  const file = join(directory, `disk-${randomBytes(4).toString('hex')}`)
  writeFileSync(file, '')
  truncateSync(file, mebibytes * mebibyte)
  const disk = run('losetup', '--find', '--show', file)
  onTestFinished(() => {
    detachFrom(disk)
    run('losetup', '--detach', disk)
  })
  return disk
}

/** Passes connections on to a port; `cutting` says how many bytes of which answers it lets through. */
async function cutter(port: () => number, cutting: (connection: number) => number): Promise<number> {
  let count = 0
  const server = createServer((client) => {
    const upstream = connect(port(), '127.0.0.1')
    let left = Number.POSITIVE_INFINITY
    client.on('data', (data: Buffer) => {
      if (data.includes('GET /assets/')) left = cutting((count += 1))
      upstream.write(data)
    })
    upstream.on('data', (data: Buffer) => {
      if (data.length > left) {
        client.end(data.subarray(0, left))
        upstream.destroy()
        return
      }
      left -= data.length
      if (!client.write(data)) {
        upstream.pause()
        client.once('drain', () => upstream.resume())
      }
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.end())
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

export type Rack = {
  port: number
  keeper: Keeper
  mac: string
  name: string
  url: string
  said: () => string[]
}

/** A server with one machine that is to be installed from an image. @param cutting see {@link cutter} */
export async function openRack(
  disk: string,
  {
    file,
    sha256 = sum(join(assets, file)),
    cutting,
  }: { file: string; sha256?: string; cutting?: (n: number) => number },
): Promise<Rack> {
  const state = mkdtempSync(join(directory, 'state-'))
  const keeper = keepState(await openJournal(state))
  const server = createSiteServer(prepareSite({}, []), {
    assets,
    log: () => {},
    operated: { keeper, token: 'operator' },
  })
  const { port } = await server.listen('127.0.0.1:0')
  onTestFinished(async () => {
    await server.close()
    await keeper.close()
  })
  const seen = cutting ? await cutter(() => port, cutting) : port
  const cluster = changedCluster((profile) => {
    profile.server = `http://127.0.0.1:${seen}`
    // The machine reports with the token of its seed, and the images of these tests have no openssl.
    profile.secrets = { ...profile.secrets, delivery: 'inline' }
    profile.distribution = {
      name: 'debian',
      version: '13',
      install: 'image',
      images: { amd64: { path: file, sha256 } },
    }
    profile.hardware = { ...profile.hardware, disk, firmware: 'bios' }
  })
  const machine = cluster.machines[0]!
  const [mac] = machine.macs
  const { name } = machine
  const reporter = reporterOf(reportToken(cluster.secrets, mac))
  const machines = machinesByMac([{ name, macs: machine.macs, reporter }])
  server.replaceSite(prepareSite(machines, machineSite(cluster, assemble(components, cluster, machine))))
  await keeper.record({ type: 'armed', time: keeper.now(), mac, name, until: null, by: 'test' })
  const said = () =>
    keeper
      .history(mac)
      .flatMap((event) =>
        event.type === 'reported' ? [`${event.state}: ${event.step}: ${event.text ?? ''}`] : [],
      )
  return { port, keeper, mac, name, url: `http://127.0.0.1:${seen}/image/${mac}.sh`, said }
}

/**
 * Fetches the script and runs it, as /init of the RAM system does.
 *
 * @param stubs programs in the place of those of the system, by name
 */
export function power(
  { url }: Rack,
  stubs: Readonly<Record<string, string>> = {},
): {
  child: ChildProcess
  ended: Promise<{ status: number | null; text: string }>
} {
  const script = 'mount -t tmpfs tmpfs /run && curl -sf -o /run/install "$1" && exec bash /run/install'
  const words = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', script, '-', url]
  const own = mkdtempSync(join(directory, 'stubs-'))
  for (const [name, text] of Object.entries(stubs)) writeFileSync(join(own, name), text, { mode: 0o755 })
  const env = { ...process.env, PATH: `${own}${delimiter}${process.env['PATH'] ?? ''}` }
  const child = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (data: string) => (text += data))
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<{ status: number | null; text: string }>((resolve) => {
    child.once('close', (status) => resolve({ status, text }))
  })
  return { child, ended }
}

export const boots = async ({ port, mac }: Rack): Promise<'disk' | 'installer'> =>
  (await ask(port, `/ipxe/${mac}`)).body.includes('boots from its disk') ? 'disk' : 'installer'

/** What a firmware sees: no boot sector, or the whole system with its seed. */
export function contents(
  disk: string,
): { starts: false } | { starts: true; files: string[]; mebibytes: number; text: string } {
  run('blockdev', '--flushbufs', disk)
  const sector = Buffer.alloc(512)
  readFileSync(disk, { flag: 'r' }).copy(sector, 0, 0, 512)
  if (sector.readUInt16LE(510) !== 0xaa55) return { starts: false }
  run('sfdisk', '--verify', disk)
  const [, , start = '', sectors = ''] = run(
    'partx',
    '--raw',
    '--noheadings',
    '--output',
    'NR,TYPE,START,SECTORS',
    disk,
  )
    .split('\n')
    .at(-1)!
    .split(' ')
  const script = `mount -o ro,loop,offset=$(($2 * 512)),sizelimit=$(($3 * 512)) "$1" /mnt
    cd /mnt && find var/lib/cloud/seed etc/cloud -type f -printf '%m %p %s\\n' | sort && df --output=size -B1M /mnt | tail -n 1 && cat etc/cloud/cloud.cfg.d/99-hakube.cfg`
  const rows = run('unshare', '--mount', 'bash', '-ec', script, '-', disk, start, sectors).split('\n')
  const at = rows.findIndex((row) => /^ *\d+$/.test(row))
  return {
    starts: true,
    files: rows.slice(0, at),
    mebibytes: Number(rows[at]),
    text: rows.slice(at + 1).join('\n'),
  }
}
