import { open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pkiFolder } from '../../components/etcd/places.ts'
import { encryptionPath, encryptionText } from '../../components/kubeadm/encryption.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { isSystemError } from '../../files/system-error.ts'
import { isNodeRole } from '../../profile/schema.ts'
import { machinePkiFiles } from '../../secrets/machine-files.ts'
import { asSecretsError, secretsError } from '../../secrets/secrets-error.ts'
import { makeFolders } from '../../site/folder.ts'
import { type Command, exit } from '../context.ts'
import { readBundle, withSubject } from './subject.ts'

/** `hakube secrets export PROFILE MACHINE --out DIR` */
export const exportMachine: Command = (context) =>
  withSubject(context, async (subject) => {
    const name = context.parameters[1] ?? ''
    const folder = context.options.text('out') ?? ''
    const { machines, etcd, kubernetes } = subject.cluster
    const machine = machines.find((each) => each.name === name)
    if (!machine)
      throw secretsError('secrets/no-machine', `the profile has no machine ${name}`, {
        hint: didYouMean(
          name,
          machines.map((each) => each.name),
        ),
      })
    const { secrets } = await readBundle(context, subject)
    const controlPlane = machine.role === 'control-plane'
    // Before sync has made a key, no API server encrypts anything.
    const encrypts = controlPlane && secrets.encryptionKeys.length > 0
    const encryption = encrypts ? encryptionText(kubernetes, secrets) : null
    const files = machinePkiFiles(secrets, {
      name,
      controlPlane,
      node: isNodeRole(machine.role),
      stackedEtcd: etcd.placement === 'stacked',
      etcdFolder: pkiFolder,
    })
    if (encryption !== null) files.push({ path: encryptionPath, mode: 0o600, content: encryption })
    if (files.length === 0)
      throw secretsError('secrets/nothing-to-export', `${name} gets nothing from the bundle`)
    await assertEmpty(folder)
    for (const { path, mode, content } of files) {
      await writeNew(join(folder, path), mode, content)
      context.stdout.write(`${join(folder, path)}\n`)
    }
    context.stderr.write(
      `${folder}: what ${name} has of the bundle, with the paths that it has there; there are keys in clear in it: ` +
        'delete it when it is no longer needed\n',
    )
    return exit.good
  })

/** Never over or between other files: who knows whose keys they are. */
async function assertEmpty(folder: string): Promise<void> {
  try {
    if ((await readdir(folder)).length === 0) return
  } catch (fault) {
    if (isSystemError(fault) && fault.code === 'ENOENT') return
    throw asSecretsError(fault, 'read', folder)
  }
  throw secretsError('secrets/not-empty', `${folder} is not empty: nothing was written`, {
    hint: 'name a new folder',
  })
}

async function writeNew(file: string, mode: number, content: string): Promise<void> {
  try {
    makeFolders(dirname(file), 0o700)
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      // The umask may have taken bits away.
      await handle.chmod(mode)
    } finally {
      await handle.close()
    }
  } catch (fault) {
    throw asSecretsError(fault, 'write', file)
  }
}
