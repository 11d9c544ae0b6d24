import { execFile } from 'node:child_process'
import { dirname, resolve as absolute } from 'node:path'
import { promisify } from 'node:util'
import type { Environment } from '../check/programs.ts'
import type { MachineOutput } from '../check/reader.ts'
import { machineBootFiles } from '../boot/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { resolve } from '../cluster/resolve.ts'
import { assemble } from '../components/assemble.ts'
import { machineFiles } from '../components/first-boot.ts'
import { components } from '../components/index.ts'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import type { LoadedProfile } from '../profile/load.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { compileMachine } from '../seeds/index.ts'

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
    const declared = assembly.declared.kernelArguments.map(({ argument }) => argument)
    yield {
      machine,
      files: machineFiles(cluster, assembly),
      site: [...compileMachine(cluster, assembly), ...machineBootFiles(cluster, machine, declared)],
    }
  }
}

/** Ends with an exception when the user wants an end. */
export function* untilStopped<T>(items: Iterable<T>, stop: AbortSignal): Generator<T> {
  for (const item of items) {
    stop.throwIfAborted()
    yield item
  }
}

const run = promisify(execFile)

/**
 * The commit that a profile is from, with `-dirty` where the work tree differs; null outside git.
 *
 * Git is asked with nothing of the environment but PATH: GIT_DIR of a hook, say, would point it to another repository.
 */
export async function findCommit(profile: string, environment: Environment): Promise<string | null> {
  const folder = dirname(absolute(profile))
  const git = async (...words: string[]): Promise<string> => {
    const { stdout } = await run('git', words, {
      cwd: folder,
      timeout: 10_000,
      env: { PATH: environment['PATH'], HOME: environment['HOME'], LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
    })
    return stdout.trim()
  }
  try {
    const commit = await git('rev-parse', '--verify', 'HEAD')
    // Only the folder of the profile: what else is in the repository makes no difference to the site.
    const changes = await git('status', '--porcelain', '--untracked-files=normal', '--', '.')
    return changes === '' ? commit : `${commit}-dirty`
  } catch {
    // No git, no repository, or no commit yet.
    return null
  }
}
