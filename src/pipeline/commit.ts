import { dirname, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { notSearched, openCommit } from '../files/commit.ts'
import type { Environment } from '../files/find-program.ts'
import { foreignRepository, gitIn, GitError } from '../files/git.ts'
import { areAsCommitted } from '../files/same-as-commit.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { bundleFile } from '../secrets/vault.ts'

/**
 * The commit of a profile, with `-dirty` if the working tree differs in any file that was read. Null outside git, before the first
 * commit, and if git refuses to read the repository, which is reported.
 */
export async function findCommit(
  { file, texts, reader }: LoadedProfile,
  environment: Environment,
): Promise<{ commit: string | null; diagnostics: Diagnostic[] }> {
  if (reader.commit !== null) return { commit: reader.commit, diagnostics: [] }
  const git = gitIn(environment)
  try {
    await git(dirname(resolve(file)), 'rev-parse', '--verify', 'HEAD')
  } catch (fault) {
    if (!(fault instanceof GitError)) throw fault
    const foreign = foreignRepository(fault)
    return { commit: null, diagnostics: foreign === null ? [] : [notSearched(foreign)] }
  }
  const opened = await openCommit(git, file, 'HEAD')
  if ('refusal' in opened) return { commit: null, diagnostics: [] }
  const { commit } = opened.reader
  // Other files of the repository do not affect the site.
  const files = [file, ...(texts?.keys() ?? []), bundleFile(file)].map((name) => resolve(name))
  const same = await areAsCommitted(git, opened.reader, files)
  return { commit: same ? commit : `${commit}-dirty`, diagnostics: [] }
}
