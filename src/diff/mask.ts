import { base64 } from '../text/base64.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { ownSecret } from '../secrets/secrets.ts'

/*
 * No byte of a key or token may stand in a diff: it ends up in comments of pull requests. Secrets that are known are looked for
 * as they are and in base64; in files with secrets also what has the form of one.
 */

const plain = '<secret>'
const changed = '<secret, changed>'

/** A text as JSON and TOML hold it between their quotation marks. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The user's own secrets, also as configuration holds them: escaped, or with the name of who logs in (containers-auth.json(5)). */
function ownTexts({ mirrors, secrets }: Cluster): string[] {
  const logins = Object.values(mirrors.logins).flatMap(({ username, passwordSecret }) => {
    const password = ownSecret(secrets, passwordSecret)
    return password === null ? [] : [base64(`${username}:${password}`)]
  })
  return [...Object.values(secrets.own ?? {}).flatMap((text) => [text, escaped(text)]), ...logins]
}

/** Every secret text of a cluster; keys line by line too, as a file may hold them indented. */
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
    // Lines of a key, without its first and last, which are the same in all keys.
    for (const line of whole.split('\n'))
      if (line.length >= shortest && !line.startsWith('-----')) values.add(line.trim())
  }
  return values
}

/** A shorter text would be found everywhere. */
const shortest = 6

/** What looks like a secret, in files that hold some. */
const shapes = [
  '-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?-----END [A-Z ]*PRIVATE KEY-----',
  '\\b[a-z0-9]{6}\\.[a-z0-9]{16}\\b',
  '\\b[0-9a-f]{32,}\\b',
  '[A-Za-z0-9+/]{40,}={0,2}',
  '\\$[0-9a-z]{1,5}\\$[^\\s"\']+',
  // Logins at registries, of containerd and CRI-O: a password may be of any length.
  '(?<=\\bpassword = )"(?:[^"\\\\]|\\\\.)*"',
  '(?<="auth": )"[^"]*"',
]

/** How much of a file may be secret: nothing but what is known, what looks like it, or all of it. */
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
    // Secrets that have only changed places.
    if (before !== null && after !== null && before !== after && maskedBefore === maskedAfter)
      maskedAfter = `${maskedAfter.replace(/\n?$/, '\n')}${changed}\n`
    return { before: maskedBefore, after: maskedAfter }
  }
}

type Index = { start: ReadonlyMap<string, readonly string[]>; any: boolean }

/** By their first characters, so that a text is gone through once however many secrets there are. */
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
