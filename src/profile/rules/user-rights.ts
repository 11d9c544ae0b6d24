import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { Profile } from '../schema.ts'

type User = Profile['users'][number]

/** Names that useradd and groupadd of every distribution accept. */
const groupName = /^[a-z_][a-z0-9_-]{0,31}$/

/** Groups whose members are root, or can become it, without a password. */
const asRoot: Readonly<Record<string, string>> = {
  docker: 'can start a container that owns the machine',
  disk: 'can write to every disk',
  lxd: 'can start a container that owns the machine',
  root: 'can read what only root should',
  shadow: 'can read the password hashes',
}

/** Groups and sudo of one user. */
export function checkRights(
  { name, sudo, groups = [], passwordHash }: User,
  index: number,
  adminGroups: readonly string[],
): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  if (sudo === 'password' && passwordHash === undefined) {
    diagnostics.push(
      error('users/sudo-password', `${name} has no password, so sudo would never accept one`, {
        hint: 'set passwordHash (mkpasswd -m sha-512 prints one), or write sudo: true',
        path: ['users', index, 'sudo'],
      }),
    )
  }
  for (const [position, group] of groups.entries()) {
    const path: Path = ['users', index, 'groups', position]
    if (!groupName.test(group)) {
      const hint = 'use at most 32 characters of a-z, 0-9, _ and -, beginning with a letter'
      diagnostics.push(
        error('users/group', `${inQuotes(group)} is not the name of a group`, {
          hint,
          path,
          source: 'groupadd(8)',
        }),
      )
    } else if (group === name) {
      const hint = 'remove it: every user has a group of the same name'
      diagnostics.push(error('users/group', `${group} is the own group of ${name}`, { hint, path }))
    } else if (adminGroups.includes(group) || group === 'sudo' || group === 'wheel') {
      const hint =
        'remove it and write sudo: true or sudo: password; hakube puts the user into the right group'
      diagnostics.push(
        error('users/group', `the group ${group} gives ${name} sudo, which the field sudo does`, {
          hint,
          path,
        }),
      )
    } else if (groups.indexOf(group) < position) {
      diagnostics.push(
        error('users/group', `the group ${group} is in this list twice`, { hint: 'remove one', path }),
      )
    } else if (sudo === false || sudo === 'password') {
      const what = Object.hasOwn(asRoot, group) ? asRoot[group] : undefined
      if (what !== undefined)
        diagnostics.push(
          warning(
            'users/group-root',
            `a member of the group ${group} ${what}, without sudo and without a password`,
            {
              hint: 'remove the group, or write sudo: true to say so',
              path,
            },
          ),
        )
    }
  }
  return diagnostics
}

/** User IDs: 1000 to 59999 are for people on all distributions (https://systemd.io/UIDS-GIDS/). */
export function checkNumbers({ users }: Profile): Diagnostic[] {
  const first = new Map<number, Path>()
  return users.flatMap(({ name, uid }, index) => {
    if (uid === undefined) return []
    const path: Path = ['users', index, 'uid']
    if (uid < 1000 || uid > 59_999) {
      return [
        error('users/uid', `the user ID ${uid} of ${name} belongs to the system, not to people`, {
          hint: 'write a number from 1000 to 59999',
          path,
          source: 'https://systemd.io/UIDS-GIDS/',
        }),
      ]
    }
    const earlier = first.get(uid)
    first.set(uid, earlier ?? path)
    if (!earlier) return []
    return [
      error('users/uid', `two users have the user ID ${uid}, so they own the same files`, {
        hint: 'give each its own',
        path,
        related: [{ path: earlier, message: 'first used here' }],
      }),
    ]
  })
}
