import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { ProfileStorage } from '../schema-storage.ts'
import type { StatedStorage } from '../storage.ts'

/** Mount points that hakube creates itself, that belong to the root file system, or that cannot be on a disk. */
const reserved: readonly [mounts: RegExp, message: string, hint: string][] = [
  [
    /^\/boot(?:\/|$)/,
    'is made by hakube, as the firmware needs it',
    'remove the entry: EFI system partition, BIOS boot partition and /boot are added where they are needed',
  ],
  [/^\/(?:proc|sys|dev|run)(?:\/|$)/, 'is not on a disk', 'remove the entry'],
  [
    /^\/(?:bin|sbin|lib|lib32|lib64|libx32|usr|etc|root)(?:\/|$)/,
    'belongs to the root file system, from which the system starts',
    'remove the entry, and give / the size',
  ],
  [/^(?:none|swap)$/i, 'is not a mount point', 'remove the entry: hakube makes no swap'],
]

/** Mount points that the running system uses before the first boot sets up data disks. */
const inUse: ReadonlySet<string> = new Set([
  '/',
  '/home',
  '/tmp',
  '/var',
  '/var/cache',
  '/var/lib',
  '/var/lib/cloud',
  '/var/lib/hakube',
  '/var/log',
  '/var/tmp',
])

/** Mount points and mount options at one position of the profile. */
export function checkMounts({ partitions, dataDisks }: ProfileStorage, path: Path): Diagnostic[] {
  return [
    ...(partitions ?? []).flatMap(({ mount, options }, index) => {
      const at = [...path, 'partitions', index]
      return [...checkMount(mount, [...at, 'mount']), ...checkOptions(options, [...at, 'options'])]
    }),
    ...(dataDisks ?? []).flatMap(({ mount, options, type, wipe }, index) => {
      const at = [...path, 'dataDisks', index]
      const isLeft = mount === undefined && type === undefined
      return [
        ...(mount === undefined ? [] : checkDataMount(mount, [...at, 'mount'])),
        ...checkOptions(options, [...at, 'options']),
        ...(mount === undefined && options !== undefined
          ? [
              error('storage/unused', 'mount options of a disk that is not mounted', {
                hint: 'write mount: and where, or remove options',
                path: [...at, 'options'],
              }),
            ]
          : []),
        ...(isLeft && wipe === true
          ? [
              error('storage/unused', 'a disk without mount and type is left as it is, so nothing wipes it', {
                hint: 'remove wipe, or write mount: or type:',
                path: [...at, 'wipe'],
              }),
            ]
          : []),
      ]
    }),
  ]
}

function checkMount(mount: string, path: Path): Diagnostic[] {
  const found = reserved.find(([mounts]) => mounts.test(mount))
  if (found) {
    const [, message, hint] = found
    return [error('storage/reserved-mount', `${inQuotes(mount)} ${message}`, { hint, path })]
  }
  if (mount === '/' || (/^(?:\/[\w.@+-]+)+$/.test(mount) && !/\/\.{1,2}(?:\/|$)/.test(mount))) return []
  const plain = `/${mount
    .split('/')
    .filter((part) => part !== '' && !/^\.{1,2}$/.test(part))
    .join('/')}`
  const isFine = /^(?:\/[\w.@+-]+)+$/.test(plain)
  return [
    error('storage/mount', `${inQuotes(mount)} is not a mount point`, {
      hint: isFine
        ? `write ${plain}`
        : 'write an absolute path of letters, digits and . _ - + @, e.g. /mnt/data',
      path,
    }),
  ]
}

function checkDataMount(mount: string, path: Path): Diagnostic[] {
  if (!inUse.has(mount)) return checkMount(mount, path)
  return [
    error('storage/reserved-mount', `${inQuotes(mount)} is in use before a data disk can be mounted there`, {
      hint:
        mount === '/'
          ? 'write the disk as disk'
          : `write ${mount} below partitions, which the installer makes`,
      path,
    }),
  ]
}

function checkOptions(options: readonly string[] | undefined, path: Path): Diagnostic[] {
  return (options ?? []).flatMap((option, index) => {
    if (/^[\w.:=@/+-]+$/.test(option)) return []
    return [
      error('storage/mount', `${inQuotes(option)} is not a mount option`, {
        hint: option.includes(',') ? 'write each option as an item of its own' : 'write e.g. noatime',
        path: [...path, index],
        source: 'mount(8)',
      }),
    ]
  })
}

/** Duplicate mount points of one machine. */
export function checkTwice({ partitions, dataDisks }: StatedStorage): Diagnostic[] {
  const seen = new Map<string, Path>()
  const mounts = [partitions, dataDisks].flatMap((list) =>
    (list?.value ?? []).map(({ mount }, index) => ({ mount, path: [...(list?.path ?? []), index, 'mount'] })),
  )
  return mounts.flatMap(({ mount, path }) => {
    if (mount === undefined) return []
    const before = seen.get(mount)
    if (!before) seen.set(mount, path)
    return before
      ? [
          error('storage/mount-twice', `two file systems are to be mounted at ${mount}`, {
            hint: 'remove one, or write another mount point',
            path,
            related: [{ path: before, message: 'the first one' }],
          }),
        ]
      : []
  })
}
