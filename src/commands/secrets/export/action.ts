import { refusal } from '../../../diagnostics/refusal.ts'
import { open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pkiDirectory } from '../../../components/etcd/places.ts'
import { encryptionPath, encryptionText } from '../../../components/kubeadm/encryption.ts'
import { didYouMean } from '../../../diagnostics/suggest.ts'
import { isSystemError } from '../../../files/system-error.ts'
import { isNodeRole } from '../../../profile/schema.ts'
import { machinePkiFiles } from '../../../secrets/machine-files.ts'
import { asRefusal } from '../../../secrets/system-refusal.ts'
import { makeDirectories } from '../../../site/directory.ts'
import { type Command, exit } from '../../context.ts'
import { readBundle, withProfile } from '../bundle.ts'

/** `hakube secrets export PROFILE MACHINE --out DIR` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const name = context.parameters[1] ?? ''
    const directory = context.options.text('out') ?? ''
    const { machines, etcd, kubernetes } = resolved.cluster
    const machine = machines.find((each) => each.name === name)
    if (!machine)
      throw refusal('secrets/no-machine', `the profile has no machine ${name}`, {
        hint: didYouMean(
          name,
          machines.map((each) => each.name),
        ),
      })
    const { secrets } = await readBundle(context, resolved)
    const controlPlane = machine.role === 'control-plane'
    // API servers encrypt only once sync has made a key.
    const encrypts = controlPlane && secrets.encryptionKeys.length > 0
    const encryption = encrypts ? encryptionText(kubernetes, secrets) : null
    const files = machinePkiFiles(secrets, {
      name,
      controlPlane,
      node: isNodeRole(machine.role),
      stackedEtcd: etcd.placement === 'stacked',
      etcdDirectory: pkiDirectory,
    })
    if (encryption !== null) files.push({ path: encryptionPath, mode: 0o600, content: encryption })
    if (files.length === 0)
      throw refusal('secrets/nothing-to-export', `${name} receives nothing from the bundle`)
    await assertEmpty(directory)
    for (const { path, mode, content } of files) {
      await writeNew(join(directory, path), mode, content)
      context.stdout.write(`${join(directory, path)}\n`)
    }
    const { needs, ownKeys } = resolved.wanted
    const made = needs.flatMap((need) =>
      ownKeys && need.machine === name && secrets.machines[name]?.[need.kind] === undefined
        ? [need.kind]
        : [],
    )
    if (made.length > 0)
      context.stderr.write(
        `hakube: ${name} makes these keys itself, so they are only there: ${made.join(', ')}\n`,
      )
    context.stderr.write(
      `${directory}: the files of ${name} from the bundle, with unencrypted keys: ` +
        'delete it when you no longer need it\n',
    )
    return exit.success
  })

/** Never overwrites or mixes files, because existing keys may belong to another machine. */
async function assertEmpty(directory: string): Promise<void> {
  try {
    if ((await readdir(directory)).length === 0) return
  } catch (fault) {
    if (isSystemError(fault) && fault.code === 'ENOENT') return
    throw asRefusal(fault, 'read', directory)
  }
  throw refusal('secrets/not-empty', `${directory} is not empty: nothing was written`, {
    hint: 'choose a new directory',
  })
}

async function writeNew(file: string, mode: number, content: string): Promise<void> {
  try {
    makeDirectories(dirname(file), 0o700)
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      // The umask may have removed permission bits.
      await handle.chmod(mode)
    } finally {
      await handle.close()
    }
  } catch (fault) {
    throw asRefusal(fault, 'write', file)
  }
}
