import { describe, expect, it } from 'vitest'
import { dataDiskUuid, dataDiskUuids } from '../../src/cluster/data-disk-uuids.ts'
import { diskInWords, layoutInWords, systemDiskInWords } from '../../src/cluster/disk-words.ts'
import { fileSystemOf, fileSystemPackages } from '../../src/cluster/file-systems.ts'
import { isUsualLayout, serialsOf } from '../../src/cluster/storage.ts'
import { findDistribution } from '../../src/distributions/index.ts'
import { curtinActions } from '../../src/installers/storage/curtin.ts'
import { storageFrom } from '../installers/storage.ts'

const namesOf = (...partitions: string[]): string[] =>
  storageFrom(`{disk: /dev/sda, layout: lvm, partitions: [${partitions.join(', ')}]}`).volumes.map(
    ({ name }) => name,
  )

describe('names of volumes', () => {
  it('follow from mount points, and no two are the same', () => {
    expect(
      namesOf(
        '{mount: /srv/a-b, size: 1GiB}',
        '{mount: /srv/a_b, size: 1GiB}',
        '{mount: /x, size: 1GiB, name: root}',
        '{mount: /root_2, size: 1GiB}',
      ),
    ).toEqual(['root_2', 'srv_a_b', 'srv_a_b_2', 'root', 'root_2_2'])
  })

  it('are not reserved by LVM, and not too long', () => {
    expect(namesOf('{mount: /snapshots, size: 1GiB}', '{mount: /x_tdata, size: 1GiB}')).toEqual([
      'root',
      'volume_snapshots',
      'volume_x_tdata',
    ])
    expect(namesOf(`{mount: /${'long/'.repeat(50)}x, size: 1GiB}`)[1]!.length).toBeLessThan(100)
  })

  it('give each action of curtin a unique ID', () => {
    const storage = storageFrom(
      '{disk: /dev/sda, layout: lvm, partitions: [{mount: /srv/boot, size: 1GiB, name: boot}]}',
    )
    const ids = curtinActions({ storage, firmware: 'uefi' }, findDistribution('ubuntu', '24.04')!).map(
      ({ id }) => id,
    )
    expect(new Set(ids).size).toBe(ids.length)
  })
})

const full = storageFrom(`
disk: [{model: "EXAMPLE *", serial: S1, type: ssd, size: 480GB}, /dev/sdb]
raid: 1
layout: lvm
volumeGroup: vg0
rootSize: 40GiB
partitions:
  - {mount: /var, size: 20GiB, type: xfs, options: [noatime, nodev]}
  - {mount: /srv, name: own}
dataDisks:
  - {disk: /dev/sdc, mount: /data, type: btrfs, options: [noatime], wipe: true}
  - {disk: {type: nvme, size: largest}, mount: /var/lib/etcd}
  - {disk: {serial: "S*"}}
  - {disk: {serial: S9}, type: ext4}
`)

const root = (yaml: string) =>
  storageFrom(`{disk: /dev/sda, ${yaml}}`).volumes.find(({ mount }) => mount === '/')

describe('the disks of a machine', () => {
  it('are those of the profile, with the position of each, and sizes in bytes', () => {
    expect(full).toMatchInlineSnapshot(`
      {
        "data": [
          {
            "disk": {
              "by": "name",
              "from": [
                "hardware",
                "dataDisks",
                0,
                "disk",
              ],
              "name": "/dev/sdc",
            },
            "from": [
              "hardware",
              "dataDisks",
              0,
            ],
            "isRaw": false,
            "mount": "/data",
            "options": [
              "noatime",
            ],
            "type": "btrfs",
            "wipe": true,
          },
          {
            "disk": {
              "by": "properties",
              "from": [
                "hardware",
                "dataDisks",
                1,
                "disk",
              ],
              "model": null,
              "serial": null,
              "size": {
                "text": "largest",
                "wanted": "largest",
              },
              "type": "nvme",
            },
            "from": [
              "hardware",
              "dataDisks",
              1,
            ],
            "isRaw": false,
            "mount": "/var/lib/etcd",
            "options": [],
            "type": null,
            "wipe": false,
          },
          {
            "disk": {
              "by": "properties",
              "from": [
                "hardware",
                "dataDisks",
                2,
                "disk",
              ],
              "model": null,
              "serial": "S*",
              "size": null,
              "type": null,
            },
            "from": [
              "hardware",
              "dataDisks",
              2,
            ],
            "isRaw": true,
            "mount": null,
            "options": [],
            "type": null,
            "wipe": false,
          },
          {
            "disk": {
              "by": "properties",
              "from": [
                "hardware",
                "dataDisks",
                3,
                "disk",
              ],
              "model": null,
              "serial": "S9",
              "size": null,
              "type": null,
            },
            "from": [
              "hardware",
              "dataDisks",
              3,
            ],
            "isRaw": false,
            "mount": null,
            "options": [],
            "type": "ext4",
            "wipe": false,
          },
        ],
        "disks": [
          {
            "by": "properties",
            "from": [
              "hardware",
              "disk",
              0,
            ],
            "model": "EXAMPLE *",
            "serial": "S1",
            "size": {
              "text": "480GB",
              "wanted": {
                "least": 456000000000,
                "most": 504000000000,
              },
            },
            "type": "ssd",
          },
          {
            "by": "name",
            "from": [
              "hardware",
              "disk",
              1,
            ],
            "name": "/dev/sdb",
          },
        ],
        "volumeGroup": "vg0",
        "volumes": [
          {
            "bytes": 42949672960,
            "from": [
              "hardware",
              "rootSize",
            ],
            "mount": "/",
            "name": "root",
            "options": [],
            "type": null,
          },
          {
            "bytes": 21474836480,
            "from": [
              "hardware",
              "partitions",
              0,
            ],
            "mount": "/var",
            "name": "var",
            "options": [
              "noatime",
              "nodev",
            ],
            "type": "xfs",
          },
          {
            "bytes": null,
            "from": [
              "hardware",
              "partitions",
              1,
            ],
            "mount": "/srv",
            "name": "own",
            "options": [],
            "type": null,
          },
        ],
      }
    `)
  })

  it('are empty, with / as the only file system, if the profile sets none', () => {
    expect(storageFrom('{}')).toEqual({
      disks: [],
      volumeGroup: null,
      volumes: [{ mount: '/', bytes: null, type: null, options: [], name: 'root' }],
      data: [],
    })
  })

  it('give / the size of rootSize, unless the partition has one', () => {
    expect(root('rootSize: 8GiB')).toMatchObject({ bytes: 8 * 2 ** 30, from: ['hardware', 'rootSize'] })
    expect(root('rootSize: 8GiB, partitions: [{mount: /}]')).toMatchObject({ bytes: 8 * 2 ** 30 })
    expect(root('rootSize: 8GiB, partitions: [{mount: /, size: 9GiB}]')).toMatchObject({ bytes: 9 * 2 ** 30 })
  })

  it('have valid names of volume groups, and none longer than LVM accepts', () => {
    expect(
      namesOf('{mount: /srv/ä b, size: 1GiB}', '{mount: /..., size: 1GiB}', '{mount: /.., size: 1GiB}'),
    ).toEqual(['root', 'srv___b', '...', 'volume_..'])
    expect(namesOf(`{mount: /${'x'.repeat(200)}, size: 1GiB}`)[1]).toBe('x'.repeat(96))
  })
})

describe('descriptions of disks', () => {
  it('are their names, or their properties', () => {
    expect(full.disks.map((disk) => diskInWords(disk))).toEqual([
      'with model EXAMPLE *, serial S1, type ssd, size 480GB',
      '/dev/sdb',
    ])
    expect(full.data.map(({ disk }) => diskInWords(disk))).toEqual([
      '/dev/sdc',
      'with type nvme, size largest',
      'with serial S*',
      'with serial S9',
    ])
    expect(systemDiskInWords(full)).toBe(
      'with model EXAMPLE *, serial S1, type ssd, size 480GB and the disk /dev/sdb',
    )
    expect(systemDiskInWords(storageFrom('{}'))).toBeNull()
  })

  it.each([
    ['{}', '/ the rest'],
    ['{disk: /dev/sda, rootSize: 64GiB}', '/ 64GiB'],
    ['{disk: [/dev/sda, /dev/sdb], raid: 1}', 'RAID 1: / the rest'],
    ['{disk: /dev/sda, layout: lvm}', 'lvm system: / the rest'],
  ])('are the layout of %s: %s', (yaml, words) => {
    expect(layoutInWords(storageFrom(yaml))).toBe(words)
  })

  it('contain a whole layout', () => {
    expect(layoutInWords(full)).toBe('RAID 1, lvm vg0: / 40GiB, /var 20GiB xfs noatime nodev, /srv the rest')
  })
})

it.each([
  ['{disk: /dev/sda}', true],
  ['{disk: /dev/sda, partitions: [{mount: /}]}', true],
  ['{disk: /dev/sda, dataDisks: [{disk: /dev/sdb, mount: /data}]}', true],
  ['{}', false],
  ['{disk: [/dev/sda, /dev/sdb], raid: 1}', false],
  ['{disk: /dev/sda, layout: lvm}', false],
  ['{disk: /dev/sda, rootSize: 8GiB}', false],
  ['{disk: /dev/sda, partitions: [{mount: /, type: xfs}]}', false],
  ['{disk: /dev/sda, partitions: [{mount: /, options: [noatime]}]}', false],
  ['{disk: /dev/sda, partitions: [{mount: /var}]}', false],
])('an installer lays out %s by itself: %s', (yaml, expected) => {
  expect(isUsualLayout(storageFrom(yaml))).toBe(expected)
})

describe('file systems', () => {
  const rocky = findDistribution('rocky', '9')!
  const debian = findDistribution('debian', '12')!

  it("are the profile's, or the distribution's, and xfs for etcd", () => {
    const types = (distribution: typeof rocky) =>
      full.data.map((disk) => `${disk.mount}: ${fileSystemOf(distribution, disk)}`)
    expect(types(rocky)).toEqual(['/data: btrfs', '/var/lib/etcd: xfs', 'null: xfs', 'null: ext4'])
    expect(types(debian)).toEqual(['/data: btrfs', '/var/lib/etcd: xfs', 'null: ext4', 'null: ext4'])
  })

  it('need their programs, each once, and a raw disk needs none', () => {
    expect(fileSystemPackages(debian, full)).toEqual(['btrfs-progs', 'xfsprogs', 'e2fsprogs'])
    expect(fileSystemPackages(rocky, storageFrom('dataDisks: [{disk: /dev/sdb}]'))).toEqual([])
    const twice = storageFrom('dataDisks: [{disk: /dev/sdb, mount: /a}, {disk: /dev/sdc, mount: /b}]')
    expect(fileSystemPackages(rocky, twice)).toEqual(['xfsprogs'])
  })
})

describe('the UUID of a data disk', () => {
  it('is of version 8, derived from names, and no raw disk has one', () => {
    expect(dataDiskUuids('sample', 'worker-1', full)).toMatchInlineSnapshot(`
      [
        "fd8dd11a-bf7e-8bbd-b7a1-ae65d63b7397",
        "75cc26c5-af5c-8179-b6d5-e916fb8c2135",
        "ed559d19-331a-8417-bfb0-5e0b0ee8b107",
      ]
    `)
  })

  it('differs for another cluster, machine or mount point, and has the version and variant of RFC 9562', () => {
    const [disk] = full.data
    const uuids = ['a', 'b', 'c'].flatMap((cluster) =>
      Array.from({ length: 20 }, (_, number) => dataDiskUuid(cluster, `m-${number}`, disk!)),
    )
    uuids.push(dataDiskUuid('a', 'm-0', { ...disk!, mount: '/other' }))
    expect(new Set(uuids).size).toBe(61)
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(uuids.map((uuid) => uuid[19])).size).toBe(4)
  })

  it('stays the same if the file system gets other options', () => {
    const [disk] = full.data
    expect(dataDiskUuid('a', 'm', { ...disk!, options: [], wipe: false, type: 'xfs' })).toBe(
      dataDiskUuid('a', 'm', disk!),
    )
  })
})

it('serial numbers are those that identify exactly one disk', () => {
  expect(serialsOf([...full.disks, ...full.data.map(({ disk }) => disk)])).toEqual(['S1', 'S9'])
})
