import { openCommit } from '../files/commit.ts'
import { gitIn } from '../files/git.ts'
import { type FileReader, workTree } from '../files/reader.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { loadProfile } from '../profile/load.ts'
import type { Context } from './context.ts'

/**
 * Reads a profile from a revision, with all that belongs to it.
 *
 * @param revision null for the work tree
 */
export async function loadAt(
  file: string,
  revision: string | null,
  { environment }: Context,
): Promise<LoadedProfile> {
  if (revision === null) return loadProfile(file)
  const opened = await openCommit(gitIn(environment), file, revision)
  return 'reader' in opened ? loadProfile(file, opened.reader) : notLoaded(file, opened.refusal, workTree)
}

/** A profile that was not even looked for: its one mistake is in no file. */
function notLoaded(
  file: string,
  refusal: LoadedProfile['diagnostics'][number],
  reader: FileReader,
): LoadedProfile {
  return {
    file,
    text: '',
    profile: null,
    diagnostics: [refusal],
    sources: new Map(),
    bases: new Map(),
    reader,
    locate: () => ({ file, line: 1, column: 1, length: 1 }),
  }
}
