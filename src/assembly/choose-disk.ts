import { diskInWords } from '../cluster/disk-words.ts'
import { serialsOf, type DiskChoice, type Storage } from '../cluster/storage.ts'
import { render } from '../templates/template.ts'
import { quote, quoteAll } from '../text/quote.ts'

/** The functions with which a script finds disks: `choose` and `named`, in POSIX sh. They need a function `stop`. */
export const diskFunctions = (): string => render('cloud-init/disks/choose.sh.ejs', {}).text

/** Bash: the function `erase`, which takes all signatures off a disk. It needs a function `stop`. */
export const eraseFunction = (): string => render('cloud-init/disks/erase.sh.ejs', {}).text

/** A call of these functions, which leaves the path of the disk in `$disk`. */
export function takeDisk(disk: DiskChoice): string {
  if (disk.by === 'name') return `named ${quote(disk.name)}`
  const { model, serial, type, size } = disk
  const range = size !== null && typeof size.wanted !== 'string' ? size.wanted : { least: 1, most: null }
  return `choose ${quoteAll([
    diskInWords(disk),
    size !== null && typeof size.wanted === 'string' ? size.wanted : '',
    pattern(model),
    pattern(serial),
    type ?? '',
    range.least,
    range.most ?? '',
  ])}`
}

/** What of a text is not a star stands for itself, and spaces are underscores. */
const pattern = (text: string | null): string =>
  (text ?? '')
    .trim()
    .replaceAll(/ +/g, '_')
    .replaceAll(/[?[\]\\]/g, (character) => (character === '\\' ? String.raw`[\\]` : `[${character}]`))

/** A call that keeps the disks with serial numbers of their own from being chosen for others, or none. */
export function keepSerials(disks: readonly DiskChoice[]): string[] {
  const serials = serialsOf(disks).map(pattern)
  return serials.length === 0 ? [] : [`keep_serials ${quoteAll(serials)}`]
}

/** Calls that keep data disks from being taken for the system's: those with a name, with a serial number, or with a file system of ours. */
function keepData({ data }: Storage, uuids: readonly string[]): string[] {
  const named = data.flatMap(({ disk }) => (disk.by === 'name' ? [disk.name] : []))
  return [
    ...(named.length === 0 ? [] : [`keep_named ${quoteAll(named)}`]),
    ...keepSerials(data.map(({ disk }) => disk)),
    ...(uuids.length === 0 ? [] : [`keep_file_systems ${quoteAll(uuids)}`]),
  ]
}

/**
 * POSIX sh that leaves the paths of a machine's system disks in `$disk_1` and, of two, `$disk_2`; `$disk` is the first. Data disks are
 * never taken: after a restart a name as /dev/sda may be that of another disk, and a broken disk leaves only others that fit.
 *
 * @param uuids those of the file systems on data disks
 * @throws when the profile names no system disk
 */
export function chooseDisks(storage: Storage, uuids: readonly string[]): string {
  const { disks } = storage
  if (disks.length === 0) throw new Error('there is no system disk to choose')
  // Those with a name first, so that none of them is among the others.
  const inTurn = disks
    .map((disk, index) => ({ disk, variable: `disk_${index + 1}` }))
    .toSorted((one, other) => Number(one.disk.by !== 'name') - Number(other.disk.by !== 'name'))
  return [
    diskFunctions(),
    'taken=',
    ...keepData(storage, uuids),
    ...inTurn.flatMap(({ disk, variable }) => [takeDisk(disk), `${variable}=$disk`]),
    'disk=$disk_1',
    '',
  ].join('\n')
}

/** Whether a disk is meant by more than a name that the kernel assigns at each start. */
const isLasting = (disk: DiskChoice): boolean =>
  disk.by !== 'name' || /^\/dev\/(?:disk|mapper)\//.test(disk.name)

/** POSIX sh that stops where `$disk` is one of the data disks, or null where there are none. */
export function refuseData(storage: Storage, uuids: readonly string[]): string | null {
  // A name of the kernel for a data disk says nothing against a disk whose own name lasts.
  const isSure = storage.disks.every(isLasting)
  const data = isSure ? storage.data.filter(({ disk }) => isLasting(disk)) : storage.data
  const calls = keepData({ ...storage, data }, uuids)
  if (calls.length === 0) return null
  return [
    '# Data disks are kept.',
    diskFunctions(),
    'taken=',
    ...calls,
    'refuse_kept "$disk"',
    '# They are others.',
    '',
  ].join('\n')
}
