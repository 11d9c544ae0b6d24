import { readIfThere, workTree } from '../files/reader.ts'
import { writeWhole } from '../files/write-whole.ts'
import { asSecretsError, secretsError } from '../secrets/secrets-error.ts'

/**
 * Writes a kubeconfig, whole or not at all.
 *
 * @param firstLine what the file has to begin with to be replaced: another one may hold the only way into another cluster
 */
export async function writeKubeconfig(file: string, text: string, firstLine: string): Promise<void> {
  const before = await textIfThere(file)
  if (before !== null && !before.startsWith(`${firstLine}\n`))
    throw secretsError(
      'kubeconfig/exists',
      `${file} is there already, and none that hakube made for this cluster`,
      {
        hint: 'name another file; KUBECONFIG=ONE:OTHER lets kubectl read several',
      },
    )
  try {
    await writeWhole(file, text, 0o600)
  } catch (fault) {
    throw asSecretsError(fault, 'write', file)
  }
}

async function textIfThere(file: string): Promise<string | null> {
  try {
    const bytes = await readIfThere(workTree, file)
    return bytes && Buffer.from(bytes).toString('utf8')
  } catch (fault) {
    throw asSecretsError(fault, 'read', file)
  }
}
