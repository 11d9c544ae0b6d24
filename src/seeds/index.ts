import type { Cluster, Machine } from '../cluster/cluster.ts'
import { plainText, type SiteFile } from '../templates/site-file.ts'
import { yamlEntries } from '../templates/yaml.ts'
import { metaData } from './cloud-init.ts'
import { networkConfig } from './network-config.ts'
import { seedPath } from './places.ts'

/**
 * The four files of a machine's NoCloud seed: https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html
 *
 * @param userData cloud-config, or whatever the installer reads as user-data
 */
export function seedFiles(
  cluster: Cluster,
  machine: Machine,
  { userData, secret }: { userData: Buffer; secret: boolean },
): SiteFile[] {
  const network = yamlEntries(networkConfig(cluster, machine))
  const directory = seedPath(machine)
  const file = (name: string, content: string | Buffer, isSecret = false): SiteFile => ({
    path: `${directory}/${name}`,
    machine: machine.name,
    secret: isSecret,
    contentType: plainText,
    body: typeof content === 'string' ? Buffer.from(content) : content,
  })
  return [
    file('meta-data', metaData(machine, userData, network)),
    file('network-config', network),
    file('user-data', userData, secret),
    // Empty, but present: if it is missing, cloud-init retries for ten seconds.
    file('vendor-data', ''),
  ]
}
