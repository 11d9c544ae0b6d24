import type { Assembly } from '../assembly/assemble.ts'
import type { PlainFile, User } from '../assembly/component.ts'
import { machineFiles } from '../assembly/first-boot.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { cloudConfig, cloudConfigHeader, cloudConfigPieces } from '../seeds/cloud-init.ts'
import { seedFiles } from '../seeds/index.ts'
import { plainText, type SiteFile } from '../templates/site-file.ts'
import { installerOf } from './index.ts'
import { answersPath, donePath, type Installer } from './installer.ts'

/**
 * Everything that an installer or cloud-init fetches for one machine: the four files of a NoCloud seed, and the answers if they are a
 * separate file.
 *
 * The seed belongs to the installed system, onto whose disk an installer with answers copies it; to the running system, if nothing is
 * installed; or to the installer, if its answers contain the machine's configuration.
 *
 * @param onMachine files to write on the machine
 */
export function compileMachine(
  cluster: Cluster,
  assembly: Assembly,
  onMachine: readonly PlainFile[] = machineFiles(cluster, assembly),
  installer: Installer = installerOf(assembly.machine),
): SiteFile[] {
  const { machine, declared } = assembly
  const { answers, seed } = installer
  const { files: carried, users } = carriedBySeed(cluster, onMachine, declared.users)
  const config = cloudConfig(cluster, machine, carried, users)
  const header = cloudConfigHeader(config.secret && cluster.secrets.ephemeral)
  const pieces = seed === 'own' ? cloudConfigPieces(config) : seed.pieces(cluster, machine, config, declared)
  const userData = Buffer.concat([Buffer.from(header), ...pieces])
  const files = seedFiles(cluster, machine, { userData, secret: config.secret })
  if (answers === null) return files
  return [
    {
      path: answersPath(answers, machine),
      machine: machine.name,
      secret: typeof answers.secret === 'boolean' ? answers.secret : answers.secret(cluster),
      contentType: plainText,
      body: Buffer.from(answers.write(cluster, machine, declared)),
    },
    ...(answers.done === undefined
      ? []
      : [
          {
            path: donePath(answers, machine),
            machine: machine.name,
            secret: false,
            contentType: plainText,
            body: Buffer.from('Starts from its disk.\n'),
          },
        ]),
    ...files,
  ]
}

/**
 * The files that the seed contains: all of them, or only those that are not secret if machines enrol. Those machines fetch the rest, and
 * a step sets passwords.
 */
function carriedBySeed(
  { enrolment }: Cluster,
  files: readonly PlainFile[],
  users: readonly User[],
): { files: readonly PlainFile[]; users: readonly User[] } {
  if (enrolment === null) return { files, users }
  return {
    files: files.filter(({ secret }) => secret !== true),
    users: users.map((user) => ({ ...user, passwordHash: null })),
  }
}
