import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { ProfileSettings } from '../schema.ts'
import { isOwnName } from '../../text/own-name.ts'
import { checkDropInName } from './drop-in-names.ts'
import { isReserved } from './reserved-paths.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule, RuleContext } from './rule.ts'
import { checkWholeFile } from './whole-files.ts'

type UserFile = NonNullable<ProfileSettings['files']>[number]

/** The user's own files. A narrower entry with the same path wins; duplicates in one list are a mistake. */
export const fileRules: Rule = ({ profile, sources }) => {
  const diagnostics: Diagnostic[] = []
  for (const { path, settings } of settingsPlaces(profile)) {
    const first = new Map<string, Path>()
    for (const [index, file] of (settings.files ?? []).entries()) {
      const at: Path = [...path, 'files', index]
      diagnostics.push(...checkFile(file, at, sources))
      const earlier = first.get(file.path)
      if (earlier) {
        diagnostics.push(
          error('files/duplicate', `the file ${file.path} is in this list twice`, {
            hint: 'keep one of the two',
            path: [...at, 'path'],
            related: [{ path: earlier, message: 'first used here' }],
          }),
        )
      }
      first.set(file.path, earlier ?? [...at, 'path'])
    }
  }
  return diagnostics
}

/** Checks one file, wherever it is in the profile. */
export const checkFile = (file: UserFile, at: Path, sources: RuleContext['sources']): Diagnostic[] => [
  ...checkPath(file, [...at, 'path'], sources),
  ...checkText(file, at),
  ...checkMode(file, [...at, 'mode']),
  ...checkOwner(file.owner, [...at, 'owner']),
]

function checkPath(
  { path: text, content, source }: UserFile,
  path: Path,
  sources: RuleContext['sources'],
): Diagnostic[] {
  const fail = (message: string, hint: string) => [error('files/path', message, { hint, path })]
  const shown = inQuotes(text, 80)
  if (!text.startsWith('/'))
    return fail(`${shown} is not an absolute path`, `write /${text.replace(/^[./]+/, '')}`)
  if (text.endsWith('/'))
    return fail(`${shown} is a directory`, 'write the path of a file; its directories are created')
  if (/\/\.{0,2}(?:\/|$)/.test(text))
    return fail(`${shown} has an empty component, . or ..`, 'write the path without them')
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001F\u007F]/.test(text)) return fail(`${shown} contains a control character`, 'remove it')
  if (text.length > 4000 || text.split('/').some((part) => Buffer.byteLength(part) > 255)) {
    return fail(`${shown} is too long`, 'a name has at most 255 bytes')
  }
  if (/^\/(?:proc|sys|dev|run|tmp|var\/run|var\/lock)\//.test(text)) {
    return fail(`${shown} is lost on reboot`, 'write the file to /etc, /usr/local, /var or /opt')
  }
  if (!isReserved(text)) {
    const inside = content ?? (source === undefined ? undefined : sources.get(source))
    return [...checkWholeFile(text, path, inside), ...checkDropInName(text, path)]
  }
  const whose = text.startsWith('/etc/kubernetes/manifests/')
    ? 'kubeadm join refuses a machine with files in /etc/kubernetes/manifests'
    : `hakube writes ${text} itself`
  return [
    error('files/reserved', whose, {
      hint: fieldFor(text),
      path,
    }),
  ]
}

const fields: readonly (readonly [path: RegExp, hint: string])[] = [
  [
    /^\/etc\/containerd\/config\.toml$/,
    'write what differs to /etc/containerd/conf.d/50-local.toml under files',
  ],
  [/^\/etc\/sysctl\.d\//, 'write it under sysctls'],
  [/^\/etc\/modules-load\.d\//, 'write it under kernel.modules'],
  [/^\/etc\/security\/limits\.d\//, 'write it under limits'],
  [/^\/etc\/chrony/, 'write the servers under network.timeServers'],
  [/^\/etc\/(?:haproxy|keepalived)\//, 'use the fields of loadBalancing'],
  [
    /^\/etc\/kubernetes\/manifests\//,
    'write the file elsewhere, and copy it with a command that has after: kubeadm',
  ],
]

/** The field of the profile that replaces a file of hakube. */
export function fieldFor(path: string): string {
  if (path === '/etc/hosts') return 'write extraHosts with address and names instead: its lines are added'
  const field = fields.find(([pattern]) => pattern.test(path))
  return field ? field[1] : 'use fields of the profile; files of hakube cannot be replaced yet'
}

function checkText({ content, source, fromSecret, path: name }: UserFile, at: Path): Diagnostic[] {
  const texts = { content, source, fromSecret }
  const [first, second] = (['content', 'source', 'fromSecret'] as const).filter(
    (key) => texts[key] !== undefined,
  )
  if (first !== undefined && second !== undefined) {
    return [
      error('files/two-texts', `${name} has both ${first} and ${second}`, {
        hint: 'keep one of the two',
        path: [...at, second],
        onKey: true,
        related: [{ path: [...at, first], message: `${first} is set here`, onKey: true }],
      }),
    ]
  }
  if (fromSecret !== undefined && !isOwnName(fromSecret))
    return [
      error('secrets/own-name', 'this is not the name of a secret', {
        hint: 'write its name, lowercase letters, digits and dashes; the text has no place in a profile: hakube secrets set reads it',
        path: [...at, 'fromSecret'],
      }),
    ]
  if (first !== undefined) return []
  return [
    error('files/no-text', `${name} has neither content nor source`, {
      hint: 'write content: | and the text below it, or source: with the name of a file next to the profile',
      path: [...at, 'path'],
    }),
  ]
}

function checkMode({ mode, secret, fromSecret, path: name }: UserFile, path: Path): Diagnostic[] {
  if (mode === undefined) return []
  if (!/^0?[0-7]{3}$|^[1-7][0-7]{3}$/.test(mode)) {
    return [
      error('files/mode', `${JSON.stringify(mode)} is not a mode`, {
        hint: 'write three or four octal digits in quotes, e.g. "0644"',
        path,
        source: 'chmod(1)',
      }),
    ]
  }
  const bits = Number.parseInt(mode, 8)
  if ((secret === true || fromSecret !== undefined) && (bits & 0o077) !== 0) {
    return [
      warning(
        'files/open-secret',
        `${name} is a secret, but mode ${mode} gives access to others than its owner`,
        {
          hint: 'write mode: "0600"',
          path,
        },
      ),
    ]
  }
  if ((bits & 0o002) === 0) return []
  return [
    warning('files/world-writable', `with mode ${mode}, any user of the machine can change ${name}`, {
      hint: 'write mode: "0644"',
      path,
    }),
  ]
}

function checkOwner(owner: string | undefined, path: Path): Diagnostic[] {
  if (owner === undefined || /^[a-z_][a-z0-9_.-]{0,31}:[a-z_][a-z0-9_.-]{0,31}$/.test(owner)) return []
  const hint = /^[a-z_][\w.-]*$/.test(owner) ? `write ${owner}:${owner}` : 'write user:group, e.g. root:root'
  return [error('files/owner', `${JSON.stringify(owner)} is not user:group`, { hint, path })]
}
