import { base64 } from '../text/base64.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { ownSecret } from '../secrets/secrets.ts'

/*
 * No byte of a key or token may occur in a diff, because diffs are posted as comments of pull requests. Known secrets are masked verbatim
 * and in base64; in files that contain secrets, also everything that looks like one.
 */

const plain = '<secret>'
const changed = '<secret, changed>'

/** A text as JSON and TOML spell it between quotation marks. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)

/** User-defined secrets, including the spellings in configuration files: escaped, or with a user name (containers-auth.json(5)). */
function ownTexts({ mirrors, secrets }: Cluster): string[] {
  const logins = Object.values(mirrors.logins).flatMap(({ username, passwordSecret }) => {
    const password = ownSecret(secrets, passwordSecret)
    return password === null ? [] : [base64(`${username}:${password}`)]
  })
  return [...Object.values(secrets.own ?? {}).flatMap((text) => [text, escaped(text)]), ...logins]
}

/** All secret texts of a cluster, and the single lines of keys, because a file may indent them. */
export function secretValues(cluster: Cluster): ReadonlySet<string> {
  const { secrets, users } = cluster
  const pairs = [
    ...Object.values(secrets.authorities),
    ...Object.values(secrets.machines).flatMap((certificates) => Object.values(certificates)),
    ...(secrets.server ? [secrets.server] : []),
    ...(secrets.enrolment ? Object.values(secrets.enrolment) : []),
  ]
  const texts = [
    ...pairs.map(({ key }) => key),
    secrets.serviceAccount.privateKey,
    secrets.bootstrapToken,
    ...secrets.bootstrapToken.split('.'),
    secrets.certificateKey,
    secrets.keepalivedPassword,
    secrets.conntrackdKey,
    ...secrets.encryptionKeys,
    ...users.flatMap(({ passwordHash }) => passwordHash ?? []),
    ...ownTexts(cluster),
  ]
  const values = new Set<string>()
  for (const text of texts) {
    const whole = text.trim()
    if (whole.length < shortest) continue
    values.add(whole)
    values.add(base64(text))
    // Lines of a key, except the first and last, which are the same in all keys.
    for (const line of whole.split('\n'))
      if (line.length >= shortest && !line.startsWith('-----')) values.add(line.trim())
  }
  return values
}

/** Shorter texts would match everywhere. */
const shortest = 6

/** Patterns of secrets, for files that contain some. */
const shapes = [
  '-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?-----END [A-Z ]*PRIVATE KEY-----',
  '\\b[a-z0-9]{6}\\.[a-z0-9]{16}\\b',
  '\\b[0-9a-f]{32,}\\b',
  '[A-Za-z0-9+/]{40,}={0,2}',
  '\\$[0-9a-z]{1,5}\\$[^\\s"\']+',
  // Logins at registries, of containerd and CRI-O: passwords may have any length.
  '(?<=\\bpassword = )"(?:[^"\\\\]|\\\\.)*"',
  '(?<="auth": )"[^"]*"',
]

/** How much of a file may be secret: only known values, also what looks like a secret, or everything. */
export type Secrecy = 'known' | 'shapes' | 'all'

export type Mask = (
  before: string | null,
  after: string | null,
  secrecy: Secrecy,
) => { before: string; after: string }

/** @param values secrets of both revisions */
export function maskFor(values: Iterable<string>): Mask {
  const known = [...new Set(values)].toSorted((one, other) => other.length - one.length)
  const index = indexBy(known)
  const inSecretFiles = new RegExp(shapes.join('|'), 'g')
  const replaceAll = (text: string, secrecy: Secrecy, put: (found: string) => string): string => {
    if (secrecy === 'all') return `${put(text)}\n`
    const masked = replaceKnown(text, index, put)
    return secrecy === 'shapes' ? masked.replaceAll(inSecretFiles, (found) => put(found)) : masked
  }
  return (before, after, secrecy) => {
    const old = new Set<string>()
    const ofBefore = (found: string) => {
      old.add(found)
      return plain
    }
    const ofAfter = (found: string) => (before === null || old.has(found) ? plain : changed)
    const maskedBefore = before === null ? '' : replaceAll(before, secrecy, ofBefore)
    let maskedAfter = after === null ? '' : replaceAll(after, secrecy, ofAfter)
    // Secrets that only changed places.
    if (before !== null && after !== null && before !== after && maskedBefore === maskedAfter)
      maskedAfter = `${maskedAfter.replace(/\n?$/, '\n')}${changed}\n`
    return { before: maskedBefore, after: maskedAfter }
  }
}

type Index = { start: ReadonlyMap<string, readonly string[]>; any: boolean }

/** Indexed by their first characters, so that a text is scanned once, however many secrets there are. */
function indexBy(known: readonly string[]): Index {
  const start = new Map<string, string[]>()
  for (const value of known) {
    const head = value.slice(0, shortest)
    start.set(head, [...(start.get(head) ?? []), value])
  }
  return { start, any: known.length > 0 }
}

function replaceKnown(text: string, { start, any }: Index, put: (found: string) => string): string {
  if (!any) return text
  let masked = ''
  let from = 0
  for (let at = 0; at + shortest <= text.length; at += 1) {
    const found = start.get(text.slice(at, at + shortest))?.find((value) => text.startsWith(value, at))
    if (found === undefined) continue
    masked += text.slice(from, at) + put(found)
    at += found.length - 1
    from = at + 1
  }
  return masked + text.slice(from)
}
