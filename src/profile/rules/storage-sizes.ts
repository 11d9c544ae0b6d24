import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { ProfileStorage } from '../schema-storage.ts'
import { formatSize, parseDiskSize, parseSize, sizeHint } from '../sizes.ts'
import { systemDisks, type Stated, type StatedStorage } from '../storage.ts'

const mib = 2 ** 20
const gib = 2 ** 30

/** The size of a system with the programs of Kubernetes, without container images. */
const leastRoot = 8 * gib
/** mkfs.xfs rejects sizes below 300 MiB (xfsprogs 5.19); a size this small is a mistake. */
const leastOther = 512 * mib
/** The maximum of EFI system partition, BIOS boot partition and /boot. */
const bootSize = 2 * gib

/** Sizes at one position of the profile. */
export function checkSizes({ rootSize, partitions }: ProfileStorage, path: Path): Diagnostic[] {
  const sizes: Stated<string | number>[] = [
    ...(rootSize === undefined ? [] : [{ value: rootSize, path: [...path, 'rootSize'] }]),
    ...(partitions ?? []).flatMap(({ size }, index) =>
      size === undefined ? [] : [{ value: size, path: [...path, 'partitions', index, 'size'] }],
    ),
  ]
  return sizes.flatMap((size) => checkSize(size))
}

function checkSize({ value, path }: Stated<string | number>): Diagnostic[] {
  if (typeof value === 'string' && parseSize(value) !== null) return []
  const message =
    typeof value === 'number' || /^\d+(?:\.\d+)?$/.test(value)
      ? `${value} has no unit`
      : `${inQuotes(value)} is not a size`
  return [error('storage/size', message, { hint: sizeHint(value), path })]
}

type Sized = { mount: string; bytes: number | null; path: Path }

/** Whether the volumes of a machine's system disk fit on the disk. */
export function checkFit(stated: StatedStorage): Diagnostic[] {
  const { rootSize, partitions } = stated
  const given = [rootSize?.value, ...(partitions?.value ?? []).map(({ size }) => size)]
  // Another rule reports invalid sizes.
  if (given.some((size) => size !== undefined && parseSize(String(size)) === null)) return []
  const sized: Sized[] = (partitions?.value ?? []).map(({ mount, size }, index) => ({
    mount,
    bytes: size === undefined ? null : parseSize(String(size)),
    path: [...(partitions?.path ?? []), index],
  }))
  const root = sized.find(({ mount }) => mount === '/')
  if (rootSize && root && root.bytes !== null)
    return [
      error('storage/root-size', 'the size of / is in the profile twice', {
        hint: 'remove rootSize',
        path: rootSize.path,
        related: [{ path: [...root.path, 'size'], message: 'also here' }],
      }),
    ]
  const ofRoot = rootSize ? parseSize(String(rootSize.value)) : (root?.bytes ?? null)
  const rootPath = rootSize?.path ?? root?.path ?? partitions?.path
  const all: Sized[] = [
    ...(rootPath ? [{ mount: '/', bytes: ofRoot, path: rootPath }] : []),
    ...sized.filter(({ mount }) => mount !== '/'),
  ]
  return [...checkRest(all), ...all.flatMap(checkLeast), ...checkWhole(all, stated)]
}

function checkRest(all: readonly Sized[]): Diagnostic[] {
  const [first, second] = all.filter(({ bytes }) => bytes === null)
  if (!first || !second) return []
  const hint =
    first.mount === '/'
      ? `write the size of ${second.mount}, or that of / as rootSize`
      : `write the size of ${second.mount} or of ${first.mount}`
  return [
    error('storage/rest', `${first.mount} and ${second.mount} would both take the rest of the disk`, {
      hint,
      path: second.path,
    }),
  ]
}

function checkLeast({ mount, bytes, path }: Sized): Diagnostic[] {
  const least = mount === '/' ? leastRoot : leastOther
  if (bytes === null || bytes >= least) return []
  return [
    error('storage/too-small', `${formatSize(bytes)} is too small for ${mount}`, {
      hint: `write at least ${formatSize(least)}`,
      path,
    }),
  ]
}

/** @returns the maximum size of the smallest system disk, if the profile sets it */
function checkWhole(all: readonly Sized[], { disk }: StatedStorage): Diagnostic[] {
  const known = disk ? systemDisks(disk).flatMap(({ value }) => atMost(value)) : []
  const needed = all.reduce((sum, { bytes }) => sum + (bytes ?? leastRoot), bootSize)
  const least = Math.min(...known)
  const [last] = all.slice(-1)
  if (known.length === 0 || !last || needed <= least) return []
  return [
    error(
      'storage/too-large',
      `the system disk needs ${formatSize(needed)} and has ${formatSize(least)} at most`,
      { hint: 'write smaller sizes, or choose a larger disk', path: last.path },
    ),
  ]
}

function atMost(value: unknown): number[] {
  const size =
    typeof value === 'object' && value !== null && 'size' in value && typeof value.size === 'string'
      ? parseDiskSize(value.size)
      : null
  return size === null || typeof size === 'string' || size.most === null ? [] : [size.most]
}
