import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { consoleProblem } from '../../../src/profile/rules/console.ts'
import { diskProblem } from '../../../src/profile/rules/disk.ts'
import { good, mistakes, replace } from '../mistakes.ts'

const disk = (text: string): [string, string] => ['disk: /dev/sda', `disk: ${text}`]

const withConsole = (text: string) => mistakes(['  disk: /dev/sda', `  disk: /dev/sda\n  console: ${text}`])

describe('disks', () => {
  it('are reported if they are partitions', () => {
    expect(mistakes(disk('/dev/sda1')) + mistakes(disk('/dev/nvme0n1p1'))).toMatchInlineSnapshot(`
      "profile.yaml:12:9: error[hardware/disk]: "/dev/sda1" is a partition, not a disk [$.hardware.disk]
         12 |   disk: /dev/sda1
            |         ^^^^^^^^^
        hint: write /dev/sda
      profile.yaml:12:9: error[hardware/disk]: "/dev/nvme0n1p1" is a partition, not a disk [$.hardware.disk]
         12 |   disk: /dev/nvme0n1p1
            |         ^^^^^^^^^^^^^^
        hint: write /dev/nvme0n1
      "
    `)
  })

  it('are reported if they are controllers', () => {
    expect(mistakes(disk('/dev/nvme0'))).toMatchInlineSnapshot(`
      "profile.yaml:12:9: error[hardware/disk]: "/dev/nvme0" is the NVMe controller, not the disk [$.hardware.disk]
         12 |   disk: /dev/nvme0
            |         ^^^^^^^^^^
        hint: write /dev/nvme0n1
      "
    `)
  })

  it('are checked for single machines too', () => {
    expect(
      mistakes(['address: 10.10.10.16', 'address: 10.10.10.16\n    disk: /dev/disk/by-id/wwn-0x5000-part2']),
    ).toMatchInlineSnapshot(`
      "profile.yaml:38:11: error[hardware/disk]: "/dev/disk/by-id/wwn-0x5000-part2" is a partition, not a disk [$.machines[5].disk]
         38 |     disk: /dev/disk/by-id/wwn-0x5000-part2
            |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write /dev/disk/by-id/wwn-0x5000
      "
    `)
  })

  it('are checked for all machines even if the first machine has its own', () => {
    const { diagnostics } = parseProfile(
      replace(good, disk('sda'), ['address: 10.10.10.11', 'address: 10.10.10.11\n    disk: /dev/vda']),
      'profile.yaml',
    )
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([['hardware/disk', 'write /dev/sda']])
  })

  it.each([
    ['sda', 'write /dev/sda'],
    ['dev/sda', 'write /dev/sda'],
    ['nvme0n1', 'write /dev/nvme0n1'],
    ['sda1', 'write /dev/sda'],
    ['nvme0', 'write /dev/nvme0n1'],
    ['nvme-EXAMPLE_1234', 'write /dev/disk/by-id/nvme-EXAMPLE_1234'],
    ['by-id/ata-EXAMPLE', 'write /dev/disk/by-id/ata-EXAMPLE'],
    ['by-path/pci-0000:00:17.0-ata-1', 'write /dev/disk/by-path/pci-0000:00:17.0-ata-1'],
    ['wwn-0x5000c500a1b2c3d4-part1', 'write /dev/disk/by-id/wwn-0x5000c500a1b2c3d4'],
    ['UUID=1234-ABCD', 'write the name of the disk below /dev/disk/by-id'],
    ['first', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/../sda', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev//sda', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/sda/', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/sd*', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/sda /dev/sdb', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/disk/by-id', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/mnt/sda', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/SDA', 'write /dev/sda'],
    ['/dev/sda1', 'write /dev/sda'],
    ['/dev/sdab12', 'write /dev/sdab'],
    ['/dev/vda2', 'write /dev/vda'],
    ['/dev/xvda1', 'write /dev/xvda'],
    ['/dev/dasda1', 'write /dev/dasda'],
    ['/dev/nvme0n1p1', 'write /dev/nvme0n1'],
    ['/dev/nvme10n2p15', 'write /dev/nvme10n2'],
    ['/dev/nvme0', 'write /dev/nvme0n1'],
    ['/dev/nvme0c0n1', 'write /dev/nvme0n1'],
    ['/dev/mmcblk0p1', 'write /dev/mmcblk0'],
    ['/dev/mmcblk0boot0', 'write /dev/mmcblk0'],
    ['/dev/mmcblk1rpmb', 'write /dev/mmcblk1'],
    ['/dev/md127p1', 'write /dev/md127'],
    ['/dev/cciss/c0d0p1', 'write /dev/cciss/c0d0'],
    ['/dev/disk/by-id/nvme-EXAMPLE_1234-part1', 'write /dev/disk/by-id/nvme-EXAMPLE_1234'],
    ['/dev/disk/by-path/pci-0000:00:17.0-ata-1-part2', 'write /dev/disk/by-path/pci-0000:00:17.0-ata-1'],
    ['/dev/disk/by-uuid/1234-ABCD', 'write the name below /dev/disk/by-id'],
    ['/dev/disk/by-label/root', 'write the name below /dev/disk/by-id'],
    ['/dev/disk/by-partuuid/1234', 'write the name below /dev/disk/by-id'],
    ['/dev/disk/by-partlabel/root', 'write the name below /dev/disk/by-id'],
    ['/dev/sr0', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/cdrom', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/loop0', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/null', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
    ['/dev/sg0', 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'],
  ])('%j: %s', (text, hint) => {
    expect(diskProblem(text)?.hint).toBe(hint)
    const [, near] = /^write (\/dev\/\S+)$/.exec(hint) ?? []
    expect(near === undefined ? null : diskProblem(near)).toBeNull()
  })

  it.each([
    '/dev/sda',
    '/dev/sdab',
    '/dev/vda',
    '/dev/xvda',
    '/dev/hda',
    '/dev/dasda',
    '/dev/nvme0n1',
    '/dev/nvme10n2',
    '/dev/mmcblk0',
    '/dev/md126',
    '/dev/md/Volume0_0',
    '/dev/mapper/mpatha',
    '/dev/cciss/c0d0',
    '/dev/disk/by-id/nvme-EXAMPLE_1234',
    '/dev/disk/by-id/nvme-EXAMPLE_1234_1',
    '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4',
    '/dev/disk/by-id/scsi-SATA_part-of_a_name',
    '/dev/disk/by-path/pci-0000:00:17.0-ata-1',
    '/dev/disk/by-diskseq/1',
  ])('may be %s', (text) => {
    expect(diskProblem(text)).toBeNull()
  })
})

describe('consoles', () => {
  it('are reported if they are booleans', () => {
    expect(withConsole('yes') + withConsole('off') + withConsole('true')).toMatchInlineSnapshot(`
      "profile.yaml:13:12: error[hardware/console]: "yes" is not a console [$.hardware.console]
         13 |   console: yes
            |            ^^^
        hint: write the name of the serial port and its speed, e.g. ttyS0,115200
        source: https://docs.kernel.org/admin-guide/serial-console.html
      profile.yaml:13:12: error[hardware/console]: "off" is not a console [$.hardware.console]
         13 |   console: off
            |            ^^^
        hint: remove console: by default there is none
        source: https://docs.kernel.org/admin-guide/serial-console.html
      profile.yaml:13:12: error[hardware/console]: "true" is not a console [$.hardware.console]
         13 |   console: true
            |            ^^^^
        hint: write the name of the serial port and its speed, e.g. ttyS0,115200
        source: https://docs.kernel.org/admin-guide/serial-console.html
      "
    `)
  })

  it.each([
    ['yes', 'write the name of the serial port and its speed, e.g. ttyS0,115200'],
    ['on', 'write the name of the serial port and its speed, e.g. ttyS0,115200'],
    ['True', 'write the name of the serial port and its speed, e.g. ttyS0,115200'],
    ['serial', 'write the name of the serial port and its speed, e.g. ttyS0,115200'],
    ['no', 'remove console: by default there is none'],
    ['none', 'remove console: by default there is none'],
    ['tty S0', 'write ttyS0'],
    ['ttys0', 'write ttyS0'],
    ['/dev/ttyS0', 'write ttyS0'],
    ['console=ttyS1,115200n8', 'write ttyS1,115200n8'],
    ['ttyS0 115200', 'write ttyS0,115200'],
    ['ttyS0:9600', 'write ttyS0,9600'],
    ['COM1', 'write ttyS0'],
    ['com2,115200', 'write ttyS1,115200'],
    ['115200', 'write ttyS0,115200'],
    ['ttyS0,fast', 'use the syntax of the kernel, e.g. ttyS0,115200'],
    ['ttyS0,', 'use the syntax of the kernel, e.g. ttyS0,115200'],
    ['ttyS', 'use the syntax of the kernel, e.g. ttyS0,115200'],
    ['vga', 'use the syntax of the kernel, e.g. ttyS0,115200'],
    ['', 'use the syntax of the kernel, e.g. ttyS0,115200'],
    ['ttyS0,99999', 'write a speed that serial ports have, e.g. ttyS0,115200'],
    ['ttyS0,0', 'write a speed that serial ports have, e.g. ttyS0,115200'],
    ['ttyS0,0115200', 'write ttyS0,115200'],
    ['ttyS0,11520', 'write ttyS0,115200'],
    ['ttyAMA0,1152001n8', 'write ttyAMA0,115200n8'],
    ['ttyS0,9601n8', 'write ttyS0,9600n8'],
    ['tty0,115200', 'write tty0: a virtual terminal has no speed'],
    ['ttyS0,115200 quiet', 'use the syntax of the kernel, e.g. ttyS0,115200'],
  ])('%j: %s', (text, hint) => {
    expect(consoleProblem(text)).toBe(hint)
    const [, near] = /^write (tty[^\s:]+)/.exec(hint) ?? []
    expect(near === undefined ? null : consoleProblem(near)).toBeNull()
  })

  it.each([
    'ttyS0',
    'ttyS0,115200',
    'ttyS1,115200n8',
    'ttyS1,9600e7r',
    'ttyAMA0,115200',
    'hvc0',
    'tty0',
    'tty',
    'ttyUSB0',
    'ttymxc1',
    'ttyPS0,115200',
  ])('may be %s', (text) => {
    expect(consoleProblem(text)).toBeNull()
  })
})
