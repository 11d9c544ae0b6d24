import { findHeredocs, type Heredoc } from './heredocs.ts'

/** The format of a text. Commands of the profile are shell scripts as well. */
export type Kind =
  | 'command'
  | 'shell'
  | 'keepalived-script'
  | 'keepalived'
  | 'haproxy'
  | 'sysctl'
  | 'modules'
  | 'modprobe'
  | 'kubernetes'
  | 'containerd'
  | 'docker'
  | 'repository'
  | 'unit'
  | 'environment'
  | 'selinux'

/** All kinds: for words that are wrong in every format. */
export const everywhere: readonly Kind[] = [
  'shell',
  'keepalived-script',
  'keepalived',
  'haproxy',
  'sysctl',
  'modules',
  'kubernetes',
  'containerd',
  'docker',
  'repository',
  'unit',
  'environment',
  'selinux',
]

export type Text = {
  kinds: ReadonlySet<Kind>
  /** Path on the machine, if known; null for a command. */
  file: string | null
  raw: string
  /** As long as `raw`, with comments and here-documents blanked, and continued lines joined. */
  bare: string
  /** Position of its first character in the text that contains it. */
  offset: number
  heredocs: readonly Heredoc[]
}

/**
 * A user's text, and each here-document in it as a separate text: a command that writes haproxy.cfg is parsed as shell, and what it
 * writes as haproxy.cfg.
 *
 * @param file path on the machine, or null for a command
 */
export const textsOf = (raw: string, file: string | null): Text[] => textsWithin(raw, file, 0, 0)

/** Maximum nesting of scripts in scripts; deeper texts were probably made to take long. */
const deepest = 3

function textsWithin(raw: string, file: string | null, offset: number, depth: number): Text[] {
  const kinds = kindsOf(raw, file)
  if (!kinds.has('shell')) {
    if (kinds.size === 0) return []
    return [{ kinds, file, raw, bare: withoutComments(raw, kinds), offset, heredocs: [] }]
  }
  const heredocs = depth < deepest ? findHeredocs(raw) : []
  let bare = ''
  let from = 0
  for (const { start, end } of heredocs) {
    bare += raw.slice(from, start) + blank(raw.slice(start, end))
    from = end
  }
  bare += raw.slice(from)
  const whole = { kinds, file, raw, bare: withoutComments(bare, kinds), offset, heredocs }
  const inner = heredocs.flatMap(({ start, end, target, shell }) =>
    textsWithin(raw.slice(start, end), shell ? null : target, offset + start, depth + 1),
  )
  return [whole, ...inner]
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ')

function withoutComments(text: string, kinds: ReadonlySet<Kind>): string {
  if (kinds.has('docker')) return text
  let bare = text.replaceAll(
    /(^|[ \t])#.*$/gm,
    (comment: string, before: string) => before + blank(comment.slice(before.length)),
  )
  if (kinds.has('keepalived')) bare = bare.replaceAll(/![^\n]*/g, blank)
  if (!kinds.has('shell')) return bare.replaceAll(/^[ \t]*;.*$/gm, blank)
  return bare.replaceAll('\\\n', '  ')
}

const byPath: readonly (readonly [Kind, RegExp])[] = [
  ['sysctl', /sysctl/i],
  ['modules', /\/modules-load\.d\/|^\/etc\/modules$/],
  ['modprobe', /\/modprobe\.d\/|^\/etc\/modprobe\.conf$/],
  ['docker', /\/docker\/daemon\.json$/],
  ['repository', /\/apt\/sources\.list|\/yum\.repos\.d\//],
  ['unit', /\/systemd\/|\.(?:service|socket|timer|mount)$/],
  ['selinux', /\/selinux\/config$|\/sysconfig\/selinux$/],
  ['containerd', /containerd.*\.toml$/],
  ['environment', /^\/etc\/(?:default|sysconfig|etcd)\/|\.env$/],
  ['keepalived', /keepalived/i],
  ['haproxy', /haproxy/i],
]

const byContent: readonly (readonly [Kind, RegExp])[] = [
  ['keepalived', /^[ \t]*(?:vrrp_instance|vrrp_script|global_defs)\b/m],
  ['haproxy', /^(?:frontend|backend|listen|defaults)\b/m],
  ['unit', /^\[(?:Unit|Service)\][ \t]*$/m],
  ['repository', /^deb[ \t]|^baseurl[ \t]*=/m],
]

const isOf =
  (text: string) =>
  ([, pattern]: readonly [Kind, RegExp]): boolean =>
    pattern.test(text)

function kindsOf(text: string, file: string | null): ReadonlySet<Kind> {
  if (file === null) return new Set(['command', 'shell'])
  if (/\.(?:sh|bash|modules)$/.test(file) || /^#!.*\b(?:ba|da)?sh\b/.test(text)) {
    const isCheck =
      /keepalived|(?:check|chk)[\w-]*(?:api|haproxy|nginx)|(?:api|haproxy|nginx)[\w-]*(?:check|chk)/i
    return new Set(isCheck.test(file) ? ['shell', 'keepalived-script'] : ['shell'])
  }
  if (/\.ya?ml$/.test(file) || /^[ \t]*apiVersion:/m.test(text)) return new Set(['kubernetes'])
  const [kind] = byPath.find(isOf(file)) ?? (file.startsWith('/') ? [] : (byContent.find(isOf(text)) ?? []))
  return new Set(kind === undefined ? [] : [kind])
}
