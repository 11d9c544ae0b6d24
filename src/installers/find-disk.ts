import type { Cluster, Machine } from '../cluster/cluster.ts'
import { dataDiskUuids } from '../cluster/data-disk-uuids.ts'
import { systemDiskInWords } from '../cluster/disk-words.ts'
import { isUsualLayout } from '../cluster/storage.ts'
import { chooseDisks, refuseData } from '../assembly/choose-disk.ts'
import { quote } from '../text/quote.ts'
import { render } from '../templates/template.ts'

/**
 * Describes the disk that an installer erases. hakube never guesses one.
 *
 * @throws when the profile names none, which a rule rejects before
 */
export function requiredDisk({ name, storage }: Machine): string {
  const words = systemDiskInWords(storage)
  if (words === null) throw new Error(`${name} has no disk to install to`)
  return words
}

/**
 * Bash for an installer: sets `$disk` to the kernel's path of the machine's disk, and `$disk_1` and `$disk_2` for a mirror; or prints
 * what is wrong and exits with status 1.
 */
export function findDisk(cluster: Pick<Cluster, 'name'>, { name, storage }: Machine): string {
  const [first, second] = storage.disks
  if (!first) throw new Error(`${name} has no disk to install to`)
  const uuids = dataDiskUuids(cluster.name, name, storage)
  if (first.by === 'name' && !second)
    return render('pxe/find-disk.sh.ejs', {
      quote,
      machine: name,
      disk: first.name,
      refuseData: refuseData(storage, uuids),
    }).text
  return render('pxe/find-disks.sh.ejs', { quote, machine: name, choose: chooseDisks(storage, uuids) }).text
}

/** Whether the profile only names one disk, so that the output must stay as it was. */
export const isUsualDisk = ({ storage }: Machine): boolean =>
  storage.disks[0]?.by === 'name' && isUsualLayout(storage)
