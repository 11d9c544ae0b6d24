import { execFile } from 'node:child_process'
import { open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Diagnostic, warning } from '../diagnostics/diagnostic.ts'
import { manifestName, parseManifest } from '../site/manifest.ts'
import { SiteError } from '../site/site-error.ts'
import type { Environment } from './programs.ts'

const run = promisify(execFile)

/** Few are enough to see what happened. */
const listed = 5

/**
 * What git tracks in clear around a profile, and should not: a bundle that is not encrypted, an age key, and what was rendered
 * with secrets in it.
 *
 * @param profile file; the whole repository that it lies in is looked through, as the work tree has it
 * @returns nothing outside of git, or without the program
 */
export async function findTrackedSecrets(profile: string, environment: Environment): Promise<Diagnostic[]> {
  const git = gitIn(dirname(resolve(profile)), environment)
  const top = (await git('rev-parse', '--show-toplevel'))?.replace(/\n$/, '')
  if (top === undefined || top === '') return []
  const inTop = gitIn(top, environment)
  const list = async (...words: string[]): Promise<string[]> =>
    ((await inTop(...words)) ?? '').split('\0').filter((name) => name !== '')
  const [bundles, keys, manifests] = await Promise.all([
    list('ls-files', '-z', '--', '*secrets.age'),
    list('grep', '-z', '-l', '-E', '^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]{50,}'),
    list('ls-files', '-z', '--', manifestName, `*/${manifestName}`),
  ])
  const clear: string[] = []
  for (const name of bundles) if (await isClear(join(top, name))) clear.push(name)
  const rendered: string[] = []
  for (const name of manifests) {
    const folder = dirname(name)
    const secret = await secretFiles(join(top, name), folder)
    if (secret.size === 0) continue
    const tracked = await list('ls-files', '-z', '--', folder)
    rendered.push(...tracked.filter((path) => secret.has(path)))
  }
  return [
    ...report(clear, 'a secrets bundle that is not encrypted', 'hakube secrets init makes a new one'),
    ...report(keys, 'an age private key', 'make a new one with age-keygen, and change the recipients'),
    ...report(rendered, 'a rendered file with secrets in it', 'replace them with hakube secrets rotate'),
  ]
}

function report(names: readonly string[], what: string, replace: string): Diagnostic[] {
  if (names.length === 0) return []
  const more = names.length > listed ? ` and ${names.length - listed} more` : ''
  return [
    warning('secrets/tracked', `git tracks ${what}: ${names.slice(0, listed).join(', ')}${more}`, {
      hint: `git rm --cached takes it out, and .gitignore keeps it out; what was committed is known to all who can read the repository: ${replace}`,
    }),
  ]
}

type Git = (...words: string[]) => Promise<string | null>

/** git with nothing of the environment but what it needs: GIT_DIR of a hook, say, would point it to another repository. */
const gitIn =
  (folder: string, environment: Environment): Git =>
  async (...words) => {
    try {
      const { stdout } = await run('git', words, {
        cwd: folder,
        timeout: 30_000,
        maxBuffer: 256 * 1024 * 1024,
        env: {
          PATH: environment['PATH'],
          HOME: environment['HOME'],
          LC_ALL: 'C',
          GIT_OPTIONAL_LOCKS: '0',
        },
      })
      return stdout
    } catch {
      // No git, no repository; or, for grep, nothing found.
      return null
    }
  }

/** Whether a file is there and not in age's format. */
async function isClear(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
      const start = buffer.subarray(0, bytesRead).toString('latin1').trimStart()
      return start !== '' && !/^(?:-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/)/.test(start)
    } finally {
      await handle.close()
    }
  } catch {
    // Tracked, but not in the work tree.
    return false
  }
}

/** Paths of the secret files of a rendered site, from the top of the repository; none for another manifest.json. */
async function secretFiles(manifest: string, folder: string): Promise<Set<string>> {
  try {
    const handle = await open(manifest, 'r')
    try {
      const { files } = parseManifest(await handle.readFile('utf8'), manifest)
      return new Set(files.filter(({ secret }) => secret).map(({ path }) => join(folder, path)))
    } finally {
      await handle.close()
    }
  } catch (fault) {
    if (fault instanceof SiteError || (fault instanceof Error && 'code' in fault)) return new Set()
    throw fault
  }
}
