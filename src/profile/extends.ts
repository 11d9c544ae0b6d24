import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { error } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, Position, Related } from '../diagnostics/diagnostic.ts'
import { isInGitDirectory, isOutside } from '../files/outside.ts'
import { type FileReader, inSubmodule } from '../files/reader.ts'
import { systemCode } from '../files/system-error.ts'
import { isMapping, valueAt } from '../text/data.ts'
import type { Layer } from './merge.ts'
import { largestProfile, readProfileText, readProfileYaml, tooLarge } from './profile-file.ts'
import { besideProfile, findSources, leaveOutRevision } from './sources.ts'

/** Maximum depth of base profiles; deeper chains are hard to understand. */
const deepest = 8
/** Maximum number of base profiles in total. */
const mostBases = 32

export type Bases = {
  /** From the lowest base to the profile itself; a base that several others extend occurs once, where it is first needed. */
  layers: Layer[]
  /** Errors in `extends`; if there are any, the layers are incomplete. */
  diagnostics: Diagnostic[]
}

type Step = { name: string; path: string; position: Position }

/** Reads the base profiles of a profile, recursively. Names of user files in bases become relative to the profile's directory. */
export async function readBases(profile: Layer, reader: FileReader): Promise<Bases> {
  const layers: Layer[] = []
  const diagnostics: Diagnostic[] = []
  const done = new Set<string>()
  let size = profile.text.length
  /** After too much was found, the rest is not read. */
  let tooMuch = false
  const top = await limitOf(profile.file, reader)

  const visit = async (layer: Layer, chain: readonly Step[]): Promise<void> => {
    for (const { name, position } of basesOf(layer, chain.length > 1, diagnostics)) {
      if (tooMuch) return
      const file = besideProfile(layer.file, name)
      const found = await locateBase(layer.file, name, top, reader)
      const because = relatedSteps(chain)
      if ('refusal' in found) {
        diagnostics.push({ ...found.refusal, position, ...because })
        continue
      }
      const start = chain.findIndex(({ path }) => path === found.path)
      if (start !== -1) {
        diagnostics.push({ ...cycle(name, file, chain.slice(start)), position })
        continue
      }
      if (done.has(found.path)) continue
      done.add(found.path)
      if (chain.length > deepest || done.size > mostBases) {
        const most = chain.length > deepest ? `${deepest} levels of base profiles` : `${mostBases} bases`
        const hint = 'merge base profiles'
        diagnostics.push({
          ...error('extends/too-many', `a profile has at most ${most}`, { hint }),
          position,
          ...because,
        })
        tooMuch = true
        return
      }
      const place = { position, ...because }
      const text = await readBaseText(file, reader, place, diagnostics)
      if (text === null) continue
      size += text.length
      if (size > largestProfile) {
        diagnostics.push({ ...tooLarge(size, 'the profile and its base profiles have'), ...place })
        tooMuch = true
        return
      }
      const base = parseBase(file, text, diagnostics)
      if (!base) continue
      await visit(base, [...chain, { name: file, path: found.path, position }])
      relocateSources(base, profile.file)
      layers.push(base)
    }
  }

  const own = {
    name: profile.file,
    path: await realOr(profile.file, reader),
    position: profile.yaml.locate([]),
  }
  await visit(profile, [own])
  return { layers: [...layers, profile], diagnostics }
}

const realOr = async (file: string, reader: FileReader): Promise<string> => {
  try {
    return await reader.realPath(file)
  } catch {
    return resolve(file)
  }
}

/** Bases must be in the same repository, because a clone contains nothing else. Outside git there is no limit. */
async function limitOf(file: string, reader: FileReader): Promise<string | null> {
  const top = await reader.repository(dirname(resolve(file)))
  return top === null ? null : realOr(top, reader)
}

/** The names of the bases of one file. The profile's schema reports values that are not names; for bases this does. */
function basesOf(
  layer: Layer,
  isBase: boolean,
  diagnostics: Diagnostic[],
): { name: string; position: Position }[] {
  const { value, locate } = layer.yaml
  if (!isMapping(value) || value['extends'] === undefined) return []
  const { extends: written } = value
  const list: unknown[] = Array.isArray(written) ? written : [written]
  return list.flatMap((name, index) => {
    const position = locate(Array.isArray(written) ? ['extends', index] : ['extends'])
    if (typeof name === 'string' && name !== '') return [{ name, position }]
    if (isBase) {
      const hint = 'write extends: and a file name relative to this file, or a list of them'
      diagnostics.push(error('extends/not-a-name', 'a base profile must be a file name', { hint, position }))
    }
    return []
  })
}

const relatedSteps = (chain: readonly Step[]): { related?: Related[] } =>
  chain.length < 2
    ? {}
    : {
        related: chain.slice(1).map(({ name, position }) => ({
          path: [],
          message: `${name} is a base profile of this file`,
          position,
        })),
      }

function cycle(name: string, file: string, steps: readonly Step[]): Diagnostic {
  const message = steps.length === 1 ? `${name} is this file itself` : `${file} already extends this file`
  return error('extends/cycle', message, {
    hint: 'remove one extends; move what both need into a third file',
    related: steps
      .slice(1)
      .map(({ name: base, position }) => ({ path: [], message: `${base} is extended here`, position })),
  })
}

async function locateBase(
  owner: string,
  name: string,
  top: string | null,
  reader: FileReader,
): Promise<{ path: string } | { refusal: Diagnostic }> {
  if (name.includes('\0') || isAbsolute(name)) {
    const hint = 'use a name relative to the file that extends it: another clone has another path'
    return { refusal: error('extends/outside', `${JSON.stringify(name)} is not a relative name`, { hint }) }
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) {
    const hint = 'copy the base profile into the repository: a clone must contain all of it'
    return {
      refusal: error('extends/outside', 'a base profile must be a file: hakube does not fetch URLs', {
        hint,
      }),
    }
  }
  const file = join(dirname(owner), name)
  const outside = (how: string) => ({
    refusal: error('extends/outside', `${file} ${how} the git repository of the profile`, {
      hint: 'copy the base profile into the repository: a clone must contain all of it',
    }),
  })
  if (top !== null && isOutside(top, join(await realOr(dirname(owner), reader), name)))
    return outside('is outside')
  try {
    const path = await reader.realPath(file)
    if (top !== null && isOutside(top, path)) return outside('is a symbolic link that leads out of')
    return [name, top === null ? path : relative(top, path)].some(isInGitDirectory)
      ? outside("is in git's own directory, not among the files of")
      : { path }
  } catch (reason) {
    const code = systemCode(reason)
    if (code === inSubmodule) {
      const message = `the base profile ${file} is in a submodule, whose files are not in the revision ${reader.commit}`
      return { refusal: error('extends/missing', message, { hint: leaveOutRevision }) }
    }
    const missing = code === 'ENOENT' || code === 'ENOTDIR'
    const where = reader.commit === null ? '' : ` in the revision ${reader.commit}`
    const message = missing
      ? `the base profile ${file} does not exist${where}`
      : `the base profile ${file} cannot be read (${code})`
    return {
      refusal: error('extends/missing', message, { hint: `names are relative to the directory of ${owner}` }),
    }
  }
}

async function readBaseText(
  file: string,
  reader: FileReader,
  place: Pick<Diagnostic, 'position' | 'related'>,
  diagnostics: Diagnostic[],
): Promise<string | null> {
  const read = await readProfileText(file, reader)
  if ('text' in read) return read.text
  const message = `the base profile ${file}: ${read.refusal.message}`
  diagnostics.push({ ...read.refusal, message, ...place })
  return null
}

function parseBase(file: string, text: string, diagnostics: Diagnostic[]): Layer | null {
  const yaml = readProfileYaml(text, file)
  const start: Position = { file, line: 1, column: 1, length: 1 }
  if ('refusal' in yaml) {
    diagnostics.push({ ...yaml.refusal, position: yaml.refusal.position ?? start })
    return null
  }
  if (yaml.value !== undefined && !isMapping(yaml.value)) {
    const hint = 'a base profile is a profile, or a part of one'
    diagnostics.push(error('file/not-a-profile', 'this is not a profile', { hint, position: start }))
    return null
  }
  return { file, text, yaml }
}

/** User files that a base names are next to the base. */
function relocateSources({ file, yaml }: Layer, profile: string): void {
  const way = relative(dirname(resolve(profile)), dirname(resolve(file)))
  if (way === '') return
  // The target of an alias exists only once, so it must be changed only once.
  const seen = new Set<object>()
  for (const { path, name } of findSources(yaml.value)) {
    const owner = valueAt(yaml.value, path.slice(0, -1))
    if (typeof owner !== 'object' || owner === null || seen.has(owner) || isAbsolute(name)) continue
    seen.add(owner)
    Reflect.set(owner, 'source', join(way, name))
  }
}
