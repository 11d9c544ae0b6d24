import type { Cluster, Machine } from '../cluster/cluster.ts'
import { dataDiskUuid } from '../cluster/data-disk-uuids.ts'
import { diskInWords } from '../cluster/disk-words.ts'
import { fileSystemOf } from '../cluster/file-systems.ts'
import { isRenewed } from '../cluster/renewed-disks.ts'
import type { DataDisk } from '../cluster/storage.ts'
import { diskFunctions, eraseFunction, keepSerials, takeDisk } from '../assembly/choose-disk.ts'
import type { Component } from '../assembly/component.ts'
import { render } from '../templates/template.ts'
import { quote, quoteAll } from '../text/quote.ts'

/**
 * File systems on disks other than the system disk. A step creates them, not an installer, so that every installer leaves these disks
 * alone and their data outlives an installation. The step runs before packages are installed, because their services would start to write
 * below the mount points.
 */
export const disks: Component = {
  name: 'disks',
  purpose: 'Gives data disks a file system, and mounts them.',
  steps: ['disks'],
  appliesTo: (_cluster, { storage }) => storage.data.length > 0,
  contribute: (cluster, machine) => {
    const formatted = machine.storage.data.filter(({ isRaw }) => !isRaw)
    return {
      steps:
        formatted.length === 0
          ? []
          : [{ name: 'disks', script: stepOf(cluster, machine, formatted), after: [] }],
      checks: [
        {
          name: 'disks',
          script: render('cloud-init/disks/check.sh.ejs', { lines: checksOf(cluster, machine) }),
        },
      ],
    }
  },
}

function stepOf(cluster: Cluster, machine: Machine, formatted: readonly DataDisk[]) {
  const uuidOf = (disk: DataDisk): string => dataDiskUuid(cluster.name, machine.name, disk)
  const names = [...machine.storage.disks, ...machine.storage.data.map(({ disk }) => disk)].flatMap((disk) =>
    disk.by === 'name' ? [disk.name] : [],
  )
  // Disks with a name first, so that no choice by properties takes one of them.
  const inTurn = formatted.toSorted(
    (one, other) => Number(one.disk.by !== 'name') - Number(other.disk.by !== 'name'),
  )
  return render('cloud-init/disks/step.sh.ejs', {
    chooseFunctions: diskFunctions(),
    eraseFunction: eraseFunction(),
    disks: inTurn.map((disk) => {
      const uuid = uuidOf(disk)
      const type = fileSystemOf(machine.system.distribution, disk)
      const others = formatted.filter((each) => each !== disk).map(uuidOf)
      return {
        byProperties: disk.disk.by === 'properties',
        others: quoteAll([...names, ...others]),
        provide: `${quoteAll([uuid, type, disk.wipe ? 'yes' : 'no', isRenewed(disk) ? 'yes' : 'no'])} ${takeDisk(disk.disk)}`,
        keep: keepSerials([
          ...machine.storage.disks,
          ...machine.storage.data.filter((each) => each !== disk).map((each) => each.disk),
        ]),
      }
    }),
    mounts: formatted
      .flatMap(({ mount, ...disk }) => (mount === null ? [] : [{ ...disk, mount }]))
      // A mount point comes after the one that contains it.
      .toSorted((one, other) => (one.mount < other.mount ? -1 : 1))
      .map((disk) => {
        const type = fileSystemOf(machine.system.distribution, disk)
        return quoteAll([uuidOf(disk), type, disk.mount, optionsOf(disk).join(','), type === 'ext4' ? 2 : 0])
      }),
  })
}

/**
 * The boot does not wait for a broken disk, so that the machine stays reachable; but a machine on which Kubernetes would then write to
 * another disk stops (systemd.mount(5), nofail).
 */
const optionsOf = (disk: DataDisk): string[] => [
  'defaults',
  ...(isRenewed(disk) ? [] : ['nofail']),
  ...disk.options,
]

const checksOf = (cluster: Cluster, machine: Machine): string[] =>
  machine.storage.data.flatMap((disk) => {
    if (disk.mount !== null)
      return [`mounted ${quoteAll([dataDiskUuid(cluster.name, machine.name, disk), disk.mount])}`]
    return disk.disk.by === 'name' ? [`present ${quote(diskInWords(disk.disk))}`] : []
  })
