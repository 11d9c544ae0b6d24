import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

/** The profile with these lines below `hardware`. */
const hardware = (...lines: string[]) =>
  mistakes(['  disk: /dev/sda\n', lines.map((line) => `  ${line}\n`).join('')])

describe('disks', () => {
  it('can be chosen by their properties, for all machines, a role or one machine', () => {
    expect(hardware('disk: {model: "SAMSUNG MZ*", type: nvme, size: 480GB}')).toBe('')
    expect(hardware('disk: {type: ssd, size: smallest}')).toBe('')
    expect(
      mistakes(
        ['  disk: /dev/sda\n', '  firmware: uefi\n'],
        [
          'loadBalancing:\n',
          'roles:\n  worker: {disk: /dev/sdb}\n  control-plane: {disk: /dev/sdc}\n  load-balancer: {disk: {type: hdd}}\nloadBalancing:\n',
        ],
      ),
    ).toBe('')
  })

  it('must have a name or properties', () => {
    expect(hardware('disk: {}') + hardware('disk: {model: "a$(b)"}') + hardware('disk: {size: 480}'))
      .toMatchInlineSnapshot(`
        "profile.yaml:12:9: error[storage/disk]: no property identifies the disk [$.hardware.disk]
           12 |   disk: {}
              |         ^^
          hint: write model, serial, type or size below it, or its name, e.g. /dev/sda
        profile.yaml:12:17: error[storage/disk]: no disk has "a$(b)" as its model [$.hardware.disk.model]
           12 |   disk: {model: "a$(b)"}
              |                 ^^^^^^^
          hint: write it as lsblk --output NAME,MODEL,SERIAL shows it; * stands for any characters
        profile.yaml:12:16: error[storage/size]: "480" is not a size of a disk [$.hardware.disk.size]
           12 |   disk: {size: 480}
              |                ^^^
          hint: write 480GB
        "
      `)
  })

  it('are checked within mirrors and as data disks too', () => {
    expect(
      hardware('disk: [/dev/sda1, /dev/nvme0]', 'raid: 1', 'dataDisks: [{disk: nvme1n1p2, mount: /mnt/a}]'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:12:10: error[hardware/disk]: "/dev/sda1" is a partition, not a disk [$.hardware.disk[0]]
         12 |   disk: [/dev/sda1, /dev/nvme0]
            |          ^^^^^^^^^
        hint: write /dev/sda

      profile.yaml:12:21: error[hardware/disk]: "/dev/nvme0" is the NVMe controller, not the disk [$.hardware.disk[1]]
         12 |   disk: [/dev/sda1, /dev/nvme0]
            |                     ^^^^^^^^^^
        hint: write /dev/nvme0n1

      profile.yaml:14:22: error[hardware/disk]: "nvme1n1p2" is not the name of a disk [$.hardware.dataDisks[0].disk]
         14 |   dataDisks: [{disk: nvme1n1p2, mount: /mnt/a}]
            |                      ^^^^^^^^^
        hint: write /dev/nvme1n1
      "
    `)
  })

  it('must be two for a mirror', () => {
    expect(
      hardware('disk: [/dev/sda, /dev/sdb]') +
        hardware('disk: /dev/sda', 'raid: 1') +
        hardware('disk: [/dev/sda, /dev/sdb, /dev/sdc]', 'raid: 1') +
        hardware('disk: [/dev/sda, /dev/sda]', 'raid: 1'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:12:9: error[storage/raid]: the system has 2 disks, but no setting says how to use them [$.hardware.disk]
         12 |   disk: [/dev/sda, /dev/sdb]
            |         ^^^^^^^^^^^^^^^^^^^^
        hint: write raid: 1 beside disk to mirror them, or name one disk; disks for other data belong in dataDisks
      profile.yaml:13:9: error[storage/raid]: RAID 1 needs two disks, but disk lists 1 [$.hardware.raid]
         13 |   raid: 1
            |         ^
        hint: write disk: as a list of two disks, or remove raid
      profile.yaml:13:9: error[storage/raid]: RAID 1 needs two disks, but disk lists 3 [$.hardware.raid]
         13 |   raid: 1
            |         ^
        hint: name two of them; disks for other data belong in dataDisks
      profile.yaml:12:20: error[storage/same-disk]: both disks of the mirror are the same one [$.hardware.disk[1]]
         12 |   disk: [/dev/sda, /dev/sda]
            |                    ^^^^^^^^
        hint: name two disks, or tell them apart by their serial numbers
        profile.yaml:12:10: the first one
      "
    `)
    expect(hardware('disk: [/dev/sda, /dev/sdb]', 'raid: 1')).toBe('')
  })

  it('of a wider place lose their RAID if a machine has another disk', () => {
    expect(
      mistakes(
        ['  disk: /dev/sda\n', '  disk: [/dev/sda, /dev/sdb]\n  raid: 1\n'],
        ['address: 10.10.10.16', 'address: 10.10.10.16\n    disk: /dev/vda'],
      ),
    ).toBe('')
  })

  it('have unique serial numbers', () => {
    expect(
      hardware('disk: {serial: S1}') +
        mistakes(
          ['address: 10.10.10.15', 'address: 10.10.10.15\n    disk: {serial: S1}'],
          ['address: 10.10.10.16', 'address: 10.10.10.16\n    disk: {serial: S1}'],
        ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:12:18: error[storage/serial]: only one machine can have the disk with the serial number "S1" [$.hardware.disk.serial]
         12 |   disk: {serial: S1}
            |                  ^^
        hint: write disk at the machine that has it
      profile.yaml:39:20: error[storage/serial]: the disk with the serial number "S1" is in the profile twice [$.machines[5].disk.serial]
         39 |     disk: {serial: S1}
            |                    ^^
        hint: write the serial number of another disk
        profile.yaml:34:20: also here
      "
    `)
  })

  it('are for the system or for data', () => {
    expect(hardware('disk: /dev/sda', 'dataDisks: [{disk: /dev/sda}, {disk: /dev/sdb}, {disk: /dev/sdb}]'))
      .toMatchInlineSnapshot(`
        "profile.yaml:13:22: error[storage/same-disk]: the data disk is the system disk as well [$.hardware.dataDisks[0].disk]
           13 |   dataDisks: [{disk: /dev/sda}, {disk: /dev/sdb}, {disk: /dev/sdb}]
              |                      ^^^^^^^^
          hint: name another disk, or write the mount point below partitions
          profile.yaml:12:9: also here

        profile.yaml:13:58: error[storage/same-disk]: two data disks are the same one [$.hardware.dataDisks[2].disk]
           13 |   dataDisks: [{disk: /dev/sda}, {disk: /dev/sdb}, {disk: /dev/sdb}]
              |                                                          ^^^^^^^^
          hint: name another disk, or remove one entry
          profile.yaml:13:40: also here
        "
      `)
  })
})

describe('sizes', () => {
  it('must have a unit', () => {
    expect(
      hardware('disk: /dev/sda', 'rootSize: 64') +
        hardware('disk: /dev/sda', 'partitions: [{mount: /, size: 65536}, {mount: /var, size: 40g}]') +
        hardware('disk: /dev/sda', 'rootSize: much'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:13: error[storage/size]: 64 has no unit [$.hardware.rootSize]
         13 |   rootSize: 64
            |             ^^
        hint: write 64GiB
      profile.yaml:13:33: error[storage/size]: 65536 has no unit [$.hardware.partitions[0].size]
         13 |   partitions: [{mount: /, size: 65536}, {mount: /var, size: 40g}]
            |                                 ^^^^^
        hint: write 65536MiB

      profile.yaml:13:61: error[storage/size]: "40g" is not a size [$.hardware.partitions[1].size]
         13 |   partitions: [{mount: /, size: 65536}, {mount: /var, size: 40g}]
            |                                                             ^^^
        hint: write 40GiB
      profile.yaml:13:13: error[storage/size]: "much" is not a size [$.hardware.rootSize]
         13 |   rootSize: much
            |             ^^^^
        hint: write a number and its unit, e.g. 64GiB
      "
    `)
  })

  it('may be missing for only one file system', () => {
    expect(
      hardware('disk: /dev/sda', 'partitions: [{mount: /var}]') +
        hardware('disk: /dev/sda', 'rootSize: 20GiB', 'partitions: [{mount: /var}, {mount: /srv}]'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:16: error[storage/rest]: / and /var would both take the rest of the disk [$.hardware.partitions[0]]
         13 |   partitions: [{mount: /var}]
            |                ^^^^^^^^^^^^^
        hint: write the size of /var, or that of / as rootSize
      profile.yaml:14:31: error[storage/rest]: /var and /srv would both take the rest of the disk [$.hardware.partitions[1]]
         14 |   partitions: [{mount: /var}, {mount: /srv}]
            |                               ^^^^^^^^^^^^^
        hint: write the size of /srv or of /var
      "
    `)
    expect(hardware('disk: /dev/sda', 'rootSize: 64GiB')).toBe('')
    expect(hardware('disk: /dev/sda', 'rootSize: 64GiB', 'partitions: [{mount: /var}]')).toBe('')
  })

  it('of / must be set once, and be sufficient', () => {
    expect(
      hardware('disk: /dev/sda', 'rootSize: 64GiB', 'partitions: [{mount: /, size: 20GiB}]') +
        hardware('disk: /dev/sda', 'rootSize: 4GiB', 'partitions: [{mount: /var/lib/etcd, size: 100MiB}]'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:13: error[storage/root-size]: the size of / is in the profile twice [$.hardware.rootSize]
         13 |   rootSize: 64GiB
            |             ^^^^^
        hint: remove rootSize
        profile.yaml:14:33: also here
      profile.yaml:13:13: error[storage/too-small]: 4GiB is too small for / [$.hardware.rootSize]
         13 |   rootSize: 4GiB
            |             ^^^^
        hint: write at least 8GiB

      profile.yaml:14:16: error[storage/too-small]: 100MiB is too small for /var/lib/etcd [$.hardware.partitions[0]]
         14 |   partitions: [{mount: /var/lib/etcd, size: 100MiB}]
            |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write at least 512MiB
      "
    `)
  })

  it('must fit on the disk, if its size is known', () => {
    expect(hardware('disk: {size: 120GB}', 'rootSize: 64GiB', 'partitions: [{mount: /var, size: 60GiB}]'))
      .toMatchInlineSnapshot(`
        "profile.yaml:14:16: error[storage/too-large]: the system disk needs 126GiB and has 126GB at most [$.hardware.partitions[0]]
           14 |   partitions: [{mount: /var, size: 60GiB}]
              |                ^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: write smaller sizes, or choose a larger disk
        "
      `)
    expect(
      hardware('disk: {size: ">=120GB"}', 'rootSize: 64GiB', 'partitions: [{mount: /var, size: 60GiB}]'),
    ).toBe('')
  })
})

/** The same with partitions at these mount points. */
const mounts = (...all: string[]) =>
  hardware('disk: /dev/sda', 'partitions:', ...all.map((mount) => `  - {mount: ${mount}, size: 10GiB}`))

describe('mount points', () => {
  it('must be absolute paths that the system does not need itself', () => {
    expect(mounts('var/', '/boot/efi', '/usr', '/proc/x', 'swap', '"/mnt/a b"')).toMatchInlineSnapshot(`
      "profile.yaml:14:15: error[storage/mount]: "var/" is not a mount point [$.hardware.partitions[0].mount]
         14 |     - {mount: var/, size: 10GiB}
            |               ^^^^
        hint: write /var

      profile.yaml:15:15: error[storage/reserved-mount]: "/boot/efi" is made by hakube, as the firmware needs it [$.hardware.partitions[1].mount]
         15 |     - {mount: /boot/efi, size: 10GiB}
            |               ^^^^^^^^^
        hint: remove the entry: EFI system partition, BIOS boot partition and /boot are added where they are needed

      profile.yaml:16:15: error[storage/reserved-mount]: "/usr" belongs to the root file system, from which the system starts [$.hardware.partitions[2].mount]
         16 |     - {mount: /usr, size: 10GiB}
            |               ^^^^
        hint: remove the entry, and give / the size

      profile.yaml:17:15: error[storage/reserved-mount]: "/proc/x" is not on a disk [$.hardware.partitions[3].mount]
         17 |     - {mount: /proc/x, size: 10GiB}
            |               ^^^^^^^
        hint: remove the entry

      profile.yaml:18:15: error[storage/reserved-mount]: "swap" is not a mount point [$.hardware.partitions[4].mount]
         18 |     - {mount: swap, size: 10GiB}
            |               ^^^^
        hint: remove the entry: hakube makes no swap

      profile.yaml:19:15: error[storage/mount]: "/mnt/a b" is not a mount point [$.hardware.partitions[5].mount]
         19 |     - {mount: "/mnt/a b", size: 10GiB}
            |               ^^^^^^^^^^
        hint: write an absolute path of letters, digits and . _ - + @, e.g. /mnt/data
      "
    `)
  })

  it('must be unique, also across disks', () => {
    expect(
      hardware(
        'disk: /dev/sda',
        'partitions: [{mount: /var, size: 10GiB}, {mount: /var, size: 10GiB}, {mount: /srv, size: 1GiB}]',
        'dataDisks: [{disk: /dev/sdb, mount: /srv}]',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:52: error[storage/mount-twice]: two file systems are to be mounted at /var [$.hardware.partitions[1].mount]
         13 |   partitions: [{mount: /var, size: 10GiB}, {mount: /var, size: 10GiB}, {mount: /srv, size: 1GiB}]
            |                                                    ^^^^
        hint: remove one, or write another mount point
        profile.yaml:13:24: the first one

      profile.yaml:14:39: error[storage/mount-twice]: two file systems are to be mounted at /srv [$.hardware.dataDisks[0].mount]
         14 |   dataDisks: [{disk: /dev/sdb, mount: /srv}]
            |                                       ^^^^
        hint: remove one, or write another mount point
        profile.yaml:13:80: the first one
      "
    `)
  })

  it('of data disks must not be in use before the first boot', () => {
    expect(
      hardware('disk: /dev/sda', 'dataDisks: [{disk: /dev/sdb, mount: /var}, {disk: /dev/sdc, mount: /}]'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:39: error[storage/reserved-mount]: "/var" is in use before a data disk can be mounted there [$.hardware.dataDisks[0].mount]
         13 |   dataDisks: [{disk: /dev/sdb, mount: /var}, {disk: /dev/sdc, mount: /}]
            |                                       ^^^^
        hint: write /var below partitions, which the installer makes

      profile.yaml:13:70: error[storage/reserved-mount]: "/" is in use before a data disk can be mounted there [$.hardware.dataDisks[1].mount]
         13 |   dataDisks: [{disk: /dev/sdb, mount: /var}, {disk: /dev/sdc, mount: /}]
            |                                                                      ^
        hint: write the disk as disk
      "
    `)
  })

  it('have mount options, one per item', () => {
    expect(
      hardware(
        'disk: /dev/sda',
        'dataDisks:',
        '  - {disk: /dev/sdb, mount: /srv, options: ["noatime,nodev", "a b"]}',
        '  - {disk: /dev/sdc, options: [noatime]}',
        '  - {disk: /dev/sdd, wipe: true}',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:14:47: error[storage/mount]: "noatime,nodev" is not a mount option [$.hardware.dataDisks[0].options[0]]
         14 |     - {disk: /dev/sdb, mount: /srv, options: ["noatime,nodev", "a b"]}
            |                                               ^^^^^^^^^^^^^^^
        hint: write each option as an item of its own
        source: mount(8)

      profile.yaml:14:64: error[storage/mount]: "a b" is not a mount option [$.hardware.dataDisks[0].options[1]]
         14 |     - {disk: /dev/sdb, mount: /srv, options: ["noatime,nodev", "a b"]}
            |                                                                ^^^^^
        hint: write e.g. noatime
        source: mount(8)

      profile.yaml:15:33: error[storage/unused]: mount options of a disk that is not mounted [$.hardware.dataDisks[1].options]
         15 |     - {disk: /dev/sdc, options: [noatime]}
            |                                 ^^^^^^^^^
        hint: write mount: and where, or remove options

      profile.yaml:16:30: error[storage/unused]: a disk without mount and type is left as it is, so nothing wipes it [$.hardware.dataDisks[2].wipe]
         16 |     - {disk: /dev/sdd, wipe: true}
            |                              ^^^^
        hint: remove wipe, or write mount: or type:
      "
    `)
  })
})

describe('file systems', () => {
  it('must be supported by the release', () => {
    expect(hardware('disk: /dev/sda', 'partitions: [{mount: /srv, size: 10GiB, type: btrfs}]'))
      .toMatchInlineSnapshot(`
      "profile.yaml:13:49: error[storage/file-system]: Rocky Linux 9 cannot make btrfs [$.hardware.partitions[0].type]
         13 |   partitions: [{mount: /srv, size: 10GiB, type: btrfs}]
            |                                                 ^^^^^
        hint: write type: xfs
        source: https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/8/html/considerations_in_adopting_rhel_8/file-systems-and-storage_considerations-in-adopting-rhel-8
      "
    `)
  })

  it('of etcd must be empty at first', () => {
    expect(hardware('disk: /dev/sda', 'dataDisks: [{disk: /dev/sdb, mount: /var/lib/etcd, type: ext4}]'))
      .toMatchInlineSnapshot(`
      "profile.yaml:13:60: error[storage/file-system]: kubeadm refuses a directory of etcd that is not empty, and ext4 puts lost+found there [$.hardware.dataDisks[0].type]
         13 |   dataDisks: [{disk: /dev/sdb, mount: /var/lib/etcd, type: ext4}]
            |                                                            ^^^^
        hint: write type: xfs
        source: kubeadm, preflight check DirAvailable
      "
    `)
  })
})

describe('LVM', () => {
  it('has valid names', () => {
    expect(
      hardware(
        'disk: /dev/sda',
        'layout: lvm',
        'volumeGroup: vg-0',
        'rootSize: 20GiB',
        'partitions:',
        '  - {mount: /var, size: 10GiB, name: data}',
        '  - {mount: /srv, size: 10GiB, name: data}',
        '  - {mount: /opt, size: 10GiB, name: pvmove0}',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:14:16: error[storage/volume-name]: "vg-0" is not a name of a volume group [$.hardware.volumeGroup]
         14 |   volumeGroup: vg-0
            |                ^^^^
        hint: write vg_0
        source: lvm(8), valid names

      profile.yaml:18:40: error[storage/volume-name]: two logical volumes have the name "data" [$.hardware.partitions[1].name]
         18 |     - {mount: /srv, size: 10GiB, name: data}
            |                                        ^^^^
        hint: write another name
        profile.yaml:17:40: the first one

      profile.yaml:19:40: error[storage/volume-name]: "pvmove0" is not a name of a logical volume [$.hardware.partitions[2].name]
         19 |     - {mount: /opt, size: 10GiB, name: pvmove0}
            |                                        ^^^^^^^
        hint: write another name: LVM uses this one itself
        source: lvm(8), valid names
      "
    `)
  })

  it('is required for names', () => {
    expect(
      hardware(
        'disk: /dev/sda',
        'volumeGroup: vg0',
        'rootSize: 20GiB',
        'partitions: [{mount: /var, name: data}]',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:16: error[storage/unused]: volumeGroup without LVM [$.hardware.volumeGroup]
         13 |   volumeGroup: vg0
            |                ^^^
        hint: write layout: lvm, or remove it

      profile.yaml:15:36: error[storage/unused]: the name of a logical volume without LVM [$.hardware.partitions[0].name]
         15 |   partitions: [{mount: /var, name: data}]
            |                                    ^^^^
        hint: write layout: lvm, or remove it
      "
    `)
  })
})
