import type { Cluster, Machine } from '../cluster/cluster.ts'
import { dataDiskUuids } from '../cluster/data-disk-uuids.ts'
import { systemDiskInWords } from '../cluster/disk-words.ts'
import { isUsualLayout } from '../cluster/storage.ts'
import { chooseDisks, refuseData } from '../assembly/choose-disk.ts'
import { quote } from '../text/quote.ts'
import { render } from '../templates/template.ts'

/**
 * The disk that an installer erases, in words. Never guessed.
 *
 * @throws when the profile names none, which a rule of the profile says before
 */
export function requiredDisk({ name, storage }: Machine): string {
  const words = systemDiskInWords(storage)
  if (words === null) throw new Error(`${name} has no disk to install to`)
  return words
}

/**
 * Bash for an installer: leaves the kernel's path of the machine's disk in `$disk`, and those of two that mirror each other in
 * `$disk_1` and `$disk_2`, or says what is wrong and ends with 1.
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

/** Whether the profile says no more than the name of a disk: what is written then must never change without need. */
export const isUsualDisk = ({ storage }: Machine): boolean =>
  storage.disks[0]?.by === 'name' && isUsualLayout(storage)
