import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '../../files/system-error.ts'
import { placeholderKey, sshKeyProblem } from '../../profile/ssh-key.ts'

/** @property file where the key comes from; null for the placeholder */
export type FirstSshKey = { key: string; file: string | null }

/** In the order in which ssh tries them (ssh_config(5), IdentityFile), newer types first. */
const usualFiles = ['id_ed25519.pub', 'id_ed25519_sk.pub', 'id_ecdsa.pub', 'id_ecdsa_sk.pub', 'id_rsa.pub']

/** The public key of the user: from ~/.ssh, or a placeholder that `check` reports. */
export async function usualSshKey(home: string | undefined): Promise<FirstSshKey> {
  // Without a home directory, or with a relative one, there is nowhere to look.
  if (!home?.startsWith('/')) return { key: placeholderKey, file: null }
  for (const name of usualFiles) {
    const file = join(home, '.ssh', name)
    const read = await readSshKey(file).catch((fault: unknown) => {
      if (isSystemError(fault)) return null
      throw fault
    })
    if (read !== null && 'key' in read) return { key: read.key, file }
  }
  return { key: placeholderKey, file: null }
}

const mostBytes = 16_384

/**
 * Reads the only public key of a file, with its comment if that needs no quoting.
 *
 * @throws a system error if the file cannot be read
 */
export async function readSshKey(file: string): Promise<{ key: string } | { problem: string }> {
  // NONBLOCK: opening a pipe without a writer would wait forever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) return { problem: 'it is not a file' }
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(mostBytes + 1), 0, mostBytes + 1, 0)
    if (bytesRead > mostBytes) return { problem: 'it is too long for a public key' }
    return keyOf(buffer.toString('utf8', 0, bytesRead).trim())
  } finally {
    await handle.close()
  }
}

function keyOf(text: string): { key: string } | { problem: string } {
  if (/PRIVATE KEY|^PuTTY-User-Key-File/m.test(text))
    return { problem: 'it is a private key; name the file that ends with .pub' }
  const problem = sshKeyProblem(text)
  if (problem !== null) return { problem }
  const [type = '', body = '', ...comment] = text.split(/\s+/)
  // Options before the type apply to an authorized_keys file. Other comments would need quotes in YAML.
  if (!/^[\w.@-]+$/.test(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(body))
    return { problem: 'it does not begin with a key type' }
  const plain = comment.length === 1 && /^[\w.@+-]{1,100}$/.test(comment[0] ?? '') ? ` ${comment[0]}` : ''
  return { key: `${type} ${body}${plain}` }
}
