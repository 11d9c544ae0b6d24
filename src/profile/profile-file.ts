import { error } from '../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { countLines, positionAt } from '../diagnostics/locate.ts'
import { type FileReader, notRegular } from '../files/reader.ts'
import { systemCode } from '../files/system-error.ts'
import { besideProfile } from './sources.ts'
import { decodeText, forbiddenCharacter } from './text.ts'
import { readYaml } from './yaml.ts'
import type { YamlSource } from './yaml.ts'

/** 10,000 machines need 2 MB; a larger file is not a profile, and parsing it would only take long. */
export const largestProfile = 8 * 1024 * 1024

export type ProfileText = { text: string } | { refusal: Diagnostic }

/** @param what the subject of the sentence */
export const tooLarge = (bytes: number, what = 'the file has'): Diagnostic =>
  error(
    'file/too-large',
    `${what} ${(bytes / 1024 / 1024).toFixed(1)} MiB; a profile has at most ${largestProfile / 1024 / 1024} MiB`,
    { hint: 'move large texts into files of their own and name them as source, or split the cluster' },
  )

/** Reads the text of one file of a profile. Never throws because of its contents, or because it cannot be read. */
export async function readProfileText(file: string, reader: FileReader): Promise<ProfileText> {
  try {
    const content = await reader.read(file, largestProfile)
    if ('tooLarge' in content) return { refusal: tooLarge(content.tooLarge) }
    const decoded = decodeText(content.bytes)
    if ('text' in decoded) return decoded
    const hint = 'name a YAML file in UTF-8'
    return { refusal: error('file/not-text', `this is not UTF-8 text: ${decoded.reason}`, { hint }) }
  } catch (reason) {
    return { refusal: unreadable(file, systemCode(reason), reader.commit) }
  }
}

function unreadable(file: string, code: string, commit: string | null): Diagnostic {
  if (code === 'EISDIR') {
    const hint = `name the profile itself, e.g. ${besideProfile(`${file}/x`, 'profile.yaml')}`
    return error('file/unreadable', 'this is a directory', { hint })
  }
  const missing = code === 'ENOENT' || code === 'ENOTDIR'
  if (commit !== null && missing) {
    return error('file/unreadable', `the file does not exist in the revision ${commit}`, {
      hint: `git log --all -- ${file} shows which revisions have it`,
    })
  }
  const messages: Record<string, string> = {
    ENOENT: 'the file does not exist',
    EACCES: 'no permission to read the file',
    [notRegular]: 'this is not a regular file, but a pipe, a device or a socket',
  }
  return error('file/unreadable', messages[code] ?? `the file cannot be read (${code})`, {
    hint: 'check the name; hakube init DIR creates a new profile',
  })
}

/** Parses the YAML of one file of a profile. */
export function readProfileYaml(text: string, file: string): YamlSource | { refusal: Diagnostic } {
  if (text.length > largestProfile) return { refusal: tooLarge(text.length) }
  const forbidden = forbiddenCharacter(text)
  if (forbidden !== -1) return { refusal: forbiddenDiagnostic(text, file, forbidden) }
  const yaml = readYaml(text, file)
  if (yaml.value === null && yaml.diagnostics.length === 0) {
    return {
      refusal: error('file/empty', 'the profile is empty', {
        hint: 'hakube init DIR creates a new profile',
      }),
    }
  }
  return yaml
}

function forbiddenDiagnostic(text: string, file: string, offset: number): Diagnostic {
  const lineCounter = countLines(text)
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, '0')
  return error('file/control-character', `the character U+${code} is not allowed in YAML`, {
    hint: 'remove it; if this is not a text file, name another one',
    source: 'https://yaml.org/spec/1.2.2/#51-character-set',
    position: positionAt(file, text, lineCounter, offset, offset + 1),
  })
}
