import { parse } from 'yaml'
import { z } from 'zod'
import type { Machine } from '../../src/cluster/cluster.ts'
import { resolveStorage } from '../../src/cluster/storage.ts'
import { Storage } from '../../src/profile/schema-storage.ts'

const Hardware = z.strictObject(Storage)

/** The disks of a machine from the YAML below `hardware` of a profile. */
export const storageFrom = (yaml: string): Machine['storage'] =>
  resolveStorage({ hardware: Hardware.parse(parse(yaml)), machines: [{ role: 'worker' }] }, 0)

/** Layouts that every format has to say. */
export const layouts = {
  'the rest left free': 'disk: /dev/sda\nrootSize: 64GiB',
  'a disk by what it is': 'disk: {model: "EXAMPLE SSD*", type: nvme, size: 480GB}',
  partitions: `
disk: /dev/disk/by-id/nvme-EXAMPLE_1234
partitions:
  - {mount: /, size: 40GiB}
  - {mount: /var, type: ext4, options: [noatime]}
  - {mount: /var/lib/etcd, size: 20GiB, type: xfs, options: [noatime, nodev]}`,
  'logical volumes': `
disk: /dev/sda
layout: lvm
volumeGroup: vg0
partitions:
  - {mount: /, size: 40GiB}
  - {mount: /var/lib/containerd}
  - {mount: /var/lib/etcd, size: 20GiB, name: etcd, options: [noatime]}`,
  'logical volumes, the rest left free': `
disk: /dev/sda
layout: lvm
rootSize: 40GiB
partitions:
  - {mount: /var, size: 100GiB}`,
  'a mirror': 'disk: [/dev/sda, /dev/sdb]\nraid: 1',
  'a mirror of partitions': `
disk: [{serial: S1}, /dev/disk/by-id/ata-TWO]
raid: 1
rootSize: 40GiB
partitions: [{mount: /var}, {mount: /srv, size: 10GiB, type: ext4}]`,
  'a mirror of logical volumes': `
disk: [/dev/sda, /dev/sdb]
raid: 1
layout: lvm
rootSize: 40GiB
partitions: [{mount: /var, size: 20GiB, options: [nodev]}]`,
} as const
