import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { makeDiskImage } from '../support/disk-image.ts'
import {
  assets,
  boots,
  contents,
  detachFrom,
  makeDisk,
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
  'the script that copies an image to a disk, in full',
  () => {
    useSmallImage()

    it('starts over after a power cut at any moment, with a disk that boots completely or not at all', async () => {
      const disk = makeDisk(96)
      const rack = await openRack(disk, { file: 'small.raw.zst' })
      const seen = new Set<string>()
      // Each cut is a little later, until an installation comes to its end: the moments follow from how fast this machine is.
      for (let after = 60; !seen.has('complete: whole: disk'); after = Math.round(after * 1.3)) {
        const { child, ended } = power(rack)
        const cut = setTimeout(() => child.kill('SIGKILL'), after)
        const { status } = await ended
        clearTimeout(cut)
        detachFrom(disk)
        // What starts is whole: `contents` has verified its table and mounted it.
        const found = contents(disk)
        const hasSeed = found.starts && /user-data \d{5,}/.test(found.files.join())
        const state = !found.starts ? 'no boot sector' : hasSeed ? 'whole' : 'BROKEN'
        seen.add(`${status === 0 ? 'complete' : 'cut'}: ${state}: ${await boots(rack)}`)
        expect(rack.keeper.machine(rack)).toMatchObject({ failure: null })
      }
      // Between the two last writes to the disk and the word to the server there is no moment to be sure to hit.
      for (const rare of ['cut: whole: installer', 'cut: whole: disk']) seen.delete(rare)
      expect([...seen].toSorted()).toEqual(['complete: whole: disk', 'cut: no boot sector: installer'])
      expect(await boots(rack)).toBe('disk')
    })

    it('supports gzip, xfs and a DOS partition table', async () => {
      makeDiskImage(join(assets, 'dos.raw'), { mebibytes: 304, fileSystem: 'xfs', table: 'dos' })
      run('gzip', '-1', join(assets, 'dos.raw'))
      const disk = makeDisk(600)
      const { status, text } = await power(await openRack(disk, { file: 'dos.raw.gz' })).ended
      expect({ status, text }).toMatchObject({ status: 0 })
      expect(contents(disk)).toMatchObject({
        starts: true,
        mebibytes: expect.toSatisfy((found: number) => found > 500),
      })
    })
  },
)
