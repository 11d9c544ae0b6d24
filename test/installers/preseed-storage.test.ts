import { describe, expect, it } from 'vitest'
import { findDistribution } from '../../src/distributions/index.ts'
import { installMethod } from '../../src/distributions/install-methods.ts'
import { preseed } from '../../src/installers/preseed.ts'
import { partmanPlan } from '../../src/installers/storage/partman.ts'
import { exampleCluster, mirrorsAt, noKernelArguments, withSystem } from '../example.ts'
import { readPreseed } from '../schemas/preseed.ts'
import { foldLook } from '../support/shared-text.ts'
import { layouts, storageFrom } from './storage.ts'

const trixie = findDistribution('debian', '13')!
const debian = withSystem(exampleCluster(), {
  distribution: trixie,
  install: installMethod('preseed'),
  mirrors: mirrorsAt(trixie),
})
const machineWith = (yaml: string) => ({ ...debian.machines[0]!, storage: storageFrom(yaml) })
const write = (yaml: string): string => preseed.answers.write(debian, machineWith(yaml), noKernelArguments)

describe('preseed', () => {
  it('lays out disks as in the profile', () => {
    const all = Object.entries(layouts).map(([name, yaml]) => {
      const { recipe, ...plan } = partmanPlan(machineWith(yaml), trixie)
      return [`# ${name}`, JSON.stringify(plan), ...recipe.split(/(?<= \.) /), ''].join('\n')
    })
    expect(all.join('\n')).toMatchInlineSnapshot(`
      "# the rest left free
      {"method":"regular","raid":null,"volumeGroup":null,"placeholder":3,"least":68720}
      68720 68720 68720 ext4 method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ / } .
      1 1 -1 ext2 $lvmignore{ } .

      # a disk by what it is
      {"method":"regular","raid":null,"volumeGroup":null,"placeholder":null,"least":8192}
      8192 8192 -1 ext4 method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ / } .

      # partitions
      {"method":"regular","raid":null,"volumeGroup":null,"placeholder":null,"least":72617}
      42950 42950 42950 ext4 method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ / } .
      21475 21475 21475 xfs method{ format } format{ } use_filesystem{ } filesystem{ xfs } mountpoint{ /var/lib/etcd } options/noatime{ noatime } options/nodev{ nodev } .
      8192 8192 -1 ext4 method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ /var } options/noatime{ noatime } .

      # logical volumes
      {"method":"lvm","raid":null,"volumeGroup":{"name":"vg0","size":"max"},"placeholder":null,"least":73641}
      1024 1024 1024 ext4 method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ /boot } .
      42950 42950 42950 ext4 $defaultignore{ } $lvmok{ } lv_name{ root } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ / } .
      21475 21475 21475 xfs $defaultignore{ } $lvmok{ } lv_name{ etcd } method{ format } format{ } use_filesystem{ } filesystem{ xfs } mountpoint{ /var/lib/etcd } options/noatime{ noatime } .
      8192 8192 -1 ext4 $defaultignore{ } $lvmok{ } lv_name{ var_lib_containerd } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ /var/lib/containerd } .

      # logical volumes, the rest left free
      {"method":"lvm","raid":null,"volumeGroup":{"name":"system","size":"150325MB"},"placeholder":null,"least":151349}
      1024 1024 1024 ext4 method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ /boot } .
      42950 42950 42950 ext4 $defaultignore{ } $lvmok{ } lv_name{ root } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ / } .
      107375 107375 107375 ext4 $defaultignore{ } $lvmok{ } lv_name{ var } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ /var } .

      # a mirror
      {"method":"raid","raid":"1 2 0 ext4 / raidid=1 .","volumeGroup":null,"placeholder":null,"least":8192}
      8192 8192 -1 raid $lvmignore{ } method{ raid } raidid{ 1 } .

      # a mirror of partitions
      {"method":"raid","raid":"1 2 0 ext4 / raidid=1 . 1 2 0 ext4 /srv raidid=2 . 1 2 0 ext4 /var raidid=3 .","volumeGroup":null,"placeholder":null,"least":61880}
      42950 42950 42950 raid $lvmignore{ } method{ raid } raidid{ 1 } .
      10738 10738 10738 raid $lvmignore{ } method{ raid } raidid{ 2 } .
      8192 8192 -1 raid $lvmignore{ } method{ raid } raidid{ 3 } .

      # a mirror of logical volumes
      {"method":"raid","raid":"1 2 0 ext4 /boot raidid=1 . 1 2 0 lvm - raidid=2 .","volumeGroup":{"name":"system","size":"64425MB"},"placeholder":null,"least":65449}
      1024 1024 1024 raid $lvmignore{ } method{ raid } raidid{ 1 } .
      8192 8192 -1 raid $lvmignore{ } method{ raid } raidid{ 2 } .
      42950 42950 42950 ext4 $defaultignore{ } $lvmok{ } lv_name{ root } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ / } .
      21475 21475 21475 ext4 $defaultignore{ } $lvmok{ } lv_name{ var } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ /var } options/nodev{ nodev } .
      "
    `)
  })

  it.each(Object.entries(layouts))('answers only what the installer asks: %s', async (name, yaml) => {
    const text = preseed.answers.write(debian, machineWith(yaml), noKernelArguments)
    expect(readPreseed(text).problems).toEqual([])
    if (name !== 'a mirror of partitions') return
    await expect(foldLook(text)).toMatchFileSnapshot('../fixtures/seeds/expected/preseed/mirror.cfg')
  })

  it.each(['disk: /dev/sda', 'disk: {type: ssd}'])('never erases a data disk for the system: %s', (disk) => {
    const text = write(`${disk}\ndataDisks: [{disk: /dev/disk/by-id/A}, {disk: {serial: S1}, mount: /srv}]`)
    expect(readPreseed(text).problems).toEqual([])
    expect(text).toMatch(
      /'keep_named \/dev\/disk\/by-id\/A' 'keep_serials S1' 'keep_file_systems [0-9a-f-]{36}'/,
    )
    // Data disks are not the installer's affair otherwise.
    expect(text.replaceAll(preseed.answers.transient!, '')).toBe(
      write(disk).replaceAll(preseed.answers.transient!, ''),
    )
  })

  it('installs the programs for the file systems of data disks', () => {
    const yaml = 'disk: /dev/sda\ndataDisks: [{disk: /dev/sdb, mount: /var/lib/etcd}, {disk: /dev/sdc}]'
    const { answers } = readPreseed(preseed.answers.write(debian, machineWith(yaml), noKernelArguments))
    expect(answers.get('pkgsel/include')).toBe('chrony cloud-init curl openssh-server openssl sudo xfsprogs')
  })
})
