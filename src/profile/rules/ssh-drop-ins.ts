import { warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { isKnown } from '../systems.ts'
import { fileTexts, type FileText } from './file-texts.ts'
import { knownSystemsAt, onEach, systemsAt } from './of-systems.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule, RuleContext } from './rule.ts'
import { readSshSettings } from './ssh-settings.ts'

const directory = /^\/etc\/ssh\/sshd_config\.d\/[^/]+\.conf$/
const include = /\binclude\b[^\n]*\/etc\/ssh\/sshd_config\.d\//i

/** Whether a command, or a replaced sshd_config, of the profile adds the line that the distribution's file lacks. */
const isIncluded = (context: RuleContext): boolean =>
  [...settingsPlaces(context.profile)].some(({ settings }) =>
    (settings.commands ?? []).some(({ run }) => include.test(run)),
  ) || fileTexts(context).some(({ file, text }) => !directory.test(file.path) && include.test(text))

/** Drop-ins of sshd on distributions whose sshd does not read them. */
export const sshDropInRules: Rule = (context) => {
  const dropIns = fileTexts(context).filter(({ file }) => directory.test(file.path))
  if (dropIns.length === 0 || isIncluded(context)) return []
  const { profile } = context
  return dropIns.flatMap((file) =>
    onEach(profile, knownSystemsAt(profile, file.path), ({ distribution }) => unread(file, distribution)),
  )
}

/** Whether sshd of any machine reads a file that may be a drop-in. */
export function readBySshd(context: RuleContext, { file, path }: Pick<FileText, 'file' | 'path'>): boolean {
  if (!directory.test(file.path)) return true
  return (
    systemsAt(context.profile, path).some(
      (system) => !isKnown(system) || system.distribution.sshDropIns === undefined,
    ) || isIncluded(context)
  )
}

function unread(file: FileText, { sshDropIns, title }: Distribution): Diagnostic[] {
  if (sshDropIns === undefined) return []
  const line = sshDropIns === 'include' ? 'Include /etc/ssh/sshd_config.d/*.conf' : firstLine(file)
  const command = `sed -i '1i ${line}' /etc/ssh/sshd_config && systemctl reload sshd`
  const [why, hint] =
    sshDropIns === 'include'
      ? ['does not include it', `also write a command that adds one: ${command}`]
      : ['does not support drop-ins', `write its lines with a command instead: ${command}`]
  return [
    warning('files/not-read', `${file.file.path} has no effect: the sshd_config of ${title} ${why}`, {
      hint,
      path: [...file.path, 'path'],
      source: 'https://www.openssh.com/txt/release-8.2',
    }),
  ]
}

/** The first line of a file, if it can be part of a command without quoting. */
function firstLine(file: FileText): string {
  const [setting] = readSshSettings(file)
  const line = setting ? [setting.written, ...setting.words].join(' ') : ''
  return /^[\w ,.:/@+-]+$/.test(line) ? line : 'MaxAuthTries 3'
}
