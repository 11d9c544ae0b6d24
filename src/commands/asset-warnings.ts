import { printable } from '../diagnostics/excerpt.ts'
import type { ServedProfile } from '../pipeline/served.ts'
import { bundleFile } from '../secrets/vault.ts'
import type { Assets, SkippedAsset } from '../server/assets-directory.ts'
import type { AssetState, ComparedAsset } from '../server/compared-assets.ts'
import type { PrivatePath } from '../server/unfit-assets.ts'
import type { Context } from './context.ts'
import { keyFileOf } from './secrets/option.ts'

/** Paths that the directory of `--assets` must not contain: the sources of the site, and the keys of its secrets. */
export function privatePaths(context: Context, loaded: ServedProfile | null): PrivatePath[] {
  const key = keyFileOf(context)
  const keys = key === null ? [] : [{ what: 'the age key', path: key.file }]
  if (!loaded) return [{ what: 'the rendered site', path: context.parameters[0] ?? '' }, ...keys]
  // A profile that is read from a commit has no files here.
  if (loaded.reader.commit !== null) return keys
  return [
    ...[loaded, ...(loaded.others ?? [])].flatMap(({ file, bases }) => [
      { what: 'the profile', path: file },
      ...[...bases.keys()].map((path) => ({ what: 'a base profile,', path })),
      { what: 'the secrets bundle', path: bundleFile(file) },
    ]),
    ...keys,
  ]
}

const units = ['bytes', 'KiB', 'MiB', 'GiB'] as const

function printSize(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1)
  const size = bytes / 1024 ** power
  return `${power === 0 ? size : size.toFixed(1)} ${units[power]}`
}

const sums = {
  right: ' (right)',
  altered: ' (not that of the file)',
} as const satisfies Partial<Record<AssetState, string>>

const sumOf = ({ sha256, state }: ComparedAsset): string =>
  sha256 === null
    ? 'no sha256'
    : `sha256 ${sha256}${state === 'right' || state === 'altered' ? sums[state] : ''}`

const sizeOf = ({ size, state }: ComparedAsset): string => {
  if (size !== null) return printSize(size)
  return state === 'missing' ? 'missing' : 'not served'
}

/** One line for each file that machines fetch from `assets/`. */
export function printAssets(compared: readonly ComparedAsset[]): string[] {
  const rows = compared.map((asset) => ({
    name: printable(`assets/${asset.path}`),
    size: sizeOf(asset),
    rest: printable(`${sumOf(asset)}  ${asset.what}, from ${asset.source}`),
  }))
  const longest = (column: 'name' | 'size') => Math.max(...rows.map((row) => row[column].length))
  return rows.map(
    ({ name, size, rest }) => `${name.padEnd(longest('name'))}  ${size.padStart(longest('size'))}  ${rest}`,
  )
}

/** The number of files that a warning lists. */
const shown = 10

const reasons = {
  link: 'is a link that leads out of the directory or is broken: not served',
  private: 'is not readable by others, so it is not served; chmod -R o+rX makes it readable',
} as const satisfies Record<SkippedAsset['why'], string>

/** Warns about files in the directory that are not served. */
export function skippedAssets({ skipped }: Assets): string {
  const lines: string[] = []
  for (const why of ['link', 'private'] as const) {
    const names = skipped.filter((each) => each.why === why).map(({ name }) => name)
    for (const name of names.slice(0, shown)) lines.push(`assets/${name} ${reasons[why]}`)
    if (names.length > shown)
      lines.push(`${names.length - shown} more below assets/ are not served for the same reason`)
  }
  return lines.map((line) => `hakube: warning: ${line}\n`).join('')
}
