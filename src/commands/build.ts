import { dirname, resolve as absolute } from 'node:path'
import type { Environment } from '../check/programs.ts'
import type { MachineOutput } from '../check/reader.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { resolve } from '../cluster/resolve.ts'
import { assemble } from '../assembly/assemble.ts'
import { machineFiles } from '../assembly/first-boot.ts'
import { components } from '../components/index.ts'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import { GitError, gitIn } from '../files/git.ts'
import { isOutside } from '../files/outside.ts'
import { workTree } from '../files/reader.ts'
import type { LoadedProfile } from '../profile/load.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { bundleFile } from '../secrets/vault.ts'
import { machineSite } from '../site/build.ts'

/*
 * The way from a profile to a cluster, shared by the commands.
 */

/** The cluster of a profile, or null when it has errors. */
export function clusterOf(loaded: LoadedProfile, secrets: Secrets): Cluster | null {
  if (!loaded.profile || hasErrors(loaded.diagnostics)) return null
  return resolve(loaded.profile, loaded.sources, secrets)
}

/** Everything that is rendered for each machine, one machine at a time. */
export function* machineOutputs(cluster: Cluster, stop: AbortSignal): Generator<MachineOutput> {
  for (const machine of cluster.machines) {
    stop.throwIfAborted()
    const assembly = assemble(components, cluster, machine)
    const files = machineFiles(cluster, assembly)
    yield { machine, files, site: machineSite(cluster, assembly, files) }
  }
}

/** Ends with an exception when the user wants an end. */
export function* untilStopped<T>(items: Iterable<T>, stop: AbortSignal): Generator<T> {
  for (const item of items) {
    stop.throwIfAborted()
    yield item
  }
}

/** Of what is in submodules, `git status` says only whether the submodule as a whole is as it was committed. */
async function submoduleOrFile(file: string, folder: string): Promise<string> {
  const top = await workTree.repository(folder)
  if (top === null) return file
  let found = file
  for (let at = await workTree.repository(dirname(file)); at !== null && at !== top && !isOutside(top, at);) {
    found = at
    at = await workTree.repository(dirname(at))
  }
  return found
}

/** The commit that a profile is from, with `-dirty` where the work tree differs in what was read; null outside git. */
export async function findCommit(loaded: LoadedProfile, environment: Environment): Promise<string | null> {
  if (loaded.reader.commit !== null) return loaded.reader.commit
  const git = gitIn(environment)
  const folder = dirname(absolute(loaded.file))
  // What else is in the repository makes no difference to the site.
  const names = [loaded.file, ...(loaded.texts?.keys() ?? []), bundleFile(loaded.file)]
  const files = await Promise.all(names.map((name) => submoduleOrFile(absolute(name), folder)))
  try {
    const commit = await git(folder, 'rev-parse', '--verify', 'HEAD')
    const changes = await git(
      folder,
      'status',
      '--porcelain',
      '--untracked-files=all',
      '--ignored',
      '--',
      ...files,
    )
    const text = commit.toString('utf8').trim()
    return changes.length === 0 ? text : `${text}-dirty`
  } catch (fault) {
    // No git, no repository, or no commit yet.
    if (fault instanceof GitError) return null
    throw fault
  }
}
