import { refusal } from '../../diagnostics/refusal.ts'
import { readIfThere, workTree } from '../../files/reader.ts'
import { writeWhole } from '../../files/write-whole.ts'
import { asRefusal } from '../../secrets/system-refusal.ts'

/**
 * Writes a kubeconfig atomically.
 *
 * @param firstLine an existing file is replaced only if it begins with this line: another one may be the only access to another cluster
 */
export async function writeKubeconfig(file: string, text: string, firstLine: string): Promise<void> {
  const before = await textIfThere(file)
  if (before !== null && !before.startsWith(`${firstLine}\n`))
    throw refusal(
      'kubeconfig/exists',
      `${file} already exists, and hakube did not write it for this cluster`,
      {
        hint: 'choose another file; with KUBECONFIG=ONE:OTHER, kubectl reads several',
      },
    )
  try {
    await writeWhole(file, text, 0o600)
  } catch (fault) {
    throw asRefusal(fault, 'write', file)
  }
}

async function textIfThere(file: string): Promise<string | null> {
  try {
    const bytes = await readIfThere(workTree, file)
    return bytes && Buffer.from(bytes).toString('utf8')
  } catch (fault) {
    throw asRefusal(fault, 'read', file)
  }
}
