/** Key types that sshd of the distributions accepts. */
const keyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]

/**
 * The key that `hakube init` writes if it finds none: it is well-formed, and its 32 bytes are the words `hakube init placeholder:
 * replace`, so that nobody has its private key.
 */
export const placeholderKey = `ssh-ed25519 ${keyBody('hakube init placeholder: replace')} replace-this-key`

/** A field of a key begins with its length: RFC 4253, 6.6. */
function field(text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, Buffer.from(text, 'latin1')])
}

function keyBody(bytes: string): string {
  return Buffer.concat([field('ssh-ed25519'), field(bytes)]).toString('base64')
}

/** Whether a line of authorized_keys contains the placeholder, with any comment. */
export const isPlaceholder = (key: string): boolean =>
  key.split(/\s+/).includes(placeholderKey.split(' ')[1] ?? '')

/** @returns why a text is not a valid line of authorized_keys, or null if it is */
export function sshKeyProblem(key: string): string | null {
  if (/[\r\n]/.test(key.trim())) return 'it has several lines'
  const words = key.trim().split(/\s+/)
  if (/(?:^|\s)ssh-dss\s/.test(key)) return 'DSA keys were removed from OpenSSH'
  const at = words.findIndex((word) => keyTypes.includes(word))
  const type = words[at]
  if (type === undefined) return `its type is none of ${keyTypes.slice(0, 3).join(', ')}, …`
  const body = words[at + 1] ?? ''
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body)) return `what follows ${type} is not base64`
  // The body begins with the length and the name of the type (RFC 4253, 6.6), which reveals truncated and mixed-up keys.
  const bytes = Buffer.from(body, 'base64')
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0
  if (bytes.subarray(4, 4 + length).toString('latin1') !== type)
    return `its content is not a key of type ${type}`
  return keyIsWhole(bytes) ? null : 'it is truncated'
}

/** Whether a key is a sequence of complete fields, each of which begins with its length. */
function keyIsWhole(bytes: Buffer): boolean {
  let offset = 0
  let fields = 0
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) return false
    offset += 4 + bytes.readUInt32BE(offset)
    fields += 1
  }
  return offset === bytes.length && fields >= 2
}
