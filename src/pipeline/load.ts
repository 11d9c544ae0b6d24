import { openCommit } from '../files/commit.ts'
import type { Environment } from '../files/find-program.ts'
import { gitIn } from '../files/git.ts'
import { readMirror } from '../files/mirror.ts'
import { workTree } from '../files/reader.ts'
import { type LoadedProfile, loadProfile } from '../profile/load.ts'

/** Where a profile is read from. */
export type ProfileReference = {
  /** Name of the file, as messages are to call it. */
  profile: string
  /** A commit of its git repository, as git names it; null for the working tree. */
  revision: string | null
  /** Directory of a mirror that the commit is in, in place of the repository around the profile, which is then a path from its top. */
  mirror?: string
}

/**
 * Reads a profile from the working tree or from a commit, with all that belongs to it.
 *
 * @param environment where git is found
 * @returns never throws for what is in the file; a revision that cannot be read is the one diagnostic of an empty profile
 */
export async function loadAt(
  { profile, revision, mirror }: ProfileReference,
  environment: Environment,
): Promise<LoadedProfile> {
  if (revision === null) return loadProfile(profile)
  if (mirror !== undefined) return loadProfile(profile, await readMirror(mirror, revision, environment))
  const opened = await openCommit(gitIn(environment), profile, revision)
  return 'reader' in opened ? loadProfile(profile, opened.reader) : notLoaded(profile, opened.refusal)
}

/** A profile that was not even looked for: its one mistake is in no file. */
const notLoaded = (file: string, refusal: LoadedProfile['diagnostics'][number]): LoadedProfile => ({
  file,
  text: '',
  profile: null,
  diagnostics: [refusal],
  sources: new Map(),
  bases: new Map(),
  reader: workTree,
  locate: () => ({ file, line: 1, column: 1, length: 1 }),
})
