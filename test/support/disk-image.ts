import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/*
 * Images of whole disks, as small as they can be: a partition for the firmware, and one with a root file system that has what hakube looks
 * for in it. Nothing in them runs.
 */

const mebibyte = 2 ** 20

export type DiskImage = {
  /** Of the whole image. */
  mebibytes?: number
  fileSystem?: 'ext4' | 'xfs'
  table?: 'gpt' | 'dos'
  /** Programs of /usr/bin. */
  programs?: readonly string[]
  /** Random bytes in a file of the root file system, so that the image is not empty. */
  payload?: Buffer
}

/** Makes an image. @param file its path; a directory of the same name with `.root` beside it holds what is in it */
export function makeDiskImage(
  file: string,
  {
    mebibytes = 48,
    fileSystem = 'ext4',
    table = 'gpt',
    programs = ['cloud-init', 'curl'],
    payload,
  }: DiskImage = {},
): void {
  const root = `${file}.root`
  const put = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  put('usr/lib/os-release', 'ID=debian\n')
  put('etc/cloud/cloud.cfg', 'datasource_list: [Azure]\n')
  symlinkSync('../usr/lib/os-release', join(root, 'etc/os-release'))
  for (const program of programs) put(`usr/bin/${program}`, '#!/bin/sh\n')
  if (payload) put('payload', payload)
  const first = 2
  const size = mebibytes - first - 1
  const part = `${file}.part`
  writeFileSync(part, '')
  truncateSync(part, size * mebibyte)
  if (fileSystem === 'ext4') execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', root, part])
  else {
    execFileSync('mkfs.xfs', ['-q', part])
    const script = 'mount -o loop "$1" /mnt && cp -a "$2"/. /mnt && umount /mnt'
    execFileSync('unshare', ['--mount', 'bash', '-c', script, '-', part, root])
  }
  writeFileSync(file, '')
  truncateSync(file, mebibytes * mebibyte)
  const kind = table === 'gpt' ? '0FC63DAF-8483-4772-8E79-3D69D8477DE4' : '83'
  const lines = [
    `label: ${table}`,
    ...(table === 'gpt' ? ['size=1MiB, start=1MiB, type=21686148-6449-6E6F-744E-656564454649'] : []),
    `start=${first}MiB, size=${size}MiB, type=${kind}`,
  ]
  execFileSync('sfdisk', ['--quiet', file], { input: `${lines.join('\n')}\n` })
  // A boot loader's place in the first sector.
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.from('\xebcboot', 'latin1'), 0, 6, 0)
  closeSync(handle)
  execFileSync('dd', [
    `if=${part}`,
    `of=${file}`,
    'bs=1M',
    `seek=${first}`,
    'conv=notrunc,sparse',
    'status=none',
  ])
}
