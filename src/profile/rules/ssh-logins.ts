import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { findDistribution } from '../../distributions/index.ts'
import type { Profile } from '../schema.ts'
import { fileTexts } from './file-texts.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'
import { readBySshd } from './ssh-drop-ins.ts'
import { isShut, readSshSettings, sshConfiguration, sshPattern, type SshSetting } from './ssh-settings.ts'

const source = 'sshd_config(5)'

/** The settings of hakube's own drop-in, which the check `users` of each machine verifies. */
const own: Readonly<Record<string, string>> = {
  permitrootlogin: 'PermitRootLogin',
  passwordauthentication: 'PasswordAuthentication',
  kbdinteractiveauthentication: 'KbdInteractiveAuthentication',
  challengeresponseauthentication: 'KbdInteractiveAuthentication',
}

/** sshd settings in files of the profile that lock out all of its users, or have no effect. */
export const sshLoginRules: Rule = (context) => {
  const { profile } = context
  const settings = fileTexts(context)
    .filter((text) => sshConfiguration.test(text.file.path) && readBySshd(context, text))
    .flatMap((text) => readSshSettings(text))
  const lists = settings.filter(({ keyword }) => /^(?:allow|deny)(?:users|groups)$/.test(keyword))
  const told = new Map<string, Diagnostic>()
  for (const [index, { role }] of profile.machines.entries())
    for (const diagnostic of lists.length === 0 ? [] : checkLists(profile, readBy(lists, index, role)))
      told.set(JSON.stringify([diagnostic.path, diagnostic.part]), diagnostic)
  return [
    ...settings.flatMap((setting) => [...checkOwn(setting), ...checkMethods(setting, profile, settings)]),
    ...told.values(),
  ]
}

/** The settings of one machine: of files with the same path, those of the narrowest position. */
function readBy(settings: readonly SshSetting[], machine: number, role: string): SshSetting[] {
  const places = [[], ['roles', role], ['machines', machine]].map((path) => JSON.stringify(path))
  const widthOf = ({ path }: SshSetting) =>
    places.indexOf(JSON.stringify(path.slice(0, path.lastIndexOf('files'))))
  const own = settings.filter((setting) => widthOf(setting) >= 0)
  return own.filter(
    (setting) => !own.some((other) => other.file === setting.file && widthOf(other) > widthOf(setting)),
  )
}

const locked = ({ path, start, length }: SshSetting, message: string, hint: string): Diagnostic =>
  error('files/ssh-login', message, { hint, path, part: { start, length }, source })

/** sshd uses the first value that it finds, and reads drop-ins in the order of their names. */
function checkOwn({ keyword, words, file, path, start, length }: SshSetting): Diagnostic[] {
  const name = Object.hasOwn(own, keyword) ? own[keyword] : undefined
  const [value = ''] = words
  if (name === undefined || value.toLowerCase() === 'no' || !file.includes('.d/')) return []
  const at = { path, part: { start, length }, source }
  return file < '/etc/ssh/sshd_config.d/10-hakube.conf'
    ? [
        error(
          'files/ssh-login',
          `${name} is ${value}, but hakube needs no: nobody may log in as root or with a password, and the machine would never become ready`,
          {
            hint: 'remove it',
            ...at,
          },
        ),
      ]
    : [
        warning(
          'files/ssh-overridden',
          `${name} ${value} has no effect: sshd takes the first value, which is no in 10-hakube.conf`,
          {
            hint: 'remove it; users log in with sshKeys, and become root with sudo',
            ...at,
          },
        ),
      ]
}

/** Users log in with keys that hakube writes to ~/.ssh/authorized_keys. */
function checkMethods(setting: SshSetting, profile: Profile, all: readonly SshSetting[]): Diagnostic[] {
  const { keyword, words } = setting
  switch (keyword) {
    case 'pubkeyauthentication': {
      if (words[0]?.toLowerCase() !== 'no') return []
      return [
        locked(
          setting,
          'without PubkeyAuthentication nobody could log in, as passwords are off',
          'remove it',
        ),
      ]
    }
    case 'authenticationmethods': {
      if (
        words.length === 0 ||
        !words.every((list) => /(?:^|,)(?:password|keyboard-interactive|none)\b/.test(list))
      )
        return []
      const message = `nobody could log in with ${words.join(' ')}: hakube turns passwords and keyboard-interactive off`
      return [locked(setting, message, 'write AuthenticationMethods publickey, or remove it')]
    }
    case 'authorizedkeysfile': {
      if (
        words.some((word) => isWritten(word, profile)) ||
        all.some((each) => each.keyword === 'authorizedkeyscommand')
      )
        return []
      const message = 'sshd would not read ~/.ssh/authorized_keys, where hakube writes the keys of users'
      return [locked(setting, message, `write AuthorizedKeysFile .ssh/authorized_keys ${words.join(' ')}`)]
    }
    case 'listenaddress': {
      const addresses = all.filter((each) => each.keyword === 'listenaddress')
      if (!addresses.every((each) => isShut(each.words[0] ?? ''))) return []
      return [
        locked(setting, 'sshd would listen only on a loopback address, so nobody could log in', 'remove it'),
      ]
    }
    default:
      return []
  }
}

/** Whether the profile or hakube may write the keys to this path. */
function isWritten(word: string, profile: Profile): boolean {
  if (/(?:^|\/)\.ssh\/authorized_keys$/.test(word)) return true
  const fixed = word.replace(/%.*$/, '')
  return fixed.startsWith('/') && mentions(profile, fixed)
}

const mentions = (profile: Profile, text: string): boolean =>
  [...settingsPlaces(profile)].some(
    ({ settings: { files = [], commands = [] } }) =>
      files.some(({ path }) => path.startsWith(text)) || commands.some(({ run }) => run.includes(text)),
  )

type List = { items: string[]; first: SshSetting }

/** All lines of a list apply together. */
function checkLists(profile: Profile, settings: readonly SshSetting[]): Diagnostic[] {
  const users = profile.users.filter(({ sshKeys = [] }) => sshKeys.length > 0)
  if (users.length === 0) return []
  const lists = new Map<string, List>()
  for (const setting of settings) {
    const list = lists.get(setting.keyword) ?? { items: [], first: setting }
    lists.set(setting.keyword, list)
    list.items.push(...setting.words)
  }
  const names = users.map(({ name }) => name)
  const groups = users.map((user) => groupsOf(user, profile))
  const every = names.length === 1 ? names.join('') : 'all users of the profile'
  return [...lists].flatMap(([keyword, { items, first }]) => {
    const isList = (kind: string) => keyword === kind
    const isDenied =
      (isList('allowusers') && !names.some((name) => sshPattern(items, [name], true))) ||
      (isList('denyusers') && names.every((name) => sshPattern(items, [name], false))) ||
      (isList('allowgroups') &&
        !items.some((item) => mentions(profile, item)) &&
        !groups.some((each) => sshPattern(items, each, true))) ||
      (isList('denygroups') && groups.every((each) => sshPattern(items, each, false)))
    if (!isDenied) return []
    const line = `${first.written} ${items.join(' ')}`
    return [
      locked(
        first,
        `with ${line}, sshd would refuse ${every}`,
        wayIn(first, items, names, groups[0]?.[0] ?? ''),
      ),
    ]
  })
}

function wayIn({ keyword, written }: SshSetting, items: string[], names: string[], group: string): string {
  if (keyword === 'allowusers')
    return `add users of the profile: ${written} ${[...items, ...names].join(' ')}`
  return keyword === 'allowgroups'
    ? `add a group that they are in: ${written} ${[...items, group].join(' ')}, or write the group into groups of the users`
    : 'remove it, or leave out who must log in'
}

/** The administrators' group comes first, if the user is in it. */
function groupsOf(
  { name, sudo, groups = [] }: Profile['users'][number],
  { distribution }: Profile,
): string[] {
  const admin = findDistribution(distribution.name, distribution.version)?.adminGroup
  return [...(sudo === false || admin === undefined ? [] : [admin]), ...groups, name]
}
