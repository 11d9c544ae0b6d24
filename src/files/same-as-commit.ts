import { createHash } from 'node:crypto'
import { type CommitReader, openCommit } from './commit.ts'
import type { Git } from './git.ts'
import { workTree } from './reader.ts'
import { systemCode } from './system-error.ts'

/**
 * Whether files of the working tree have the bytes that a commit has. `git status` would run the filters that the repository configures,
 * and could not look through links and into submodules.
 *
 * @param files absolute paths; a file that is missing in both is equal
 */
export async function areAsCommitted(
  git: Git,
  commit: CommitReader,
  files: readonly string[],
): Promise<boolean> {
  for (const file of files) if (!(await isAsCommitted(git, commit, file))) return false
  return true
}

async function isAsCommitted(git: Git, commit: CommitReader, file: string): Promise<boolean> {
  const committed = await commit.object(file)
  if (committed && 'submodule' in committed) {
    // A submodule that is not checked out is not a separate repository: git would use the one around it.
    if ((await workTree.repository(committed.submodule)) !== committed.submodule) return false
    const opened = await openCommit(git, file, committed.commit)
    return 'reader' in opened && isAsCommitted(git, opened.reader, file)
  }
  const bytes = await readOrNull(file)
  if (!committed || !bytes) return !committed && !bytes
  return objectName(bytes, committed.blob) === committed.blob
}

/** If a file cannot be read, its bytes are not known to be equal. */
async function readOrNull(file: string): Promise<Uint8Array | null> {
  try {
    const content = await workTree.read(file, Infinity)
    return 'bytes' in content ? content.bytes : null
  } catch (fault) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(fault))) return null
    throw fault
  }
}

/** git-hash-object(1) with --no-filters. Object names in SHA-256 repositories have 64 digits (gitformat-pack, hash-function-transition). */
const objectName = (bytes: Uint8Array, like: string): string =>
  createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex')
