import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { error, warning } from '../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { foreignRepository, type Git, GitError } from './git.ts'
import { isOutside } from './outside.ts'
import { type Content, FileError, type FileKind, type FileReader, inSubmodule } from './reader.ts'

/*
 * Files of a commit, read from git's object store without using the working tree. Bytes are those of the commit, even if git would change
 * them on checkout (line endings, filters), because a render must not depend on anyone's settings.
 */

type Entry = { kind: 'blob' | 'tree' | 'commit'; link: boolean; id: string }

export type CommitReader = FileReader & {
  /**
   * The object at a path of the commit: the name of a blob, or the submodule that contains the path, with the submodule's commit. Null if
   * the commit has no such file.
   */
  object(path: string): Promise<{ blob: string } | { submodule: string; commit: string } | null>
}

/**
 * Opens a commit.
 *
 * @param file a file of the repository; it and its directory may exist in the commit only
 * @param revision in git's notation: a branch, a tag, `HEAD~1`, …
 */
export async function openCommit(
  git: Git,
  file: string,
  revision: string,
): Promise<{ reader: CommitReader } | { refusal: Diagnostic }> {
  const directory = existingDirectory(dirname(resolve(file)))
  let top: string
  try {
    top = textOf(await git(directory, 'rev-parse', '--show-toplevel'))
  } catch (fault) {
    if (!(fault instanceof GitError)) throw fault
    return { refusal: noRepository(file, fault) }
  }
  let commit: string
  try {
    const words = ['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`]
    commit = textOf(await git(directory, ...words))
  } catch (fault) {
    if (!(fault instanceof GitError)) throw fault
    const hint = 'git log lists the revisions; a shallow clone lacks older commits: git fetch --unshallow'
    return {
      refusal: error('git/unknown-revision', `the repository ${top} has no revision ${revision}`, { hint }),
    }
  }
  return { reader: await readCommit(git, top, commit) }
}

/**
 * Reads files of a commit.
 *
 * @param top directory to which its paths are relative; nothing is read from there
 * @param commit its full name
 */
export const readCommit = async (git: Git, top: string, commit: string): Promise<CommitReader> =>
  commitReader(git, top, commit, await listEntries(git, top, commit))

const textOf = (output: Buffer): string => output.toString('utf8').replace(/\n$/, '')

function noRepository(file: string, fault: GitError): Diagnostic {
  if (fault.reason === 'missing')
    return error('git/missing', 'git is not installed, but is needed to read a revision', {
      hint: 'install git',
    })
  const foreign = foreignRepository(fault)
  if (foreign !== null)
    return error(
      'git/foreign-owner',
      `the repository ${foreign} belongs to another user, so git does not read it`,
      {
        hint: trustHint(foreign),
      },
    )
  const none = /not a git repository|must be run in a working tree/.test(fault.message)
  const message = none
    ? `${file} is not in the working tree of a git repository`
    : `git says: ${fault.message}`
  return error('git/no-repository', message, {
    hint: none ? 'name a profile in a clone of its repository' : 'make git work in this directory first',
  })
}

const trustHint = (top: string): string =>
  `if you trust everyone who can write to it: git config --global --add safe.directory ${top}`

/** A warning for commands that continue although git refuses to read the repository. */
export const notSearched = (top: string): Diagnostic =>
  warning(
    'git/foreign-owner',
    `the repository ${top} belongs to another user, so git does not read it: the commit is unknown, and hakube did not search for tracked secrets`,
    { hint: trustHint(top) },
  )

function existingDirectory(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(at) && statSync(at).isDirectory()) return at
    if (at === dirname(at)) return at
  }
}

async function listEntries(git: Git, top: string, commit: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  const output = await git(top, 'ls-tree', '-r', '-t', '-z', '--full-tree', commit)
  for (const line of output.toString('utf8').split('\0')) {
    const [, mode = '', kind = '', id = '', path = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(line) ?? []
    if (kind === 'blob' || kind === 'tree' || kind === 'commit')
      entries.set(path, { kind, id, link: mode === '120000' })
  }
  return entries
}

/** The limit of Linux. */
const mostLinks = 40

function commitReader(
  git: Git,
  top: string,
  commit: string,
  entries: ReadonlyMap<string, Entry>,
): CommitReader {
  const contents = new Map<string, Promise<Buffer>>()

  const blob = (id: string): Promise<Buffer> => {
    let bytes = contents.get(id)
    if (!bytes) contents.set(id, (bytes = git(top, 'cat-file', 'blob', id)))
    return bytes
  }

  const sizeOf = async (id: string): Promise<number> => Number(textOf(await git(top, 'cat-file', '-s', id)))

  /** The path relative to the top, or null if it is outside. */
  const below = (path: string): string | null =>
    isOutside(top, path) ? null : relative(top, path).split(sep).join('/')

  /** git gives the top without links, but the path may contain some. */
  const absolute = (path: string): string => {
    const wanted = resolve(path)
    if (below(wanted) !== null) return wanted
    const directory = existingDirectory(dirname(wanted))
    return join(realpathSync(directory), relative(directory, wanted))
  }

  /** Follows the links of the commit. A path outside the repository is returned unchanged. */
  const realPath = async (path: string): Promise<string> => {
    let wanted = absolute(path)
    for (let links = 0; links <= mostLinks; links += 1) {
      const link = firstLink(wanted)
      if (!link) return wanted
      const target = (await blob(link.id)).toString('utf8')
      wanted = resolve(dirname(link.path), target, link.rest)
    }
    throw new FileError('ELOOP', path)
  }

  const firstLink = (path: string): { path: string; id: string; rest: string } | null => {
    const way = below(path)
    if (way === null || way === '') return null
    const names = way.split('/')
    for (let count = 1; count <= names.length; count += 1) {
      const entry = entries.get(names.slice(0, count).join('/'))
      if (entry?.link)
        return { path: join(top, ...names.slice(0, count)), id: entry.id, rest: names.slice(count).join('/') }
    }
    return null
  }

  const find = async (path: string): Promise<Entry> => {
    const way = below(await realPath(path))
    const entry = way === '' ? ({ kind: 'tree', link: false, id: commit } as const) : entries.get(way ?? '/')
    if (entry) return entry
    throw new FileError(way !== null && submoduleOf(way) !== null ? inSubmodule : 'ENOENT', path)
  }

  /** The submodule that contains a path, relative to the top. */
  const submoduleOf = (way: string): string | null => {
    const names = way.split('/')
    const above = names.map((_, count) => names.slice(0, count + 1).join('/'))
    return above.find((name) => entries.get(name)?.kind === 'commit') ?? null
  }

  const kinds: Record<Entry['kind'], FileKind> = { blob: 'file', tree: 'directory', commit: 'other' }

  return {
    commit,
    async realPath(path) {
      const found = await realPath(path)
      if (below(found) !== null) await find(found)
      return found
    },
    async stat(path) {
      const { kind, id } = await find(path)
      return { kind: kinds[kind], size: kind === 'blob' ? await sizeOf(id) : 0 }
    },
    async read(path, mostBytes): Promise<Content> {
      const { kind, id } = await find(path)
      if (kind !== 'blob') throw new FileError('EISDIR', path)
      const size = await sizeOf(id)
      return size > mostBytes ? { tooLarge: size } : { bytes: await blob(id) }
    },
    async object(path) {
      const way = below(await realPath(path))
      if (way === null) return null
      const submodule = submoduleOf(way)
      const { kind, id } = entries.get(submodule ?? way) ?? {}
      if (id === undefined) return null
      if (submodule !== null) return { submodule: join(top, submodule), commit: id }
      return kind === 'blob' ? { blob: id } : null
    },
    repository: async (directory) => (below(absolute(directory)) === null ? null : top),
  }
}
