import { readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { workTree } from '../../files/reader.ts'
import { readProfileText, readProfileYaml } from '../../profile/profile-file.ts'
import { isMapping } from '../../text/data.ts'
import { compareText } from '../../text/order.ts'

/** A file that may be a profile, and the absolute paths of its base profiles. */
type Candidate = { file: string; bases: string[] }

async function candidate(file: string): Promise<Candidate | null> {
  const read = await readProfileText(file, workTree)
  if ('refusal' in read) return null
  const yaml = readProfileYaml(read.text, file)
  const value = 'value' in yaml ? yaml.value : undefined
  // A profile with a mistake in its syntax must not be left out silently.
  if (!isMapping(value)) return /^hakube\s*:/m.test(read.text) ? { file, bases: [] } : null
  if (value['hakube'] === undefined) return null
  const bases = [value['extends']].flat().filter((name) => typeof name === 'string')
  return { file, bases: bases.map((name) => resolve(dirname(file), name)) }
}

/**
 * The profiles in a directory, sorted by name: the YAML files directly in it that have the key `hakube`, except those that another one of them
 * names in `extends`.
 *
 * @returns names that begin with that of the directory; empty if it is not a directory of profiles, or cannot be read
 */
export async function profilesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  const files = names.filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.')).toSorted(compareText)
  const found: Candidate[] = []
  for (const name of files) {
    const each = await candidate(join(directory, name))
    if (each) found.push(each)
  }
  const bases = new Set(found.flatMap((each) => each.bases))
  return found.map(({ file }) => file).filter((file) => !bases.has(resolve(file)))
}
