import type { Cluster } from '../cluster/cluster.ts'
import type { Assembly } from '../assembly/assemble.ts'
import type { PlainFile } from '../assembly/component.ts'
import { machineFiles } from '../assembly/first-boot.ts'
import { plainText, type SiteFile } from '../templates/site-file.ts'
import { autoinstallPieces } from './autoinstall.ts'
import { cloudConfig, cloudConfigHeader, cloudConfigPieces, metaData, networkConfig } from './cloud-init.ts'
import { kickstart } from './kickstart.ts'
import { answersPath, seedPath } from './places.ts'
import { preseed } from './preseed.ts'
import { yamlEntries } from '../templates/yaml.ts'

/**
 * Everything that an installer or cloud-init asks for on one machine: the four files of a NoCloud seed, and the kickstart or
 * preseed file where that is how the machine is installed.
 *
 * With `live` the seed is the running system's own. With `autoinstall` it is the installer's, and holds the machine's. With
 * `kickstart` and `preseed` the installer copies it onto the disk.
 *
 * @param onMachine what is to be written on the machine
 */
export function compileMachine(
  cluster: Cluster,
  assembly: Assembly,
  onMachine: readonly PlainFile[] = machineFiles(cluster, assembly),
): SiteFile[] {
  const { machine } = assembly
  const config = cloudConfig(cluster, machine, onMachine, assembly.declared.users)
  const header = cloudConfigHeader(config.secret && cluster.secrets.throwAway)
  const pieces =
    cluster.install === 'autoinstall'
      ? autoinstallPieces(cluster, machine, config, assembly.declared)
      : cloudConfigPieces(config)
  const userData = Buffer.concat([Buffer.from(header), ...pieces])
  const network = yamlEntries(networkConfig(cluster, machine))
  const directory = seedPath(machine)
  const file = (path: string, content: string | Buffer, secret = false): SiteFile => ({
    path,
    machine: machine.name,
    secret,
    contentType: plainText,
    body: typeof content === 'string' ? Buffer.from(content) : content,
  })
  const files = [
    file(`${directory}/meta-data`, metaData(machine, userData, network)),
    file(`${directory}/network-config`, network),
    file(`${directory}/user-data`, userData, config.secret),
    // Empty, but there: a missing one costs cloud-init ten retries and ten seconds.
    file(`${directory}/vendor-data`, ''),
  ]
  const answers = answersPath(cluster, machine)
  if (answers !== null) {
    const write = cluster.install === 'kickstart' ? kickstart : preseed
    files.unshift(file(answers, write(cluster, machine, assembly.declared)))
  }
  return files
}
