import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { makeDiskImage } from '../support/disk-image.ts'
import {
  assets,
  boots,
  contents,
  makeDisk,
  mebibyte,
  openRack,
  power,
  programs,
  run,
  useSmallImage,
} from './image-rack.ts'

describeWith(
  {
    root: true,
    linux: true,
    programs,
  },
  'the script that copies an image to a disk',
  () => {
    useSmallImage()

    it('installs, once, and reports that to the server', async () => {
      const disk = makeDisk(160)
      const rack = await openRack(disk, { file: 'small.raw.zst' })
      expect(await boots(rack)).toBe('installer')
      const { status, text } = await power(rack).ended
      expect({ status, text }).toMatchObject({ status: 0 })
      expect(contents(disk)).toEqual({
        starts: true,
        files: [
          // When the machine was armed.
          '600 var/lib/cloud/seed/hakube-armed 24',
          expect.stringMatching(/^600 var\/lib\/cloud\/seed\/nocloud\/meta-data \d+$/),
          expect.stringMatching(/^600 var\/lib\/cloud\/seed\/nocloud\/network-config \d+$/),
          expect.stringMatching(/^600 var\/lib\/cloud\/seed\/nocloud\/user-data \d{5,}$/),
          '600 var/lib/cloud/seed/nocloud/vendor-data 0',
          expect.stringMatching(/^644 etc\/cloud\/cloud.cfg \d+$/),
          expect.stringMatching(/^644 etc\/cloud\/cloud.cfg.d\/99-hakube.cfg \d+$/),
        ],
        // Of 160 MiB.
        mebibytes: expect.toSatisfy((size: number) => size > 120),
        text: '# hakube: the seed lies in /var/lib/cloud/seed/nocloud.\ndatasource_list: ["NoCloud"]',
      })
      expect(await boots(rack)).toBe('disk')
      expect(rack.keeper.machine(rack)).toMatchObject({ stage: 'installing', repeats: false, failure: null })
      expect(rack.said()).toEqual([
        'installing: verifying the copy on the disk: ',
        'installing: restarting from its disk: ',
      ])
    })

    it('stops at a disk with data of etcd, and erases it when the machine is armed with --wipe', async () => {
      const disk = makeDisk(96)
      const etcd = 'mke2fs -q -t ext4 "$1"; mount "$1" /mnt; mkdir -p /mnt/var/lib/etcd/member; umount /mnt'
      run('unshare', '--mount', 'bash', '-ec', etcd, '-', disk)
      const rack = await openRack(disk, { file: 'small.raw.zst' })
      const found = `${disk.slice(5)}: data of etcd`
      const refused = await power(rack).ended
      expect({ ...refused, text: refused.text.split('\n').slice(0, 5) }).toEqual({
        status: 1,
        text: [
          `hakube: A LIVING SYSTEM IS ON A DISK THAT WOULD BE ERASED: ${found}`,
          'hakube: Nothing was erased.',
          `hakube: If it may be erased, run: hakube arm PROFILE ${rack.name} --wipe`,
          `hakube: If not, run: hakube disarm PROFILE ${rack.name}`,
          '',
        ],
      })
      expect(rack.keeper.machine(rack)).toMatchObject({ stage: 'installing', found })
      expect(run('blkid', '-p', '-s', 'TYPE', '-o', 'value', disk)).toBe('ext4')
      const { keeper, mac, name } = rack
      await keeper.record({
        type: 'armed',
        time: keeper.now(),
        mac,
        name,
        until: null,
        by: 'test',
        wipe: true,
      })
      expect(await power(rack).ended).toMatchObject({ status: 0 })
      expect(contents(disk).starts).toBe(true)
      expect(keeper.machine(rack)).toMatchObject({ stage: 'installing', found: null, failure: null })
    })

    it('resumes a download where the connection broke', async () => {
      const disk = makeDisk(96)
      const asked: number[] = []
      const rack = await openRack(disk, {
        file: 'small.raw.zst',
        cutting: (count) => (asked.push(count), count === 1 ? 3 * mebibyte : Number.POSITIVE_INFINITY),
      })
      const { status, text } = await power(rack).ended
      expect({ status, text }).toMatchObject({ status: 0 })
      expect(text).toMatch(/hakube: the download failed at 2 MiB: curl: \(18\)/)
      expect(asked).toEqual([1, 2])
      expect(contents(disk).starts).toBe(true)
    })

    it('keeps both copies of the partition table if the image is as large as the disk', async () => {
      const disk = makeDisk(48)
      const { status, text } = await power(await openRack(disk, { file: 'small.raw.zst' })).ended
      expect({ status, text }).toMatchObject({ status: 0 })
      expect(contents(disk).starts).toBe(true)
      expect(readFileSync(disk).subarray(-512, -504).toString('latin1')).toBe('EFI PART')
    })

    it.each(['wipefs', 'dd'])('stops if %s cannot erase the old contents', async (program) => {
      const disk = makeDisk(64)
      const real = run('bash', '-c', `command -v ${program}`)
      // Only what erases fails.
      const stub = `#!/bin/bash\n[[ " $* " != *' if=/dev/zero '* && ${program} == dd ]] || exit 1\nexec ${real} "$@"\n`
      const rack = await openRack(disk, { file: 'small.raw.zst' })
      const { status, text } = await power(rack, { [program]: stub }).ended
      expect(status).toBe(1)
      expect(text).toMatch(
        /^hakube: (?:the old contents of )?\/dev\/loop\d+ cannot be (?:erased|written to)\.$/m,
      )
      expect(contents(disk)).toEqual({ starts: false })
      expect(await boots(rack)).toBe('installer')
    })

    it.each([
      {
        what: 'another checksum',
        change: { sha256: '0'.repeat(64) },
        says: /^hakube: the image has the SHA-256 [0-9a-f]{64}, but the profile says 0{64}: http/m,
        erased: true,
      },
      {
        what: 'a file that ends too soon',
        make: (file: string) => truncateSync(file, 20 * mebibyte),
        says: /^hakube: the image ends after 20 MiB, but its partitions need 48 MiB\.$/m,
        erased: true,
      },
      {
        what: 'a disk that is too small',
        disk: 32,
        says: /^hakube: the image needs 48 MiB, but \/dev\/loop\d+ has 32 MiB\.$/m,
        erased: false,
      },
      {
        what: 'an image in the format qcow2',
        make: (file: string) =>
          writeFileSync(
            file,
            Buffer.concat([Buffer.from('QFI\u{fb}', 'latin1'), Buffer.alloc(2 * mebibyte)]),
          ),
        says: /^hakube: the image is in qcow2 format\. Convert it to raw: qemu-img convert/m,
        erased: false,
      },
      {
        what: 'a page that says that there is no image',
        make: (file: string) => writeFileSync(file, '<html>not here</html>'),
        says: /^hakube: the image is shorter than 1 MiB/m,
        erased: false,
      },
      {
        what: 'a system without cloud-init and curl',
        image: { programs: [] },
        says: /^hakube: the system in the image lacks cloud-init curl, which it needs for its setup/m,
        erased: true,
      },
    ])(
      'stops at $what, reports it, and leaves no bootable disk',
      async ({ change, make, image, disk: size, says, erased }) => {
        const file = 'wrong.raw'
        rmSync(join(assets, `${file}.root`), { recursive: true, force: true })
        makeDiskImage(join(assets, file), image ?? {})
        make?.(join(assets, file))
        const disk = makeDisk(size ?? 64)
        // What was there before: a boot sector with a sign of its own.
        const before = Buffer.alloc(mebibyte, 'old')
        before.writeUInt16LE(0xaa55, 510)
        writeFileSync(disk, before)
        const rack = await openRack(disk, { file, ...change })
        const { status, text } = await power(rack).ended
        expect(status).toBe(1)
        expect(text).toMatch(says)
        run('blockdev', '--flushbufs', disk)
        const now = Buffer.from(readFileSync(disk).subarray(0, mebibyte))
        expect(now.equals(erased ? Buffer.alloc(mebibyte) : before)).toBe(true)
        expect(text).toContain(
          erased
            ? 'hakube: the disk cannot boot until an installation is complete'
            : 'hakube: nothing was erased. Disks of this machine:',
        )
        expect(rack.keeper.machine(rack)).toMatchObject({
          stage: 'installing',
          repeats: true,
          failure: { step: 'image' },
        })
        expect(await boots(rack)).toBe('installer')
      },
    )
  },
)
