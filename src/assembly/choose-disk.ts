import { diskInWords } from '../cluster/disk-words.ts'
import { serialsOf, type DiskChoice, type Storage } from '../cluster/storage.ts'
import { render } from '../templates/template.ts'
import { quote, quoteAll } from '../text/quote.ts'

/** The shell functions `choose` and `named`, which find disks, in POSIX sh. The script that uses them must define a function `stop`. */
export const diskFunctions = (): string => render('cloud-init/disks/choose.sh.ejs', {}).text

/** The shell function `erase`, which removes all signatures from a disk, in bash. The script that uses it must define a function `stop`. */
export const eraseFunction = (): string => render('cloud-init/disks/erase.sh.ejs', {}).text

/** A call of one of these functions, which sets `$disk` to the path of the disk. */
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

/** Converts a pattern of the profile to one of the shell: everything but `*` is literal, and spaces become underscores. */
const pattern = (text: string | null): string =>
  (text ?? '')
    .trim()
    .replaceAll(/ +/g, '_')
    .replaceAll(/[?[\]\\]/g, (character) => (character === '\\' ? String.raw`[\\]` : `[${character}]`))

/** Calls that reserve the disks that the profile names by serial number, so that no other choice takes them. */
export function keepSerials(disks: readonly DiskChoice[]): string[] {
  const serials = serialsOf(disks).map(pattern)
  return serials.length === 0 ? [] : [`keep_serials ${quoteAll(serials)}`]
}

/**
 * Calls that reserve the data disks, so that none is taken as a system disk: those with a name, a serial number, or a file system made by
 * hakube.
 */
function keepData({ data }: Storage, uuids: readonly string[]): string[] {
  const named = data.flatMap(({ disk }) => (disk.by === 'name' ? [disk.name] : []))
  return [
    ...(named.length === 0 ? [] : [`keep_named ${quoteAll(named)}`]),
    ...keepSerials(data.map(({ disk }) => disk)),
    ...(uuids.length === 0 ? [] : [`keep_file_systems ${quoteAll(uuids)}`]),
  ]
}

/**
 * POSIX sh that sets `$disk_1` and, for a mirror, `$disk_2` to the paths of a machine's system disks; `$disk` is the first. It never
 * takes a data disk: after a reboot `/dev/sda` may be another disk, and if a disk is broken, a data disk may be the only one that still
 * matches.
 *
 * @param uuids UUIDs of the file systems on data disks
 * @throws when the profile names no system disk
 */
export function chooseDisks(storage: Storage, uuids: readonly string[]): string {
  const { disks } = storage
  if (disks.length === 0) throw new Error('there is no system disk to choose')
  // Disks with a name first, so that the choices by properties cannot take them.
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

/** Whether a disk is identified by more than a kernel name such as /dev/sda, which may change at each boot. */
const isLasting = (disk: DiskChoice): boolean =>
  disk.by !== 'name' || /^\/dev\/(?:disk|mapper)\//.test(disk.name)

/** POSIX sh that stops if `$disk` is one of the data disks, or null if there are none. */
export function refuseData(storage: Storage, uuids: readonly string[]): string | null {
  // A data disk that is known only by a kernel name cannot be told apart from a system disk with a persistent name, so it is not
  // compared.
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
