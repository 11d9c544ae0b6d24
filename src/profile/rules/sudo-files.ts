import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Profile } from '../schema.ts'
import { fileTexts } from './file-texts.ts'
import { knownSystemsAt } from './of-systems.ts'
import type { Rule } from './rule.ts'

const directory = /^\/etc\/sudoers\.d\/([^./~][^.~]*)$/

/** `ops ALL=(ALL) ALL`: the user and the tags. Rules for single commands are ignored. */
const line =
  /^[ \t]*(?<who>%?[\w-]+|ALL)[ \t]+ALL[ \t]*=[ \t]*(?:\([^)\n]*\)[ \t]*)?(?<tags>(?:[A-Z_]+:[ \t]*)*)ALL[ \t]*$/gm

/**
 * sudo files because of which users of the profile cannot become root as it says. sudo uses the last line that matches, and reads files
 * in the order of their names (sudoers(5)); hakube's file is called `hakube`, and its check runs sudo without a terminal and without a
 * password.
 */
export const sudoFileRules: Rule = (context) => {
  const { profile } = context
  const users = profile.users.filter(({ sudo = true }) => sudo === true)
  if (users.length === 0) return []
  return fileTexts(context).flatMap(({ file, path, key, text }): Diagnostic[] => {
    const [, name] = directory.exec(file.path) ?? []
    if (name === undefined) return []
    const tty = /^[ \t]*Defaults[^#\n]*(?<![!\w])requiretty\b/m.exec(text)
    const groups = new Set(knownSystemsAt(profile, path).map(({ distribution }) => distribution.adminGroup))
    const late = name > 'hakube' ? overruling(text, users, groups) : null
    return [
      ...(tty
        ? [
            error(
              'files/sudo',
              'with requiretty, sudo does not work without a terminal: the check of the machine, hakube apply and scripts over SSH fail',
              {
                hint: 'remove it; use_pty gives the same protection',
                path: [...path, key],
                part: { start: tty.index, length: tty[0].length },
                source: 'sudoers(5)',
              },
            ),
          ]
        : []),
      ...(late
        ? [
            error(
              'files/sudo',
              `sudo would ask ${late.name} for a password, because this line comes after hakube's own`,
              {
                hint: 'write NOPASSWD:ALL, give the file a name before hakube, or write sudo: password under users',
                path: [...path, key],
                part: { start: late.start, length: late.length },
                source: 'sudoers(5)',
              },
            ),
          ]
        : []),
    ]
  })
}

/** The last line about a user of the profile, if it requires a password. */
function overruling(
  text: string,
  users: Profile['users'],
  adminGroups: ReadonlySet<string>,
): { name: string; start: number; length: number } | null {
  for (const { name, groups = [] } of users) {
    const names = new Set([name, 'ALL', ...[...groups, ...adminGroups, name].map((group) => `%${group}`)])
    const last = [...text.matchAll(line)].findLast((match) => names.has(match.groups?.['who'] ?? ''))
    const tag = last?.groups?.['tags']?.match(/(?:NO)?PASSWD(?=:)/g)?.at(-1)
    if (last && tag !== 'NOPASSWD') return { name, start: last.index, length: last[0].length }
  }
  return null
}
