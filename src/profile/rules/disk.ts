/** What is wrong with the name of a disk, and what to write instead. */
export type DiskProblem = { what: string; hint: string }

const general = 'write a path below /dev, e.g. /dev/sda or /dev/disk/by-id/…'
const notAName = 'is not the name of a disk'

/** Kernel names of whole disks: https://docs.kernel.org/admin-guide/devices.html, and lsblk(8) for newer ones. */
const letters = /^(?:sd|hd|vd|xvd|ubd)[a-z]{1,3}$|^dasd[a-z]{1,4}$/
const numbered = /^(?:nvme\d+n\d+|mmcblk\d+|nbd\d+|pmem\d+s?|rbd\d+|(?:cciss|ida)\/c\d+d\d+)$/
const isDisk = (name: string): boolean => letters.test(name) || numbered.test(name)

/** Names below /dev that are never a disk to install to. */
const others: readonly [names: RegExp, what: string][] = [
  [/^(?:sr\d+|scd\d+|cdrom\d*|dvd\d*|cdrw|dvdrw)$/, 'is a CD drive'],
  [/^(?:loop|ram|zram)\d*$/, 'is not a physical disk: it is backed by a file or by memory'],
  [
    /^(?:fd\d+.*|sg\d+|bsg\/.*|st\d+|nst\d+|tty.*|null|zero|full|u?random|mem|kmsg|console|net\/.*|disk(?:\/by-[a-z]+)?)$/,
    notAName,
  ],
]

/** @returns null for a disk, judging by the name */
export function diskProblem(text: string): DiskProblem | null {
  if (!text.startsWith('/')) return { what: notAName, hint: withoutDirectory(text) ?? general }
  const name = /^\/dev\/([\w./:@+=-]+)$/.exec(text)?.[1]
  if (name === undefined || /(?:^|\/)\.{0,2}(?:\/|$)/.test(name)) return { what: notAName, hint: general }
  const byLink = linkProblem(text)
  if (byLink !== undefined) return byLink
  if (isDisk(name)) return null
  const whole = wholeDiskOf(name)
  if (whole) return { what: whole.what, hint: `write /dev/${whole.disk}` }
  const other = others.find(([names]) => names.test(name))
  if (other) return { what: other[1], hint: general }
  if (/^dm-\d+$/.test(name))
    return {
      what: 'is a number that the kernel assigns at each start',
      hint: 'write the name below /dev/mapper or /dev/disk/by-id',
    }
  if (isDisk(name.toLowerCase())) return { what: notAName, hint: `write /dev/${name.toLowerCase()}` }
  // RAID, multipath and unknown names.
  return null
}

/**
 * Checks names below /dev/disk.
 *
 * @returns undefined for other paths
 */
function linkProblem(text: string): DiskProblem | null | undefined {
  const [, kind = '', id = ''] = /^\/dev\/disk\/by-([a-z]+)\/(.+)$/.exec(text) ?? []
  if (kind === '') return undefined
  if (kind === 'uuid' || kind === 'label')
    return { what: 'names a file system, not a disk', hint: 'write the name below /dev/disk/by-id' }
  if (kind === 'partuuid' || kind === 'partlabel')
    return { what: 'names a partition, not a disk', hint: 'write the name below /dev/disk/by-id' }
  const disk = id.replace(/-part\d+$/, '')
  if (disk === id) return null
  return { what: 'is a partition, not a disk', hint: `write /dev/disk/by-${kind}/${disk}` }
}

/** The disk to which a partition or a controller belongs. */
function wholeDiskOf(name: string): { what: string; disk: string } | null {
  const partition = 'is a partition, not a disk'
  const [, plain = ''] = /^(.*[a-z])\d+$/.exec(name) ?? []
  if (letters.test(plain)) return { what: partition, disk: plain }
  const [, before = ''] = /^(.*\d)p\d+$/.exec(name) ?? []
  if (numbered.test(before)) return { what: partition, disk: before }
  if (/^(?:md\d+|loop\d+)$/.test(before)) return { what: partition, disk: before }
  const [, controller = '', space] = /^(nvme\d+)(?:c\d+(n\d+))?$/.exec(name) ?? []
  if (controller !== '') {
    const what =
      space === undefined
        ? 'is the NVMe controller, not the disk'
        : 'is one path of a multipath disk, not the disk'
    return { what, disk: `${controller}${space ?? 'n1'}` }
  }
  // Small areas of an eMMC next to the disk.
  const [, card = ''] = /^(mmcblk\d+)(?:boot\d+|rpmb|gp\d+)$/.exec(name) ?? []
  return card === '' ? null : { what: 'is a hardware partition of the disk, not the disk', disk: card }
}

/** The path that was meant by a name without its directory. */
function withoutDirectory(text: string): string | null {
  const plain = text.trim().replace(/^dev\//, '')
  const found = ['/dev', '/dev/disk', '/dev/disk/by-id'].find((_, index) => {
    if (index === 0) return isDisk(plain) || wholeDiskOf(plain) !== null
    if (index === 1) return /^by-(?:id|path)\/[\w.:@+=-]+$/.test(plain)
    // The buses that udev's rules use in names: 60-persistent-storage.rules.
    return /^(?:ata|scsi|nvme|wwn|virtio|usb|mmc|ieee1394|dm|md|cciss)-[\w.:@+=-]+$/.test(plain)
  })
  if (found !== undefined) {
    const path = `${found}/${plain}`
    return diskProblem(path)?.hint ?? `write ${path}`
  }
  const bySign = /^(?:UUID|LABEL|PARTUUID|PARTLABEL)=/i.test(plain)
  return bySign ? 'write the name of the disk below /dev/disk/by-id' : null
}
