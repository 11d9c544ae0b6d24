import { assemble } from '../assembly/assemble.ts'
import { machineFiles } from '../assembly/first-boot.ts'
import type { MachineOutput } from '../check/reader.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { resolve } from '../cluster/resolve.ts'
import { components } from '../components/index.ts'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import type { LoadedProfile } from '../profile/load.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { machineSite } from '../site/build.ts'

/**
 * The cluster of a profile.
 *
 * @returns null when the profile has errors
 */
export function clusterOf(loaded: LoadedProfile, secrets: Secrets): Cluster | null {
  if (!loaded.profile || hasErrors(loaded.diagnostics)) return null
  return resolve(loaded.profile, loaded.sources, secrets)
}

/**
 * The rendered output of each machine, one machine at a time.
 *
 * @throws the reason of `stop` once it is aborted
 */
export function* machineOutputs(cluster: Cluster, stop: AbortSignal): Generator<MachineOutput> {
  for (const machine of cluster.machines) {
    stop.throwIfAborted()
    const assembly = assemble(components, cluster, machine)
    const files = machineFiles(cluster, assembly)
    yield { machine, files, site: machineSite(cluster, assembly, files) }
  }
}
