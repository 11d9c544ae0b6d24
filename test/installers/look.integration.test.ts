import { execFileSync, spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { dataDiskUuid } from '../../src/cluster/data-disk-uuids.ts'
import { lookBeforeErasing } from '../../src/installers/look.ts'
import { quote } from '../../src/text/quote.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { exampleCluster } from '../example.ts'
import { operate, post, type Operated } from '../server/operated.ts'
import { ask } from '../server/serve.ts'
import { macs } from '../site/files.ts'
import { storageFrom } from './storage.ts'

/*
 * The script that looks before an installer erases disks, as it is rendered, in the shells of the installers, on real file systems on loop
 * devices, with a real server that keeps the state. Volume groups, RAID and partitions need drivers of the kernel
 * that not every machine has, and are not tried here.
 */

const programs = [
  'losetup',
  'mke2fs',
  'mkfs.xfs',
  'mkfs.btrfs',
  'blkid',
  'blockdev',
  'curl',
  'wget',
  'busybox',
  'unshare',
]
const run = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-disks-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

type Kind = 'ext2' | 'ext4' | 'xfs' | 'btrfs' | 'swap' | 'empty'
/** As small as the programs allow. */
const mebibytes = { ext2: 4, ext4: 8, xfs: 300, btrfs: 128, swap: 4, empty: 4 } as const
let disks = 0

/** A loop device with a file system that has these files; it ends with the test. */
function makeDisk(kind: Kind, files: readonly string[], uuid?: string): { disk: string; file: string } {
  disks += 1
  const root = join(directory, `root-${disks}`)
  mkdirSync(root)
  for (const each of files) {
    mkdirSync(dirname(join(root, each)), { recursive: true })
    if (each.endsWith('/')) mkdirSync(join(root, each))
    else writeFileSync(join(root, each), 'x\n')
  }
  const file = join(directory, `disk-${disks}`)
  writeFileSync(file, '')
  truncateSync(file, mebibytes[kind] * 2 ** 20)
  if (kind === 'ext2' || kind === 'ext4')
    run('mke2fs', '-q', '-t', kind, '-d', root, ...(uuid === undefined ? [] : ['-U', uuid]), file)
  if (kind === 'btrfs') run('mkfs.btrfs', '-q', '--rootdir', root, file)
  if (kind === 'swap') run('mkswap', '-q', file)
  if (kind === 'xfs') {
    run('mkfs.xfs', '-q', file)
    run(
      'unshare',
      '--mount',
      'bash',
      '-ec',
      'mount -o loop "$1" /mnt; cp -a "$2"/. /mnt; umount /mnt',
      '-',
      file,
      root,
    )
  }
  const disk = run('losetup', '--find', '--show', file)
  onTestFinished(() => void run('losetup', '--detach', disk))
  return { disk, file }
}

const sum = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** The shells of installers, with the programs that are there beside busybox. */
const shells = {
  bash: { environment: 'bash', words: ['bash', '-euo', 'pipefail'] },
  busybox: { environment: 'debian', words: [findProgram('busybox') ?? 'busybox', 'sh', '-eu'] },
} as const

type Ended = { status: number | null; text: string }

/** Runs the script. What waits does so no longer than `waits` times, and a restart ends it with 9. */
async function look(
  shell: keyof typeof shells,
  { port }: Pick<Operated, 'port'>,
  disk: string,
  {
    storage = storageFrom(`disk: ${disk}`),
    meanwhile = async () => {},
  }: { storage?: Machine['storage']; meanwhile?: (turn: number) => Promise<void> } = {},
): Promise<Ended> {
  const { environment, words } = shells[shell]
  const cluster: Cluster = { ...exampleCluster(), server: `http://127.0.0.1:${port}` }
  const machine: Machine = { ...cluster.machines[0]!, name: 'lb1', macs: [macs.one], storage }
  const place = join(directory, 'place')
  const waits = join(directory, 'waits')
  const text = lookBeforeErasing(environment, cluster, machine, '"$disk"')
    .replaceAll('/tmp/hakube-look', place)
    .replaceAll(/ (?:\| tee|>)\/dev\/console(?: 2>&1)?| \| tee \/dev\/console/g, '')
    .replaceAll('echo b >/proc/sysrq-trigger', 'exit 9')
    .replaceAll('sleep 60', `echo waits; read -r go <${waits}; [ "$go" = again ] || exit 8`)
    .replaceAll(/sleep (?:5|10)$/gm, ':')
  expect(text).not.toMatch(/sysrq|console|tmp.hakube-look|sleep 60/)
  const own = join(directory, 'bin')
  rmSync(own, { recursive: true, force: true })
  mkdirSync(own)
  if (shell === 'busybox') {
    // Those of Debian's installer, and what is beside busybox there.
    for (const name of run('busybox', '--list').split('\n'))
      if (!['blkid', 'blockdev', 'wget'].includes(name)) symlinkSync(findProgram('busybox')!, join(own, name))
    for (const name of ['blkid', 'blockdev', 'wget']) symlinkSync(findProgram(name)!, join(own, name))
  }
  rmSync(waits, { force: true })
  run('mkfifo', waits)
  const script = `disk=${quote(disk)}\nmachine=lb1\n${text}\necho ERASES\n`
  const child = spawn('unshare', ['--mount', ...words, '-c', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: shell === 'busybox' ? own : (process.env['PATH'] ?? '') },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  let turn = 0
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (data: string) => {
      said += data
      for (let count = data.split('waits\n').length - 1; count > 0; count -= 1) {
        turn += 1
        void meanwhile(turn).then(
          () => writeFileSync(waits, turn < 3 ? 'again\n' : 'enough\n'),
          () => child.kill('SIGKILL'),
        )
      }
    })
  const status = await new Promise<number | null>((resolve) => {
    child.once('close', resolve)
  })
  // Whatever came of it, the disk can be written to, and nothing is mounted.
  expect(run('blockdev', '--getro', disk)).toBe('0')
  return { status, text: said.replaceAll('hakube: ', '').replaceAll(disk.slice(5), 'DISK') }
}

const arm = (rack: Operated, wipe = false) =>
  post(rack.port, '/api/v1/arm', JSON.stringify({ machines: ['lb1'], ...(wipe ? { wipe } : {}) }))

/** Up to the moment at which an installer has its answers. */
async function begin(wipe = false): Promise<Operated> {
  const rack = await operate()
  await arm(rack, wipe)
  await ask(rack.port, `/ipxe/${macs.one}`)
  await ask(rack.port, `/kickstart/${macs.one}.ks`)
  expect(rack.keeper.machine({ mac: macs.one, name: 'lb1' }).stage).toBe('installing')
  return rack
}

const record = ({ keeper }: Operated) => keeper.machine({ mac: macs.one, name: 'lb1' })
const refused = (words: string): string =>
  [
    `A LIVING SYSTEM IS ON A DISK THAT WOULD BE ERASED: ${words}`,
    'Nothing was erased.',
    'If it may be erased, run: hakube arm PROFILE lb1 --wipe',
    'If not, run: hakube disarm PROFILE lb1',
    'waits',
    '',
  ].join('\n')

const marks: readonly (readonly [string, Kind, readonly string[], string])[] = [
  ['pods of a kubelet on /', 'ext4', ['var/lib/kubelet/pods/1/volumes/x'], 'DISK: pods of a kubelet'],
  ['pods of a kubelet on /var', 'xfs', ['lib/kubelet/pods/1/volumes/x'], 'DISK: pods of a kubelet'],
  [
    'pods of a kubelet on a disk of its own',
    'ext4',
    ['pods/1/x', 'plugins_registry/'],
    'DISK: pods of a kubelet',
  ],
  ['a node of Kubernetes', 'ext2', ['etc/kubernetes/kubelet.conf'], 'DISK: a node of Kubernetes'],
  ['etcd on /', 'btrfs', ['var/lib/etcd/member/wal/0.wal'], 'DISK: data of etcd'],
  ['etcd on a disk of its own', 'xfs', ['member/wal/0.wal', 'member/snap/db'], 'DISK: data of etcd'],
  ['a subvolume with etcd', 'btrfs', ['@/var/lib/etcd/member/wal/0.wal'], 'DISK: data of etcd'],
  ['hakube', 'ext4', ['etc/hakube/plan'], 'DISK: a system that hakube set up'],
  [
    'a whole control plane',
    'ext4',
    [
      'etc/kubernetes/kubelet.conf',
      'var/lib/hakube/done/kubeadm',
      'etc/hakube/plan',
      'var/lib/etcd/member/wal/0.wal',
      'var/lib/kubelet/pods/1/x',
    ],
    'DISK: pods of a kubelet, DISK: data of etcd, DISK: a system that hakube set up, DISK: a node of Kubernetes',
  ],
]

const free: readonly (readonly [string, Kind, readonly string[]])[] = [
  ['is new', 'empty', []],
  ['has only swap', 'swap', []],
  ['has another system', 'ext4', ['etc/os-release', 'var/lib/dpkg/status', 'root/.bashrc']],
  [
    'has what an installation left that was broken off before its first boot',
    'xfs',
    [
      'etc/os-release',
      'etc/kubernetes/manifests/',
      'var/lib/kubelet/pods/',
      'var/lib/cloud/seed/nocloud/user-data',
    ],
  ],
]

describeWith({ root: true, linux: true, programs }, 'the check before an installer erases disks', () => {
  for (const shell of ['bash', 'busybox'] as const) {
    it.each(marks)(`stops in ${shell} for %s, and writes nothing`, async (_what, kind, files, words) => {
      const rack = await begin()
      const { disk, file } = makeDisk(kind, files)
      const before = sum(file)
      expect(await look(shell, rack, disk)).toEqual({ status: 8, text: refused(words).repeat(3) })
      expect(sum(file)).toBe(before)
      expect(record(rack)).toMatchObject({
        stage: 'installing',
        found: words.replaceAll('DISK', disk.slice(5)),
      })
      expect(rack.keeper.history(macs.one).map(({ type }) => type)).toEqual([
        'armed',
        'fetched',
        'fetched',
        'looked',
      ])
    })

    it.each(free)(`continues in ${shell} if a disk %s`, async (_what, kind, files) => {
      const rack = await begin()
      const { disk, file } = makeDisk(kind, files)
      const before = sum(file)
      expect(await look(shell, rack, disk)).toEqual({ status: 0, text: 'ERASES\n' })
      expect(sum(file)).toBe(before)
      expect(record(rack)).toMatchObject({ stage: 'installing', found: null, failure: null })
    })

    it(`continues in ${shell} for a machine that was armed with --wipe`, async () => {
      const rack = await begin(true)
      const { disk } = makeDisk('ext4', ['var/lib/etcd/member/wal/0.wal'])
      expect(await look(shell, rack, disk)).toEqual({ status: 0, text: 'ERASES\n' })
      expect(record(rack)).toMatchObject({ stage: 'installing', found: null, failure: null })
    })

    it(`restarts in ${shell} when the machine is armed again, with --wipe, and then continues`, async () => {
      const rack = await begin()
      const { disk } = makeDisk('ext4', ['var/lib/etcd/member/wal/0.wal'])
      const meanwhile = async (): Promise<void> => void (await arm(rack, true))
      expect(await look(shell, rack, disk, { meanwhile })).toEqual({
        status: 9,
        text: `${refused('DISK: data of etcd')}the server refuses to install this machine now: it was armed again. Nothing was erased; the machine restarts.\n`,
      })
      expect((await ask(rack.port, `/ipxe/${macs.one}`)).body).toBe('#!ipxe\necho lb1\n')
      await ask(rack.port, `/kickstart/${macs.one}.ks`)
      expect(await look(shell, rack, disk)).toEqual({ status: 0, text: 'ERASES\n' })
    })

    it(`restarts in ${shell} from its old disk when it is disarmed`, async () => {
      const rack = await begin()
      const { disk } = makeDisk('ext4', ['var/lib/etcd/member/wal/0.wal'])
      const meanwhile = async (): Promise<void> =>
        void (await post(rack.port, '/api/v1/disarm', JSON.stringify({ machines: 'all' })))
      expect(await look(shell, rack, disk, { meanwhile })).toEqual({
        status: 9,
        text: `${refused('DISK: data of etcd')}the server refuses to install this machine now: it is not armed. Nothing was erased; the machine restarts.\n`,
      })
      expect((await ask(rack.port, `/ipxe/${macs.one}`)).body).toContain('boots from its disk')
    })

    it(`erases in ${shell} without an answer of the server only if there is no living system`, async () => {
      const { disk } = makeDisk('ext4', ['var/lib/etcd/member/wal/0.wal'])
      const unsaid = [
        'A LIVING SYSTEM IS ON A DISK THAT WOULD BE ERASED: DISK: data of etcd',
        'Nothing was erased.',
        'The server did not say whether it may be erased; only hakube serve can. With another web server, run: wipefs --all DISK',
        'waits',
        '',
      ].join('\n')
      expect(await look(shell, { port: 1 }, disk)).toMatchObject({ status: 8, text: unsaid.repeat(3) })
      expect(await look(shell, { port: 1 }, makeDisk('ext4', []).disk)).toMatchObject({
        status: 0,
        text: 'ERASES\n',
      })
    })
  }

  it('examines data disks that the first boot would format, and no others', async () => {
    const rack = await begin()
    const system = makeDisk('empty', [])
    const etcd = ['member/wal/0.wal']
    const kept = makeDisk('ext4', etcd)
    const wiped = makeDisk('ext4', etcd)
    const storage = storageFrom(`
disk: ${system.disk}
dataDisks:
  - {disk: ${kept.disk}, mount: /srv/kept}
  - {disk: /dev/disk/by-id/none, mount: /srv/absent, wipe: true}
  - {disk: ${wiped.disk}, mount: /srv/data, wipe: true}`)
    for (const shell of ['bash', 'busybox'] as const)
      expect(await look(shell, rack, system.disk, { storage })).toMatchObject({
        status: 8,
        text: refused(`${wiped.disk.slice(5)}: data of etcd`).repeat(3),
      })
  })

  it('examines a data disk of a cluster that an earlier installation of this machine created', async () => {
    const rack = await begin()
    const { name } = exampleCluster()
    const system = makeDisk('empty', [])
    const storage = storageFrom(`
disk: ${system.disk}
dataDisks: [{disk: /dev/disk/by-id/none, mount: /var/lib/etcd}]`)
    const data = makeDisk('ext4', ['member/wal/0.wal'], dataDiskUuid(name, 'lb1', storage.data[0]!))
    for (const shell of ['bash', 'busybox'] as const)
      expect(await look(shell, rack, system.disk, { storage })).toMatchObject({
        status: 8,
        text: refused(`${data.disk.slice(5)}: data of etcd`).repeat(3),
      })
  })

  it('treats a file system that cannot be mounted as a living system', async () => {
    const rack = await begin()
    const { disk, file } = makeDisk('ext4', [])
    // A feature that no kernel has (s_feature_incompat in ext4(5)), without a checksum, by which blkid would take it for damaged.
    const script = String.raw`mke2fs -q -F -t ext4 -O ^metadata_csum "$1"; printf '\x40' | dd of="$1" bs=1 seek=$((1024 + 0x63)) conv=notrunc status=none`
    run('bash', '-ec', script, '-', file)
    run('blockdev', '--flushbufs', disk)
    expect(await look('bash', rack, disk)).toEqual({
      status: 8,
      text: refused('DISK: a file system (ext4) that cannot be examined here').repeat(3),
    })
  })
})
