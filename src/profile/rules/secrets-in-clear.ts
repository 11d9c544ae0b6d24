import { type Diagnostic, error, type Path } from '../../diagnostics/diagnostic.ts'
import type { Code } from '../../diagnostics/codes/index.ts'
import type { TextPart } from '../../diagnostics/locate.ts'
import { imageMirrorsOf } from '../image-mirrors.ts'
import type { Profile } from '../schema.ts'
import type { Rule, RuleContext } from './rule.ts'

type Kind = 'key' | 'token' | 'password'
type Pattern = readonly [Kind, RegExp]

/** How base64-encoded keys begin, as in a kubeconfig or a Secret: in whole groups of three bytes, so that what follows does not matter. */
const keysInBase64 = ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '].map((kind) => {
  const start = Buffer.from(`-----BEGIN ${kind}PRIVATE KEY-----`)
  return start.subarray(0, start.length - (start.length % 3)).toString('base64')
})

/** Keys on one line. */
const bareKeys: readonly Pattern[] = [
  ['key', new RegExp(`\\b(?:${keysInBase64.join('|')})`, 'g')],
  ['key', /\bAGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20,}/g],
]

/**
 * Patterns of secrets. The first group is the secret itself; without one, the whole match is marked. False alarms make people disable a
 * rule, so a telling word is not enough: it needs a value that is not a reference. Nothing of arbitrary length precedes the recognizable
 * part of a pattern; otherwise a line of a megabyte would take hours.
 */
const patterns: readonly Pattern[] = [
  ['key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/g],
  ...bareKeys,
  // kubeadm's bootstrap token; without a digit in the second part it is more likely a name with a dot.
  ['token', /(?<![\w./-])[a-z0-9]{6}\.(?=[a-z]*[0-9])[a-z0-9]{16}(?![\w./-])/g],
  // https://docs.github.com/authentication (token prefixes), GitLab, Slack, AWS; RFC 7519 for JSON web tokens.
  [
    'token',
    /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16})\b/g,
  ],
  ['token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g],
  ['password', /[a-z0-9]:\/\/[^\s/:@"']+:([^\s/@"']{3,})@/gi],
  ['password', /^[ \t]*auth_pass[ \t]+(\S+)/gim],
  ['password', /\bcurl\b[^\n|;]{0,400}[ \t](?:-u|--user)[ \t=]?["']?[^\s:"']+:([^\s"']{3,})/g],
  [
    'password',
    /[\w.-]{1,32}:([^\s"'|]{3,128})["']?[ \t]{0,8}\|[ \t]*(?:sudo[ \t]+)?chpasswd\b(?![ \t]+(?:-e|--encrypted))/g,
  ],
  // A registry login, as `docker login` stores it.
  ['password', /"auth"[ \t]*:[ \t]*"([A-Za-z0-9+/]{8,}={0,2})"/g],
  ['token', /\bBearer[ \t]+([\w.~+/-]{16,}=*)/g],
  [
    'password',
    /(?<![a-z0-9])(?:password|passwd|passphrase|secret[_-]?key|access[_-]?key|api[_-]?key|(?:auth|access|bearer)?[_-]?token)["']?[ \t]*[:=][ \t]*["']?([^\s"',;]{4,})/gi,
  ],
]

/** Comments may mention keys and tokens, so only actual secrets count, and for a PEM block not its first line alone. */
const patternsOfComments: readonly Pattern[] = [
  ['key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?=[^]{0,200}?[A-Za-z0-9+/]{40})/g],
  ...bareKeys,
]

/** Values that are not secret: variables, placeholders, paths, hashes, and words that enable or disable something. */
const harmless =
  /^(?:[$<{%*/@!|>].*|\.{0,2}\/.*|(?:true|false|null|none|yes|no|on|off|required|optional|prohibit-password|files?|env|ref|from)\b.*|x+|\[.*|\{.*)$/i

const texts: Record<Kind, { code: Code; what: string }> = {
  key: { code: 'secrets/key-in-clear', what: 'a private key' },
  token: { code: 'secrets/token-in-clear', what: 'a token' },
  password: { code: 'secrets/password-in-clear', what: 'a password' },
}

/**
 * Secrets in clear text in the profile, its comments, and files that it names, where everyone with access to the repository can read
 * them. Messages do not contain them.
 */
export const secretsInClearRules: Rule = ({ profile, sources, comments = [] }) => [
  ...[...textPlaces({ profile, sources })].flatMap(({ path, text }) =>
    findSecrets(text, patterns, (part) => ({ path, part })),
  ),
  ...comments.flatMap(({ text, locate }) =>
    findSecrets(text, patternsOfComments, (part) => ({ position: locate(part) })),
  ),
]

/** The position of a diagnostic. */
type Where = Pick<Diagnostic, 'path' | 'part' | 'position'>

function findSecrets(
  text: string,
  wanted: readonly Pattern[],
  whereIs: (part: TextPart) => Where,
): Diagnostic[] {
  // The shortest secret has four characters after a word and a colon.
  if (text.length < 12) return []
  const found: Diagnostic[] = []
  /** Characters that already belong to a reported secret, because one secret can match several patterns. */
  let taken: Uint8Array | null = null
  for (const [kind, pattern] of wanted) {
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? match[0]
      if (match[1] !== undefined && harmless.test(secret)) continue
      const start = match.index + match[0].lastIndexOf(secret)
      const end = start + secret.length
      taken ??= new Uint8Array(text.length)
      if (taken.subarray(start, end).includes(1)) continue
      taken.fill(1, start, end)
      found.push(diagnosticOf(kind, whereIs({ start, length: secret.length })))
    }
  }
  return found
}

function diagnosticOf(kind: Kind, where: Where): Diagnostic {
  const { code, what } = texts[kind]
  return error(code, `${what} is in plain text here, readable by anyone with access to the repository`, {
    hint:
      'replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; ' +
      'treat anything that was ever committed as compromised',
    ...where,
    hidden: true,
  })
}

type Place = { path: Path; text: string }

/** Every text that users write freely. */
function* textPlaces({ profile, sources }: RuleContext): Generator<Place> {
  for (const [key, value] of Object.entries(profile)) {
    if (key === 'machines' || isPublic(key)) continue
    yield* textsIn(value, [key], sources)
  }
  for (const { registry, ca } of imageMirrorsOf(profile))
    yield* textsIn(ca, ['mirrors', 'images', registry, 'ca'], sources)
  for (const [index, machine] of profile.machines.entries())
    for (const key of machineSettings)
      if (machine[key] !== undefined) yield* textsIn(machine[key], ['machines', index, key], sources)
}

/** The settings of a machine that may contain the user's own texts: with 10,000 machines, searching everything takes too long. */
const machineSettings = [
  'kernel',
  'sysctls',
  'files',
  'commands',
  'console',
  'kubeletConfiguration',
] as const satisfies readonly (keyof Profile['machines'][number])[]

/** Public keys. Other rules check password hashes and addresses. */
const isPublic = (key: string): boolean =>
  ['secrets', 'sshKeys', 'passwordHash', 'server', 'mirrors'].includes(key)

function* textsIn(value: unknown, path: Path, sources: ReadonlyMap<string, string>): Generator<Place> {
  if (typeof value === 'string') {
    yield { path, text: value }
    const source = path.at(-1) === 'source' ? sources.get(value) : undefined
    if (source !== undefined) yield { path, text: source }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index], sources)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      if (!isPublic(key)) yield* textsIn(item, [...path, key], sources)
  }
}
