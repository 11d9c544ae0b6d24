import { open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isSystemError } from '../files/system-error.ts'
import { asSecretsError, secretsError } from '../secrets/secrets-error.ts'

/**
 * Writes a kubeconfig, whole or not at all.
 *
 * @param firstLine what the file has to begin with to be replaced: another one may hold the only way into another cluster
 */
export async function writeKubeconfig(file: string, text: string, firstLine: string): Promise<void> {
  const before = await readIfThere(file)
  if (before !== null && !before.startsWith(`${firstLine}\n`))
    throw secretsError(
      'kubeconfig/exists',
      `${file} is there already, and none that hakube made for this cluster`,
      {
        hint: 'name another file; KUBECONFIG=ONE:OTHER lets kubectl read several',
      },
    )
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.new`)
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (fault) {
    await rm(draft, { force: true })
    throw asSecretsError(fault, 'write', file)
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (fault) {
    if (isSystemError(fault) && fault.code === 'ENOENT') return null
    throw asSecretsError(fault, 'read', file)
  }
}
