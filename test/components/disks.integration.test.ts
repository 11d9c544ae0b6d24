import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFunctions, takeDisk } from '../../src/assembly/choose-disk.ts'
import { dataDiskUuid } from '../../src/cluster/data-disk-uuids.ts'
import { disks } from '../../src/components/disks.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster } from '../example.ts'
import { storageFrom } from '../installers/storage.ts'
import { describeWith } from '../prerequisites.ts'
import { openNetwork, type NamespacedMachine, type Network } from '../support/namespaces.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-disks-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const cluster = exampleCluster()
const machineWith = (yaml: string) => ({ ...cluster.machines[0]!, storage: storageFrom(yaml) })

const partOf = (yaml: string) => disks.contribute!(cluster, machineWith(`disk: /dev/sda\n${yaml}`))

/** The kernel of a container may have loop devices and let nobody use them. */
function hasLoopDevices(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'hakube-loop-'))
  try {
    const file = join(place, 'disk')
    writeFileSync(file, '')
    truncateSync(file, 2 ** 20)
    const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8', stdio: 'pipe' })
    execFileSync('losetup', ['--detach', device.trim()], { stdio: 'pipe' })
    return true
  } catch {
    return false
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

const programs = [
  'losetup',
  'mkfs.xfs',
  'mkfs.ext4',
  'mkfs.btrfs',
  'blkid',
  'wipefs',
  'lsblk',
  'sfdisk',
  'udevadm',
  'nsenter',
]
const usable = process.getuid?.() === 0 && hasLoopDevices()

describeWith(
  { root: true, linux: true, programs: usable ? programs : [...programs, 'loop devices'] },
  'the disks step, on loop devices',
  () => {
    let network: Network
    let machine: NamespacedMachine
    const devices: string[] = []
    const files: string[] = []

    /** A new machine, with the disks that are there: its directories are those of a new installation. */
    const install = async (): Promise<void> => {
      machine = await network.machine('machine')
      await machine.ask(['bash', '-c', 'echo "# of the installer" >/etc/fstab'])
    }
    const addDisk = (): string => {
      const file = join(directory, `disk-${devices.length}`)
      writeFileSync(file, '')
      truncateSync(file, 400 * 2 ** 20)
      const device = execFileSync('losetup', ['--find', '--show', '--partscan', file], {
        encoding: 'utf8',
      }).trim()
      devices.push(device)
      files.push(file)
      return device
    }
    beforeEach(async () => {
      network = await openNetwork()
      await install()
    })
    afterEach(async () => {
      await network.close()
      for (const device of devices.splice(0)) execFileSync('losetup', ['--detach', device])
      files.splice(0)
    })

    const run = (yaml: string) => machine.run(['bash', '-c', textOf(partOf(yaml).steps![0]!.script)])
    const check = (yaml: string) => machine.run(['bash', '-c', textOf(partOf(yaml).checks![0]!.script)])
    const contentsOf = (index: number) =>
      createHash('sha256').update(readFileSync(files[index]!)).digest('hex')
    const ended = { status: 0 }

    it.each(['xfs', 'ext4', 'btrfs'])('creates %s once and mounts it, now and at each boot', async (type) => {
      const disk = addDisk()
      const yaml = `dataDisks: [{disk: ${disk}, mount: /var/lib/data, type: ${type}, options: [noatime]}]`
      expect(await run(yaml)).toMatchObject({
        ...ended,
        stdout: `hakube: creating a file system on ${disk}: ${type}\n`,
      })
      await machine.put('/var/lib/data/kept', 'data')
      expect(await run(yaml)).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(await machine.ask(['cat', '/var/lib/data/kept'])).toBe('data')
      const uuid = dataDiskUuid(
        cluster.name,
        cluster.machines[0]!.name,
        machineWith(`disk: /dev/sda\n${yaml}`).storage.data[0]!,
      )
      expect(await machine.ask(['cat', '/etc/fstab'])).toBe(
        `# of the installer\nUUID=${uuid} /var/lib/data ${type} defaults,nofail,noatime 0 ${type === 'ext4' ? 2 : 0}\n`,
      )
      expect(
        await machine.ask(['findmnt', '--noheadings', '--output', 'SOURCE,FSTYPE,UUID', '/var/lib/data']),
      ).toMatch(new RegExp(`^${disk} +${type} +${uuid}\n$`))
      expect(await check(yaml)).toEqual({ status: 0, stdout: '', stderr: '' })
      await machine.ask(['umount', '/var/lib/data'])
      expect(await check(yaml)).toEqual({
        status: 1,
        stdout: 'the data disk of /var/lib/data is not mounted there\n',
        stderr: '',
      })
    })

    it('keeps data after a reinstallation, but not that of a cluster', async () => {
      const [one, two] = [addDisk(), addDisk()]
      const yaml = `dataDisks: [{disk: ${one}, mount: /var/lib/data}, {disk: ${two}, mount: /var/lib/etcd}]`
      expect(await run(yaml)).toMatchObject(ended)
      await machine.put('/var/lib/data/kept', 'data')
      await machine.put('/var/lib/etcd/member/snap', 'old')
      await network.close()
      network = await openNetwork()
      await install()
      expect(await run(yaml)).toMatchObject({
        ...ended,
        stdout: `hakube: creating a file system on ${two}: xfs\n`,
      })
      expect(await machine.ask(['cat', '/var/lib/data/kept'])).toBe('data')
      expect(await machine.ask(['ls', '-A', '/var/lib/etcd'])).toBe('')
    })

    it('touches no disk that contains something else, unless it may be wiped', async () => {
      const disk = addDisk()
      execFileSync('mkfs.ext4', ['-q', disk])
      const before = contentsOf(0)
      const yaml = `dataDisks: [{disk: ${disk}, mount: /var/lib/data`
      const refused = await run(`${yaml}}]`)
      expect(refused.status).toBe(1)
      expect(refused.stderr.split('\n')[0]).toMatch(
        new RegExp(
          `^${disk} contains data that is not hakube's: .*ext4.*\\. To erase it, set wipe: true in the profile`,
        ),
      )
      expect(contentsOf(0)).toBe(before)
      expect(await run(`${yaml}, wipe: true}]`)).toMatchObject(ended)
      expect(await machine.ask(['findmnt', '--noheadings', '--output', 'FSTYPE', '/var/lib/data'])).toBe(
        'xfs\n',
      )
    })

    it('treats a partition table as data, and wipes one with the contents of its partitions if it may', async () => {
      const disk = addDisk()
      execFileSync('sfdisk', ['--quiet', disk], {
        input: 'label: gpt\nsize=100MiB\nsize=100MiB\n',
        stdio: 'pipe',
      })
      execFileSync('mkfs.ext4', ['-q', '-E', `offset=${2 ** 20}`, disk, '100M'], { stdio: 'pipe' })
      const yaml = `dataDisks: [{disk: ${disk}, mount: /var/lib/data`
      expect((await run(`${yaml}}]`)).stderr).toContain('gpt')
      expect(await run(`${yaml}, wipe: true}]`)).toMatchObject(ended)
      expect(
        execFileSync('wipefs', ['--no-act', disk], {
          encoding: 'utf8',
        }),
      ).toMatch(/^[^\n]*\nloop\d+ +0x0 +xfs [^\n]*\n$/)
    })

    it('never erases what is mounted, and hides no files', async () => {
      const disk = addDisk()
      execFileSync('mkfs.ext4', ['-q', disk])
      await machine.ask(['bash', '-c', `mkdir /var/lib/other && mount ${disk} /var/lib/other`])
      const yaml = `dataDisks: [{disk: ${disk}, mount: /var/lib/data, wipe: true}]`
      expect(await run(yaml)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(`${disk} is in use: /var/lib/other.`),
      })
      await machine.ask(['umount', '/var/lib/other'])
      await machine.put('/var/lib/data/there', '')
      expect(await run(yaml)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('/var/lib/data contains files, which the mount would hide.'),
      })
    })

    it('leaves no options in fstab with which the machine would not start', async () => {
      const disk = addDisk()
      const yaml = `dataDisks: [{disk: ${disk}, mount: /var/lib/etcd, options: [no-such-option]}]`
      expect(await run(yaml)).toMatchObject({ status: 32 })
      expect(await machine.ask(['cat', '/etc/fstab'])).toBe('# of the installer\n')
      expect(await run(yaml.replace('no-such-option', 'noatime'))).toMatchObject(ended)
    })

    it('continues if a power cut left a partial file system', async () => {
      const disk = addDisk()
      const yaml = `dataDisks: [{disk: ${disk}, mount: /var/lib/data}]`
      const script = textOf(partOf(yaml).steps![0]!.script)
      const cut = script.replace(
        '    xfs) mkfs.xfs',
        '    xfs) wipefs --quiet -a "$disk"; mkfs.ext4 -q "$disk"; exit 9; mkfs.xfs',
      )
      expect(cut).not.toBe(script)
      expect(await machine.run(['bash', '-c', cut])).toMatchObject({ status: 9 })
      expect(await run(yaml)).toMatchObject(ended)
      expect(await machine.ask(['findmnt', '--noheadings', '--output', 'FSTYPE', '/var/lib/data'])).toBe(
        'xfs\n',
      )
    })

    it('removes the mark that a power cut left after the last step', async () => {
      const disk = addDisk()
      const yaml = `dataDisks: [{disk: ${disk}, mount: /var/lib/data}]`
      const script = textOf(partOf(yaml).steps![0]!.script)
      const cut = script.replace('  rm -f "$begun"\n}', '  exit 9\n}')
      expect(cut).not.toBe(script)
      expect(await machine.run(['bash', '-c', cut])).toMatchObject({ status: 9 })
      expect(await run(yaml)).toMatchObject(ended)
      expect(await machine.ask(['bash', '-c', 'cd /var/lib/hakube/disks && echo *'])).toMatch(/^\S+\.made\n$/)
    })

    it('creates no new file system if its own is damaged', async () => {
      const disk = addDisk()
      const yaml = `dataDisks: [{disk: ${disk}, mount: /var/lib/data, wipe: true}]`
      expect(await run(yaml)).toMatchObject(ended)
      await machine.ask(['umount', '/var/lib/data'])
      await machine.ask(['dd', 'if=/dev/zero', `of=${disk}`, 'bs=4096', 'count=1', 'conv=notrunc'])
      const before = contentsOf(0)
      expect(await run(yaml)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(`${disk} has lost the file system that hakube created there.`),
      })
      expect(contentsOf(0)).toBe(before)
    })

    it('mistakes no other disk for one without a serial number after a restart', async () => {
      const disk = addDisk()
      const yaml = `dataDisks: [{disk: ${disk}, mount: /var/lib/data}]`
      const script = textOf(partOf(yaml).steps![0]!.script)
      const cut = script.replace('    xfs) mkfs.xfs', '    xfs) exit 9; mkfs.xfs')
      expect(await machine.run(['bash', '-c', cut])).toMatchObject({ status: 9 })
      await machine.ask(['mkfs.ext4', '-q', '-F', disk])
      const restarted = script.replace('$(</proc/sys/kernel/random/boot_id)', 'another')
      expect(restarted).not.toBe(script)
      expect(await machine.run(['bash', '-c', restarted])).toMatchObject({ status: 1 })
    })

    it('recognizes data of Ceph that wipefs does not know', async () => {
      const disk = addDisk()
      writeFileSync(files[0]!, 'bluestore block device\n', { flag: 'r+' })
      expect(await run(`dataDisks: [{disk: ${disk}, mount: /var/lib/data}]`)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('ceph_bluestore'),
      })
    })

    it('reports which disk is missing', async () => {
      expect(await run('dataDisks: [{disk: /dev/no-such-disk, mount: /var/lib/data}]')).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringMatching(/^this machine has no \/dev\/no-such-disk\.\n/),
      })
    })
  },
)

/** Disks as /sys and udev show them. */
const rack = {
  sda: { size: 480_103_981_056, rotational: 0, model: 'EXAMPLE SSD 480', serial: 'S1' },
  sdb: { size: 480_103_981_056, rotational: 0, model: 'EXAMPLE SSD 480', serial: 'S2' },
  sdc: { size: 4_000_787_030_016, rotational: 1, model: 'EXAMPLE-HDD', serial: 'H 1' },
  sdd: { size: 8_000_000_000, rotational: 1, model: 'EXAMPLE STICK', serial: 'U1', removable: 1 },
  nvme0n1: { size: 1_920_383_410_176, rotational: 0, model: 'EXAMPLE NVMe [x] 1.92', serial: 'N1' },
  nvme0c0n1: { size: 1_920_383_410_176, rotational: 0, model: 'EXAMPLE NVMe [x] 1.92', serial: 'N1' },
  vda: { size: 20 * 2 ** 30, rotational: 1, model: '', serial: 'virtual' },
  loop0: { size: 480_103_981_056, rotational: 0, model: '', serial: '' },
}

/** What a shell makes of a disk of the profile on this rack. */
const choose = (shell: readonly string[], yaml: string, kept = 'taken="sdb"'): string => {
  for (const [name, disk] of Object.entries(rack)) {
    const place = join(directory, 'block', name)
    mkdirSync(join(place, 'device'), { recursive: true })
    mkdirSync(join(place, 'queue'), { recursive: true })
    writeFileSync(join(place, 'size'), `${Math.floor(disk.size / 512)}\n`)
    writeFileSync(join(place, 'ro'), '0\n')
    writeFileSync(join(place, 'removable'), `${'removable' in disk ? 1 : 0}\n`)
    writeFileSync(join(place, 'queue/rotational'), `${disk.rotational}\n`)
    writeFileSync(join(place, 'device/model'), `${disk.model.padEnd(20)}\n`)
    writeFileSync(join(place, name === 'vda' ? 'serial' : 'device/serial'), `${disk.serial.padEnd(10)}\n`)
  }
  mkdirSync(join(directory, 'bin'), { recursive: true })
  // The file system of one data disk; RAID of another.
  writeFileSync(
    join(directory, 'bin/udevadm'),
    '#!/bin/sh\ncase $* in */dev/sdb) echo ID_FS_UUID=8-4 ;; esac\n',
  )
  mkdirSync(join(directory, 'block/md127/slaves/sdb'), { recursive: true })
  chmodSync(join(directory, 'bin/udevadm'), 0o755)
  const [disk] = storageFrom(`disk: ${yaml}`).disks
  const script = [
    'set -eu',
    'stop() { printf "%s\\n" "$1"; exit 1; }',
    diskFunctions().replaceAll('/sys/class/block', join(directory, 'block')),
    kept,
    takeDisk(disk!),
    'printf "%s\\n" "$disk"',
  ].join('\n')
  const [program, ...rest] = shell
  const env = { PATH: `${join(directory, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin` }
  try {
    return execFileSync(program!, [...rest, '-c', script], { encoding: 'utf8', env }).trim()
  } catch (thrown) {
    return thrown instanceof Error && 'stdout' in thrown ? String(thrown.stdout).trim() : String(thrown)
  }
}

describe('choosing a disk', () => {
  const shells = [['dash'], ['bash'], ['busybox', 'sh']] as const

  for (const shell of shells)
    describeWith({ linux: true, programs: [shell[0]] }, `with ${shell.join(' ')}`, () => {
      it.each([
        ['{model: EXAMPLE SSD*}', '/dev/sda'],
        ['{size: 480GB}', '/dev/sda'],
        ['{type: nvme}', '/dev/nvme0n1'],
        ['{model: "EXAMPLE NVMe [x]*"}', '/dev/nvme0n1'],
        ['{serial: H 1}', '/dev/sdc'],
        ['{serial: virtual}', '/dev/vda'],
        ['{size: largest}', '/dev/sdc'],
        ['{type: hdd, size: smallest}', '/dev/vda'],
        ['{type: ssd, size: ">=1TB"}', 'this machine has no disk with type ssd, size >=1TB.'],
        ['{serial: S2}', 'this machine has no disk with serial S2.'],
        ['{size: "<=500GB"}', 'this machine has 2 disks with size <=500GB: sda vda.'],
        ['{model: "*"}', 'this machine has 3 disks with model *: nvme0n1 sda sdc.'],
      ])('chooses the only disk that is %s', (yaml, expected) => {
        expect(choose(shell, yaml)).toBe(expected)
      })

      it.each(['keep_serials S2', 'keep_file_systems 8-5 8-4', 'keep md127', 'keep sdb'])(
        'chooses no disk that is reserved by %s',
        (call) => {
          const kept = `taken=\n${call}`
          expect(choose(shell, '{type: ssd}', kept)).toBe('/dev/sda')
          expect(choose(shell, '{type: ssd, serial: S2}', kept)).toBe(
            'this machine has no disk with serial S2, type ssd.',
          )
          expect(choose(shell, '{type: ssd}', 'taken=\nkeep_serials S1 S2')).toBe(
            'this machine has no disk with type ssd.',
          )
          expect(choose(shell, '{type: ssd}', `${kept}\nrefuse_kept /dev/sdb`)).toBe(
            '/dev/sdb is a data disk of this machine, or contains the file system of one.',
          )
          expect(choose(shell, '{type: ssd}', `${kept}\nrefuse_kept /dev/sda`)).toBe('/dev/sda')
        },
      )
    })
})
