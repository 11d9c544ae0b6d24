import { refusal } from '../diagnostics/refusal.ts'
import { armor, Decrypter, Encrypter } from 'age-encryption'
import { readWhole, workTree } from '../files/reader.ts'
import { asRefusal } from './system-refusal.ts'

/** A file with age identities, and the option or variable that named it. */
export type KeyFile = { file: string; from: string }

const variables = ['HAKUBE_AGE_KEY_FILE', 'SOPS_AGE_KEY_FILE'] as const

/** The first of these that is set: `--age-key-file`, HAKUBE_AGE_KEY_FILE, SOPS_AGE_KEY_FILE. */
export function findKeyFile(
  option: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): KeyFile | null {
  if (option !== null) return { file: option, from: '--age-key-file' }
  for (const name of variables) {
    const file = environment[name]
    if (file) return { file, from: name }
  }
  return null
}

export const noKey = () =>
  refusal('secrets/no-key', 'the secrets bundle is encrypted, but no key to open it was given', {
    hint: `use --age-key-file FILE, or set ${variables.join(' or ')}`,
  })

/**
 * Reads identities as `age-keygen` writes them: one on each line, with empty lines and comments.
 *
 * @throws Refusal
 */
export async function readIdentities({ file, from }: KeyFile): Promise<string[]> {
  let text: string
  try {
    text = Buffer.from(await readWhole(workTree, file)).toString('utf8')
  } catch (fault) {
    throw asRefusal(fault, `read the key file (${from})`, file)
  }
  const wrong = (message: string, hint: string) =>
    refusal('secrets/key-file', `${file} (${from}): ${message}`, { hint })
  if (/^(age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----)/.test(text))
    throw wrong(
      'the key file is itself encrypted',
      'decrypt it with age without writing it to a disk: --age-key-file <(age -d KEYS.age), in bash or zsh',
    )
  const identities: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const identity = line.trim()
    if (identity === '' || identity.startsWith('#')) continue
    if (identity.startsWith('AGE-PLUGIN-'))
      throw wrong(`line ${index + 1} is the key of a plugin`, 'only keys of age-keygen are supported')
    if (!isIdentity(identity))
      throw wrong(`line ${index + 1} is not an age key`, 'create one with: age-keygen -o FILE')
    identities.push(identity)
  }
  if (identities.length === 0) throw wrong('it contains no key', 'create one with: age-keygen -o FILE')
  return identities
}

function isIdentity(text: string): boolean {
  try {
    new Decrypter().addIdentity(text)
    return true
  } catch {
    return false
  }
}

/** Whether the text is a public key for encryption. */
export function isRecipient(text: string): boolean {
  try {
    new Encrypter().addRecipient(text)
    return true
  } catch {
    return false
  }
}

/** Encrypts to an armored text file, so that git and people can recognize it. */
export async function encryptText(text: string, recipients: readonly string[]): Promise<string> {
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return armor.encode(await encrypter.encrypt(text))
}

const binaryHeader = 'age-encryption.org/v1\n'

/**
 * Decrypts an age file.
 *
 * @param bytes of the file, as text (`age --armor`) or binary
 * @param file for messages
 * @throws Refusal when no identity matches, or when any bit of the file was changed
 */
export async function decryptText(
  bytes: Uint8Array,
  identities: readonly string[],
  file: string,
): Promise<string> {
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  const damaged = (how: string) =>
    refusal('secrets/damaged', `${file} is damaged: ${how}`, {
      hint: 'restore the last good one from git; nothing was written',
    })
  const cipher = unwrap(bytes)
  if (cipher === 'clear')
    throw refusal('secrets/in-clear', `${file} is not encrypted`, {
      hint: 'treat its content as compromised: create a new bundle with hakube secrets init',
    })
  if (cipher === 'conflict')
    throw refusal(
      'secrets/merge-conflict',
      `git left a merge conflict in ${file}: two branches changed the secrets`,
      {
        hint: `encrypted data cannot be merged: keep one side (git checkout --ours ${file}, or --theirs), then repeat the changes of the other; hakube secrets sync issues missing certificates`,
      },
    )
  if (cipher === 'truncated') throw damaged('it is not a complete age file')
  try {
    return await decrypter.decrypt(cipher, 'text')
  } catch (fault) {
    if (fault instanceof Error && fault.message.startsWith('no identity matched'))
      throw refusal('secrets/wrong-key', `${file} is not encrypted to any of the given keys`, {
        hint: 'use the key of one of its recipients; any of them can add yours with: hakube secrets add-recipient',
      })
    // A modified stanza, header or chunk; age's own message is about its format.
    throw damaged('it was truncated or altered')
  }
}

/** git-merge(1), "How conflicts are presented". */
const conflictMarks = /^<{7} .*^={7}\r?$.*^>{7} /ms

function unwrap(bytes: Uint8Array): Uint8Array | 'clear' | 'truncated' | 'conflict' {
  const text = Buffer.from(bytes).toString('latin1')
  if (text.startsWith(binaryHeader)) return bytes
  if (binaryHeader.startsWith(text.trim())) return 'truncated'
  if (conflictMarks.test(text)) return 'conflict'
  if (!text.trimStart().startsWith('-----BEGIN AGE'))
    return /PRIVATE KEY|"bootstrapToken"/.test(text) ? 'clear' : 'truncated'
  try {
    return armor.decode(text)
  } catch {
    return 'truncated'
  }
}
