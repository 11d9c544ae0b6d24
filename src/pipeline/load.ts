import { openCommit } from '../files/commit.ts'
import type { Environment } from '../files/find-program.ts'
import { gitIn } from '../files/git.ts'
import { readMirror } from '../files/mirror.ts'
import { workTree } from '../files/reader.ts'
import { type LoadedProfile, loadProfile } from '../profile/load.ts'

/** Identifies a profile. */
export type ProfileReference = {
  /** Name of the file, as messages spell it. */
  profile: string
  /** A commit of its git repository, in git's notation; null for the working tree. */
  revision: string | null
  /**
   * Directory of a mirror that contains the commit, instead of the repository around the profile; `profile` is then relative to its top.
   */
  mirror?: string
}

/**
 * Reads a profile and everything that belongs to it from the working tree or from a commit.
 *
 * @param environment where to find git
 * @returns never throws because of file contents; a revision that cannot be read is the only diagnostic of an empty profile
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

/** A profile that was not looked for: its only error has no position. */
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
