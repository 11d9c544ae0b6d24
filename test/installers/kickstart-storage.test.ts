import { describe, expect, it } from 'vitest'
import { findDistribution } from '../../src/distributions/index.ts'
import { kickstart } from '../../src/installers/kickstart.ts'
import { diskCommands } from '../../src/installers/storage/kickstart.ts'
import { exampleCluster, noKernelArguments } from '../example.ts'
import { readKickstart } from '../schemas/kickstart.ts'
import { foldLook } from '../support/shared-text.ts'
import { layouts, storageFrom } from './storage.ts'

const cluster = exampleCluster()
const rocky = findDistribution('rocky', '9')!

const commandsOf = (yaml: string): string => {
  const { always, efi, bios } = diskCommands({ storage: storageFrom(yaml) }, rocky)
  return [...always, ...efi.map((line) => `UEFI: ${line}`), ...bios.map((line) => `BIOS: ${line}`), ''].join(
    '\n',
  )
}

const write = (yaml: string): string =>
  kickstart.answers.write(cluster, { ...cluster.machines[0]!, storage: storageFrom(yaml) }, noKernelArguments)

describe('kickstart', () => {
  it('lays out disks as in the profile', () => {
    const all = Object.entries(layouts).map(([name, yaml]) => `# ${name}\n${commandsOf(yaml)}`)
    expect(all.join('\n')).toMatchInlineSnapshot(`
      "# the rest left free
      ignoredisk --only-use=$name
      clearpart --all --initlabel --disklabel=gpt --drives=$name
      # What the firmware needs to boot, BIOS or UEFI, and /boot.
      reqpart --add-boot
      # No swap: the kubelet does not support it by default.
      part / --fstype=xfs --size=65536 --ondisk=$name

      # a disk by what it is
      ignoredisk --only-use=$name
      clearpart --all --initlabel --disklabel=gpt --drives=$name
      # What the firmware needs to boot, BIOS or UEFI, and /boot.
      reqpart --add-boot
      # No swap: the kubelet does not support it by default.
      part / --fstype=xfs --size=8192 --grow --ondisk=$name

      # partitions
      ignoredisk --only-use=$name
      clearpart --all --initlabel --disklabel=gpt --drives=$name
      # What the firmware needs to boot, BIOS or UEFI, and /boot.
      reqpart --add-boot
      # No swap: the kubelet does not support it by default.
      part / --fstype=xfs --size=40960 --ondisk=$name
      part /var --fstype=ext4 --fsoptions=defaults,noatime --size=8192 --grow --ondisk=$name
      part /var/lib/etcd --fstype=xfs --fsoptions=defaults,noatime,nodev --size=20480 --ondisk=$name

      # logical volumes
      ignoredisk --only-use=$name
      clearpart --all --initlabel --disklabel=gpt --drives=$name
      # What the firmware needs to boot, BIOS or UEFI, and /boot.
      reqpart --add-boot
      # No swap: the kubelet does not support it by default.
      part pv.1 --size=8192 --grow --ondisk=$name
      volgroup vg0 pv.1
      logvol / --vgname=vg0 --name=root --fstype=xfs --size=40960
      logvol /var/lib/containerd --vgname=vg0 --name=var_lib_containerd --fstype=xfs --size=8192 --grow
      logvol /var/lib/etcd --vgname=vg0 --name=etcd --fstype=xfs --fsoptions=defaults,noatime --size=20480

      # logical volumes, the rest left free
      ignoredisk --only-use=$name
      clearpart --all --initlabel --disklabel=gpt --drives=$name
      # What the firmware needs to boot, BIOS or UEFI, and /boot.
      reqpart --add-boot
      # No swap: the kubelet does not support it by default.
      part pv.1 --size=8192 --grow --ondisk=$name
      volgroup system pv.1
      logvol / --vgname=system --name=root --fstype=xfs --size=40960
      logvol /var --vgname=system --name=var --fstype=xfs --size=102400

      # a mirror
      ignoredisk --only-use=$name_1,$name_2
      clearpart --all --initlabel --disklabel=gpt --drives=$name_1,$name_2
      part raid.21 --size=1024 --ondisk=$name_1
      part raid.22 --size=1024 --ondisk=$name_2
      raid /boot --device=boot --fstype=xfs --level=RAID1 raid.21 raid.22
      part raid.31 --size=8192 --grow --ondisk=$name_1
      part raid.32 --size=8192 --grow --ondisk=$name_2
      raid / --device=root --fstype=xfs --level=RAID1 raid.31 raid.32
      UEFI: part raid.11 --size=600 --ondisk=$name_1
      UEFI: part raid.12 --size=600 --ondisk=$name_2
      UEFI: raid /boot/efi --device=boot_efi --fstype=efi --level=RAID1 raid.11 raid.12
      BIOS: part biosboot --fstype=biosboot --size=1 --ondisk=$name_1
      BIOS: part biosboot --fstype=biosboot --size=1 --ondisk=$name_2

      # a mirror of partitions
      ignoredisk --only-use=$name_1,$name_2
      clearpart --all --initlabel --disklabel=gpt --drives=$name_1,$name_2
      part raid.21 --size=1024 --ondisk=$name_1
      part raid.22 --size=1024 --ondisk=$name_2
      raid /boot --device=boot --fstype=xfs --level=RAID1 raid.21 raid.22
      part raid.31 --size=40960 --ondisk=$name_1
      part raid.32 --size=40960 --ondisk=$name_2
      raid / --device=root --fstype=xfs --level=RAID1 raid.31 raid.32
      part raid.41 --size=8192 --grow --ondisk=$name_1
      part raid.42 --size=8192 --grow --ondisk=$name_2
      raid /var --device=var --fstype=xfs --level=RAID1 raid.41 raid.42
      part raid.51 --size=10240 --ondisk=$name_1
      part raid.52 --size=10240 --ondisk=$name_2
      raid /srv --device=srv --fstype=ext4 --level=RAID1 raid.51 raid.52
      UEFI: part raid.11 --size=600 --ondisk=$name_1
      UEFI: part raid.12 --size=600 --ondisk=$name_2
      UEFI: raid /boot/efi --device=boot_efi --fstype=efi --level=RAID1 raid.11 raid.12
      BIOS: part biosboot --fstype=biosboot --size=1 --ondisk=$name_1
      BIOS: part biosboot --fstype=biosboot --size=1 --ondisk=$name_2

      # a mirror of logical volumes
      ignoredisk --only-use=$name_1,$name_2
      clearpart --all --initlabel --disklabel=gpt --drives=$name_1,$name_2
      part raid.21 --size=1024 --ondisk=$name_1
      part raid.22 --size=1024 --ondisk=$name_2
      raid /boot --device=boot --fstype=xfs --level=RAID1 raid.21 raid.22
      part raid.31 --size=8192 --grow --ondisk=$name_1
      part raid.32 --size=8192 --grow --ondisk=$name_2
      raid pv.1 --device=system --level=RAID1 raid.31 raid.32
      volgroup system pv.1
      logvol / --vgname=system --name=root --fstype=xfs --size=40960
      logvol /var --vgname=system --name=var --fstype=xfs --fsoptions=defaults,nodev --size=20480
      UEFI: part raid.11 --size=600 --ondisk=$name_1
      UEFI: part raid.12 --size=600 --ondisk=$name_2
      UEFI: raid /boot/efi --device=boot_efi --fstype=efi --level=RAID1 raid.11 raid.12
      BIOS: part biosboot --fstype=biosboot --size=1 --ondisk=$name_1
      BIOS: part biosboot --fstype=biosboot --size=1 --ondisk=$name_2
      "
    `)
  })

  it.each(Object.entries(layouts))('looks for the disks before it erases them: %s', async (name, yaml) => {
    const machine = { ...cluster.machines[0]!, storage: storageFrom(yaml) }
    const text = kickstart.answers.write(cluster, machine, noKernelArguments)
    const { problems, sections } = readKickstart(text, 9)
    expect(problems).toEqual([])
    if (name !== 'a mirror of partitions') return
    await expect(foldLook(sections.find((section) => section.name === '%pre')!.body)).toMatchFileSnapshot(
      '../fixtures/seeds/expected/kickstart/mirror.pre.sh',
    )
  })

  it.each([
    [
      'disk: /dev/sda',
      ['keep_named /dev/disk/by-id/A', 'keep_serials S1', 'refuse_kept "$disk"', 'name=${disk#/dev/}'],
    ],
    [
      'disk: {type: ssd}',
      [
        'keep_named /dev/disk/by-id/A',
        'keep_serials S1',
        "choose 'with type ssd' '' '' '' ssd 1 ''",
        'disk_1=$disk',
        'disk=$disk_1',
        'name=${disk#/dev/}',
        'erase "$disk_1"',
      ],
    ],
  ])('never erases a data disk for the system: %s', (disk, expected) => {
    const data =
      'dataDisks: [{disk: /dev/disk/by-id/A}, {disk: {serial: S1}, mount: /srv}, {disk: {model: M}}]'
    const text = write(`${disk}\n${data}`)
    const lines = text.split('\n')
    const calls = lines.slice(lines.indexOf('taken=') + 1, lines.indexOf('cat >/tmp/hakube-disk.ks <<END'))
    const found = calls.filter((line) => /^(?:keep_|refuse|choose '|disk|name=|erase ")/.test(line))
    expect(found.filter((line) => !line.startsWith('keep_file_systems'))).toEqual(expected)
    expect(found).toContainEqual(expect.stringMatching(/^keep_file_systems [0-9a-f-]{36}$/))
    // Data disks are not the installer's affair otherwise.
    expect(text.replaceAll(kickstart.answers.transient!, '')).toBe(
      write(disk).replaceAll(kickstart.answers.transient!, ''),
    )
  })

  it('does not mistake a disk with a persistent name for another with a kernel name', () => {
    const text = write('disk: /dev/disk/by-id/S\ndataDisks: [{disk: /dev/sdb}, {disk: /dev/disk/by-id/A}]')
    expect(text.match(/^keep_\S+ .*[^{]$/gm)).toEqual(['keep_named /dev/disk/by-id/A'])
    expect(write('disk: /dev/disk/by-id/S\ndataDisks: [{disk: /dev/sdb}]')).not.toContain('keep_')
  })

  it.each([7, 8, 9, 10])('uses only commands that release %i supports', (release) => {
    for (const yaml of Object.values(layouts)) {
      const lines = commandsOf(yaml)
        .replaceAll(/^(?:UEFI|BIOS): /gm, '')
        .replaceAll('$name', 'sda')
      expect(readKickstart(lines, release).problems).toEqual([])
    }
  })

  it('lets the shell expand nothing of the profile', () => {
    const storage = storageFrom('disk: /dev/sda\npartitions: [{mount: /srv, size: 1GiB}]')
    const [, volume] = storage.volumes
    const hostile = { ...storage, volumes: [{ ...volume!, mount: "/$(id)`id`\\'x", options: ['a$b'] }] }
    expect(diskCommands({ storage: hostile }, rocky).always.at(-1)).toBe(
      String.raw`part '/\$(id)\`id\`\\'\\''x' --fstype=xfs --fsoptions='defaults,a\$b' --size=1024 --ondisk=$name`,
    )
  })
})
