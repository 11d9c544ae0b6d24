import { open } from 'node:fs/promises'
import { error } from '../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { countLines, positionAt, positionInText } from '../diagnostics/locate.ts'
import type { Locatable, Locate } from '../diagnostics/locate.ts'
import { isMapping, systemCode } from './guards.ts'
import { repair } from './repair.ts'
import { applyRules } from './rules/index.ts'
import { explainSchemaIssues } from './schema-errors.ts'
import { Profile } from './schema.ts'
import { besideProfile, findSources, readSources } from './sources.ts'
import { decodeText, forbiddenCharacter } from './text.ts'
import { readYaml } from './yaml.ts'
import type { YamlSource } from './yaml.ts'

/** 10,000 machines need 2 MB; a larger file is another kind of file, and reading it would only take long. */
export const largestProfile = 8 * 1024 * 1024

const chunkSize = 1024 * 1024

export type LoadedProfile = Locatable & {
  /** null when there is an error that keeps the profile from being read. */
  profile: Profile | null
  /** All mistakes of syntax, schema and rules, with positions, sorted by them. */
  diagnostics: Diagnostic[]
  /** Text of each `files[].source`, by the path as written. */
  sources: ReadonlyMap<string, string>
}

const tooLarge = (bytes: number): Diagnostic =>
  error(
    'file/too-large',
    `the file has ${(bytes / 1024 / 1024).toFixed(1)} MiB; a profile has at most ${largestProfile / 1024 / 1024} MiB`,
    { hint: 'put large texts into files of their own and name them as source, or split the cluster' },
  )

/**
 * Reads a profile and the files that it names.
 *
 * @param file name of the profile, as messages are to call it
 * @returns all mistakes; never throws for what stands in the file or for a file that can not be read
 */
export async function loadProfile(file: string): Promise<LoadedProfile> {
  const bytes = await readLimited(file)
  if (!(bytes instanceof Uint8Array)) return refused('', file, bytes)
  const decoded = decodeText(bytes)
  if (!('text' in decoded)) {
    const hint = 'name a profile: a YAML file in UTF-8'
    return refused('', file, error('file/not-text', `this is no text in UTF-8: ${decoded.reason}`, { hint }))
  }
  const { text } = decoded
  const yaml = read(text, file)
  if ('refusal' in yaml) return refused(text, file, yaml.refusal)
  const { sources, diagnostics } = await readSources(file, findSources(yaml.value))
  return finish(text, file, yaml, sources, diagnostics)
}

async function readLimited(file: string): Promise<Uint8Array | Diagnostic> {
  try {
    const handle = await open(file, 'r')
    try {
      const about = await handle.stat()
      if (about.isDirectory()) {
        const hint = `name the profile itself, e.g. ${besideProfile(`${file}/x`, 'profile.yaml')}`
        return error('file/unreadable', 'this is a folder', { hint })
      }
      if (about.size > largestProfile) return tooLarge(about.size)
      // Pipes have no size in advance.
      const chunks: Uint8Array[] = []
      let length = 0
      for (;;) {
        const { bytesRead, buffer } = await handle.read(new Uint8Array(chunkSize), 0, chunkSize)
        if (bytesRead === 0) return Buffer.concat(chunks)
        chunks.push(buffer.subarray(0, bytesRead))
        length += bytesRead
        if (length > largestProfile) return tooLarge(length)
      }
    } finally {
      await handle.close()
    }
  } catch (reason) {
    const code = systemCode(reason)
    const messages: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'no permission to read the file',
      EISDIR: 'this is a folder',
    }
    return error('file/unreadable', messages[code] ?? `the file can not be read (${code})`, {
      hint: 'check the name; a new profile comes from: hakube init DIR',
    })
  }
}

/**
 * The pure part of {@link loadProfile}.
 *
 * @param sources texts of `files[].source` by the path as written; a source that is not there is not reported
 */
export function parseProfile(
  text: string,
  file: string,
  sources: ReadonlyMap<string, string> = new Map(),
): LoadedProfile {
  const yaml = read(text, file)
  if ('refusal' in yaml) return refused(text, file, yaml.refusal)
  return finish(text, file, yaml, sources, [])
}

/** A file that can not be read at all. */
function refused(text: string, file: string, diagnostic: Diagnostic): LoadedProfile {
  const position = diagnostic.position ?? { file, line: 1, column: 1, length: 1 }
  return {
    file,
    text,
    profile: null,
    diagnostics: [{ ...diagnostic, position }],
    sources: new Map(),
    locate: () => position,
  }
}

function read(text: string, file: string): YamlSource | { refusal: Diagnostic } {
  if (text.length > largestProfile) return { refusal: tooLarge(text.length) }
  const forbidden = forbiddenCharacter(text)
  if (forbidden !== -1) return { refusal: forbiddenDiagnostic(text, file, forbidden) }
  const yaml = readYaml(text, file)
  if (yaml.value === null && yaml.diagnostics.length === 0) {
    return {
      refusal: error('file/empty', 'the profile is empty', {
        hint: 'a new profile comes from: hakube init DIR',
      }),
    }
  }
  return yaml
}

function forbiddenDiagnostic(text: string, file: string, offset: number): Diagnostic {
  const lineCounter = countLines(text)
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, '0')
  return error('file/control-character', `the character U+${code} can not stand in YAML`, {
    hint: 'remove it; if this is no text file, name another one',
    source: 'https://yaml.org/spec/1.2.2/#51-character-set',
    position: positionAt(file, text, lineCounter, offset, offset + 1),
  })
}

function finish(
  text: string,
  file: string,
  yaml: YamlSource,
  sources: ReadonlyMap<string, string>,
  fromSources: readonly Diagnostic[],
): LoadedProfile {
  const texts = new Map([...sources].map(([name, each]) => [besideProfile(file, name), each]))
  const locate = withSources(yaml.locate, file, yaml.value, sources)
  const { profile, diagnostics } = judge(yaml, sources)
  const all = [...yaml.diagnostics, ...diagnostics, ...fromSources].map((each) => ({
    ...each,
    position: each.position ?? locate(each.path ?? [], each.onKey, each.part),
  }))
  return { file, text, profile, diagnostics: sortByPosition(all, file), sources, locate, texts }
}

function judge(
  yaml: YamlSource,
  sources: ReadonlyMap<string, string>,
): Pick<LoadedProfile, 'profile' | 'diagnostics'> {
  const { value } = yaml
  if (value === undefined) return { profile: null, diagnostics: [] }
  if (!isMapping(value)) {
    const found = Array.isArray(value) ? 'a list' : 'plain text'
    const hint = 'a profile begins with "hakube: 1"; a new one comes from: hakube init DIR'
    return {
      profile: null,
      diagnostics: [error('file/not-a-profile', `this is ${found}, not a profile`, { hint })],
    }
  }
  const version = value['hakube']
  if (version !== undefined && version !== 1) return { profile: null, diagnostics: [otherVersion(version)] }
  const result = Profile.safeParse(value)
  if (result.success) {
    return { profile: result.data, diagnostics: applyRules({ profile: result.data, sources }) }
  }
  // What stands where an alias could not be followed has been reported.
  const reported = yaml.diagnostics.map((each) => each.path ?? ['/'])
  const explained = explainSchemaIssues(result.error.issues, value, yaml.writtenAs)
  const repaired = repair(value, explained, yaml.writtenAs)
  const found = repaired ? applyRules({ profile: repaired.profile, sources }).filter(repaired.isAuthors) : []
  const diagnostics = explained.diagnostics.filter(
    ({ path = [] }) => !reported.some((each) => each.every((part, index) => part === path[index])),
  )
  return { profile: null, diagnostics: [...diagnostics, ...found] }
}

function otherVersion(version: unknown): Diagnostic {
  const newer = typeof version === 'number' && Number.isInteger(version) && version > 1
  const shown = typeof version === 'object' ? 'something else' : JSON.stringify(version)
  return error(
    'profile/format-version',
    `the profile's format is version ${shown}; this hakube reads version 1`,
    {
      hint: newer ? 'use a newer hakube' : 'write hakube: 1',
      path: ['hakube'],
    },
  )
}

/** Makes parts of a user's own file found in that file. */
function withSources(
  locate: Locate,
  file: string,
  value: unknown,
  sources: ReadonlyMap<string, string>,
): Locate {
  if (sources.size === 0) return locate
  const names = new Map(findSources(value).map((place) => [JSON.stringify(place.path), place.name]))
  return (path, onKey, part) => {
    const name = part && path.at(-1) === 'source' ? names.get(JSON.stringify(path)) : undefined
    const text = name === undefined ? undefined : sources.get(name)
    if (part === undefined || name === undefined || text === undefined) return locate(path, onKey, part)
    return positionInText(besideProfile(file, name), text, part)
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

const compareText = (one: string, other: string): number => (one < other ? -1 : 1)
