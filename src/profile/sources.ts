import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { error } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts'
import { isInGitDirectory, isOutside } from '../files/outside.ts'
import { type FileReader, inSubmodule } from '../files/reader.ts'
import { systemCode } from '../files/system-error.ts'
import { isMapping } from '../text/data.ts'
import { decodeText } from './text.ts'

/** A user's file becomes part of a machine's seed, which every installer reads into memory. */
const largestSource = 1024 * 1024

/** A position in the profile that names a file next to it. */
export type SourcePlace = { path: Path; name: string }

const mapping = (value: unknown): Record<string, unknown> => (isMapping(value) ? value : {})

/** A hint for a file of a commit that is in a submodule. */
export const leaveOutRevision =
  'copy the file into this repository, or check out the revision with its submodules and omit --rev'

/**
 * All `source` fields of the data: of files, of certificates, also those of mirrors, of control-plane files, of patches, and of the audit
 * policy; also in data that the schema rejects.
 */
export function findSources(value: unknown): SourcePlace[] {
  const places: SourcePlace[] = []
  const collect = (owner: unknown, path: Path, field = 'files') => {
    const files = mapping(owner)[field]
    if (!Array.isArray(files)) return
    for (const [index, file] of files.entries()) {
      const { source } = mapping(file)
      if (typeof source === 'string' && source)
        places.push({ path: [...path, field, index, 'source'], name: source })
    }
  }
  const root = mapping(value)
  collect(root, [])
  collect(root, [], 'trust')
  for (const field of ['apiServerFiles', 'controllerManagerFiles', 'schedulerFiles', 'patches'])
    collect(root['kubernetes'], ['kubernetes'], field)
  const one = (owner: unknown, path: Path) => {
    const { source } = mapping(owner)
    if (typeof source === 'string' && source) places.push({ path: [...path, 'source'], name: source })
  }
  one(mapping(root['kubernetes'])['audit'], ['kubernetes', 'audit'])
  for (const [registry, mirror] of Object.entries(mapping(mapping(root['mirrors'])['images'])))
    one(mapping(mirror)['ca'], ['mirrors', 'images', registry, 'ca'])
  for (const [role, settings] of Object.entries(mapping(root['roles']))) collect(settings, ['roles', role])
  if (Array.isArray(root['machines'])) {
    for (const [index, machine] of root['machines'].entries()) collect(machine, ['machines', index])
  }
  return places
}

/** The name of a file next to the profile, in messages. */
export const besideProfile = (profileFile: string, name: string): string => join(dirname(profileFile), name)

/** Texts by the name as written, and a diagnostic for each file that cannot be used. */
export type ReadSources = { sources: ReadonlyMap<string, string>; diagnostics: readonly Diagnostic[] }

/**
 * Reads the files that a profile names, each once.
 *
 * @param fileAt the profile or base that contains a path: a base may have its own files next to it
 */
export async function readSources(
  profileFile: string,
  places: readonly SourcePlace[],
  reader: FileReader,
  fileAt: (path: Path) => string,
): Promise<ReadSources> {
  const sources = new Map<string, string>()
  const refused = new Map<string, Pick<Diagnostic, 'code' | 'message' | 'hint'>>()
  const diagnostics: Diagnostic[] = []
  for (const { path: place, name } of places) {
    if (!sources.has(name) && !refused.has(name)) {
      const path = isAbsolute(name) ? name : resolve(dirname(profileFile), name)
      const owner = fileAt(place)
      const directory = dirname(resolve(owner))
      const shown = owner === profileFile || isAbsolute(name) ? name : relative(directory, path)
      const outcome = await readSource(directory, path, shown, reader)
      if (typeof outcome === 'string') sources.set(name, outcome)
      else refused.set(name, outcome)
    }
    const reason = refused.get(name)
    if (reason) diagnostics.push({ ...reason, severity: 'error', path: place })
  }
  return { sources, diagnostics }
}

/** A profile is in a directory that can be cloned anywhere, so the files that it names must be in that directory. */
async function readSource(
  directory: string,
  path: string,
  name: string,
  reader: FileReader,
): Promise<string | Diagnostic> {
  const outside = (how: string) =>
    error('source/outside', `${name} ${how} the profile's directory`, {
      hint: "copy the file into the profile's directory and name it relative to that",
    })
  if (name.includes('\0')) return error('source/missing', 'the file name contains a null character')
  if (isAbsolute(name) || isOutside(directory, path)) return outside('is outside')
  try {
    const real = { directory: await reader.realPath(directory), path: await reader.realPath(path) }
    if (isOutside(real.directory, real.path)) return outside('is a symbolic link that leads out of')
    if ([relative(directory, path), relative(real.directory, real.path)].some(isInGitDirectory))
      return error('source/outside', `${name} is in git's own directory, which may hold passwords`, {
        hint: 'copy what the machines need into a file of the repository',
      })
    const { kind } = await reader.stat(path)
    if (kind !== 'file') {
      return error('source/not-a-file', `${name} is not a regular file`, { hint: 'name a text file' })
    }
    const content = await reader.read(path, largestSource)
    if ('tooLarge' in content) {
      return error('source/too-large', `${name} is larger than ${largestSource / 1024} KiB`, {
        hint: 'fetch it on the machine with a command of your own',
      })
    }
    const decoded = decodeText(content.bytes)
    if ('text' in decoded) return decoded.text
    return error('source/not-text', `${name} is not UTF-8 text: ${decoded.reason}`, {
      hint: 'convert it to UTF-8; fetch files that are not text with a command of your own',
    })
  } catch (reason) {
    const code = systemCode(reason)
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return error('source/missing', `the file ${name} does not exist next to the profile`, {
        hint: `create it: ${path}`,
      })
    }
    if (code === inSubmodule) {
      return error('source/missing', `${name} is in a submodule, whose files are not in this revision`, {
        hint: leaveOutRevision,
      })
    }
    return error('source/unreadable', `${name} cannot be read (${code})`)
  }
}
