import { setImmediate as nextTurn } from 'node:timers/promises'
import { compareText } from '../text/order.ts'
import { error } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts'
import { createTextLocator } from '../diagnostics/locate.ts'
import type { Locatable, Locate } from '../diagnostics/locate.ts'
import { type FileReader, workTree } from '../files/reader.ts'
import { readBases } from './extends.ts'
import { isMapping } from '../text/data.ts'
import { type Layer, mergeLayers } from './merge.ts'
import { readProfileText, readProfileYaml } from './profile-file.ts'
import { repair } from './repair.ts'
import { applyRules } from './rules/index.ts'
import { Profile } from './schema.ts'
import { besideProfile, findSources, readSources, type ReadSources } from './sources.ts'
import type { YamlSource } from './yaml.ts'

export type LoadedProfile = Locatable & {
  /** Null if an error prevents the profile from being read. */
  profile: Profile | null
  /** All mistakes of syntax, schema and rules, sorted by position. */
  diagnostics: Diagnostic[]
  /** Text of each `files[].source`, by the path as written; paths in bases are relative to the profile's directory. */
  sources: ReadonlyMap<string, string>
  /** Text of each base profile (`extends`), by its name in messages. */
  bases: ReadonlyMap<string, string>
  /** The reader of all these files. */
  reader: FileReader
}

/**
 * Reads a profile, its base profiles, and the files that they name.
 *
 * @param file name of the profile, as messages spell it
 * @param reader reads the files from the working tree or from a commit
 * @returns all mistakes; never throws because of file contents or unreadable files
 */
export async function loadProfile(file: string, reader: FileReader = workTree): Promise<LoadedProfile> {
  const read = await readProfileText(file, reader)
  if ('refusal' in read) return refused({ file, text: '', reader }, read.refusal)
  const origin = { file, text: read.text, reader }
  const yaml = readProfileYaml(read.text, file)
  if ('refusal' in yaml) return refused(origin, yaml.refusal)
  // Parsing and checking a large rack take hundreds of milliseconds each, so a server that reloads answers requests in between.
  await nextTurn()
  const whole = await withBases({ file, text: read.text, yaml }, reader)
  const sources = await readSources(file, findSources(whole.value), reader, whole.fileAt)
  await nextTurn()
  return finish(origin, whole, sources)
}

/** The source of a profile, and its text. */
type Origin = Pick<LoadedProfile, 'file' | 'text' | 'reader'>

type Whole = YamlSource & { fileAt: (path: Path) => string; bases: ReadonlyMap<string, string> }

const alone = (yaml: YamlSource, file: string): Whole => ({ ...yaml, fileAt: () => file, bases: new Map() })

async function withBases(profile: Layer, reader: FileReader): Promise<Whole> {
  const { layers, diagnostics } = await readBases(profile, reader)
  if (layers.length === 1 && diagnostics.length === 0) return alone(profile.yaml, profile.file)
  const merged = mergeLayers(layers)
  const versions = layers.slice(0, -1).flatMap((layer) => wrongVersion(layer))
  // A profile is incomplete without one of its files, so rules about missing settings would be wrong.
  const broken = diagnostics.length > 0 || layers.some(({ yaml }) => yaml.value === undefined)
  return {
    ...merged,
    value: broken ? undefined : merged.value,
    diagnostics: [...merged.diagnostics, ...diagnostics, ...versions],
    bases: new Map(layers.slice(0, -1).map(({ file, text }) => [file, text])),
  }
}

function wrongVersion({ yaml }: Layer): Diagnostic[] {
  const version = isMapping(yaml.value) ? yaml.value['hakube'] : undefined
  if (version === undefined || version === 1) return []
  return [{ ...otherVersion(version), position: yaml.locate(['hakube']) }]
}

/**
 * The pure part of {@link loadProfile}.
 *
 * @param sources texts of `files[].source` by the path as written; a missing source is not reported
 */
export function parseProfile(
  text: string,
  file: string,
  sources: ReadonlyMap<string, string> = new Map(),
): LoadedProfile {
  const origin = { file, text, reader: workTree }
  const yaml = readProfileYaml(text, file)
  if ('refusal' in yaml) return refused(origin, yaml.refusal)
  return finish(origin, alone(yaml, file), { sources, diagnostics: [] })
}

/** The result for a file that cannot be read at all. */
function refused(origin: Origin, diagnostic: Diagnostic): LoadedProfile {
  const position = diagnostic.position ?? { file: origin.file, line: 1, column: 1, length: 1 }
  return {
    ...origin,
    profile: null,
    diagnostics: [{ ...diagnostic, position }],
    sources: new Map(),
    bases: new Map(),
    locate: () => position,
  }
}

/** @param read the user's own files, and the errors of reading them */
function finish(origin: Origin, whole: Whole, read: ReadSources): LoadedProfile {
  const { file } = origin
  const { bases } = whole
  const { sources } = read
  const texts = new Map([
    ...bases,
    ...[...sources].map(([name, each]) => [besideProfile(file, name), each] as const),
  ])
  const locate = withSources(whole.locate, file, whole.value, sources)
  const { profile, diagnostics } = judge(whole, sources)
  const all = [...whole.diagnostics, ...diagnostics, ...read.diagnostics].map((each) => ({
    ...each,
    position: each.position ?? locate(each.path ?? [], each.onKey, each.part),
  }))
  return { ...origin, profile, diagnostics: sortByPosition(all, file), sources, bases, locate, texts }
}

function judge(
  yaml: YamlSource,
  sources: ReadonlyMap<string, string>,
): Pick<LoadedProfile, 'profile' | 'diagnostics'> {
  const { value } = yaml
  if (value === undefined) return { profile: null, diagnostics: [] }
  if (!isMapping(value)) {
    const found = Array.isArray(value) ? 'a list' : 'plain text'
    const hint = 'a profile begins with "hakube: 1"; hakube init DIR creates a new one'
    return {
      profile: null,
      diagnostics: [error('file/not-a-profile', `this is ${found}, not a profile`, { hint })],
    }
  }
  const version = value['hakube']
  if (version !== undefined && version !== 1) return { profile: null, diagnostics: [otherVersion(version)] }
  const result = Profile.safeParse(value)
  const { comments } = yaml
  if (result.success) {
    return { profile: result.data, diagnostics: applyRules({ profile: result.data, sources, comments }) }
  }
  // An alias that could not be resolved was already reported.
  const reported = yaml.diagnostics.map((each) => each.path ?? ['/'])
  const repaired = repair(value, yaml.writtenAs)
  const found = repaired.profile
    ? repaired.authors(applyRules({ profile: repaired.profile, sources, comments }))
    : []
  // A number in place of a text: if a rule rejects the text, quotes alone would not help.
  const refused = new Set(
    found.filter(({ severity }) => severity === 'error').map(({ path }) => JSON.stringify(path)),
  )
  const diagnostics = repaired.diagnostics.filter(
    (each) =>
      !reported.some((path) => path.every((part, index) => part === each.path?.[index])) &&
      !(each.code === 'schema/wrong-type' && refused.has(JSON.stringify(each.path))),
  )
  return { profile: null, diagnostics: [...diagnostics, ...found] }
}

function otherVersion(version: unknown): Diagnostic {
  const newer = typeof version === 'number' && Number.isInteger(version) && version > 1
  const shown = typeof version === 'object' ? 'something else' : JSON.stringify(version)
  return error(
    'profile/format-version',
    `the profile has format version ${shown}, but this hakube reads version 1`,
    {
      hint: newer ? 'use a newer hakube' : 'write hakube: 1',
      path: ['hakube'],
    },
  )
}

/** Adds locators for parts of user files. */
function withSources(
  locate: Locate,
  file: string,
  value: unknown,
  sources: ReadonlyMap<string, string>,
): Locate {
  if (sources.size === 0) return locate
  const names = new Map(findSources(value).map((place) => [JSON.stringify(place.path), place.name]))
  const locators = new Map<string, ReturnType<typeof createTextLocator>>()
  const inSource = (name: string): ReturnType<typeof createTextLocator> | null => {
    const text = sources.get(name)
    if (text === undefined) return null
    const locator = locators.get(name) ?? createTextLocator(besideProfile(file, name), text)
    locators.set(name, locator)
    return locator
  }
  return (path, onKey, part) => {
    const name = part && path.at(-1) === 'source' ? names.get(JSON.stringify(path)) : undefined
    const locateIn = name === undefined ? null : inSource(name)
    return part && locateIn ? locateIn(part) : locate(path, onKey, part)
  }
}

type Positioned = Diagnostic & { position: NonNullable<Diagnostic['position']> }

const sortByPosition = (diagnostics: readonly Positioned[], file: string): Positioned[] =>
  diagnostics.toSorted(({ position: one }, { position: other }) => {
    if (one.file !== other.file) {
      if (one.file === file) return -1
      return other.file === file ? 1 : compareText(one.file, other.file)
    }
    return one.line - other.line || one.column - other.column
  })
