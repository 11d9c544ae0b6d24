import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { hashNames } from '../../distributions/password-hashes.ts'
import type { Profile } from '../schema.ts'
import { isPlaceholder, sshKeyProblem } from '../ssh-key.ts'
import { knownSystems } from '../systems.ts'
import { onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'
import { checkTaken } from './taken-logins.ts'
import { checkNumbers, checkRights } from './user-rights.ts'

type User = Profile['users'][number]

/** Users. No message contains a key or a password. */
export const userRules: Rule = ({ profile }) => {
  const diagnostics: Diagnostic[] = []
  const first = new Map<string, Path>()
  const systems = knownSystems(profile)
  for (const [index, user] of profile.users.entries()) {
    const path: Path = ['users', index, 'name']
    diagnostics.push(
      ...checkName(user.name, path),
      ...onEach(profile, systems, ({ distribution }) => checkTaken(profile, distribution, user.name, path)),
    )
    const earlier = first.get(user.name)
    if (earlier) {
      diagnostics.push(
        error('users/duplicate', `the user ${user.name} is listed twice`, {
          hint: 'write all keys of a user in one list',
          path,
          related: [{ path: earlier, message: 'first used here' }],
        }),
      )
    }
    first.set(user.name, earlier ?? path)
    diagnostics.push(
      ...checkLogin(user, path),
      ...checkPassword(user, index),
      ...onEach(profile, systems, ({ distribution }) => checkHashKind(user, index, distribution)),
      ...checkRights(
        user,
        index,
        systems.map(({ distribution }) => distribution.adminGroup),
      ),
    )
    for (const [position, key] of (user.sshKeys ?? []).entries()) {
      diagnostics.push(...checkKey(key, ['users', index, 'sshKeys', position]))
    }
  }
  return [...diagnostics, ...checkNumbers(profile)]
}

/**
 * Names that useradd of every distribution accepts: https://systemd.io/USER_NAMES/. It accepts upper case as well, which mail and NFS may
 * not.
 */
const loginName = /^[a-z_][a-z0-9_.-]{0,31}$/

function checkName(name: string, path: Path): Diagnostic[] {
  if (name === 'root') {
    return [
      error('users/root', 'root cannot be a login user', {
        hint: 'add another user, who has sudo by default; root has neither a password nor a key',
        path,
      }),
    ]
  }
  if (loginName.test(name)) return []
  return [
    error('users/name', `${JSON.stringify(name)} is not a login name`, {
      hint: 'use at most 32 characters of a-z, 0-9, dot, _ and -, beginning with a letter',
      path,
      source: 'useradd(8)',
    }),
  ]
}

function checkLogin({ name, sshKeys = [], passwordHash }: User, path: Path): Diagnostic[] {
  if (sshKeys.length > 0 || passwordHash !== undefined) return []
  return [
    warning('users/no-login', `${name} has neither an SSH key nor a password, so this user cannot log in`, {
      hint: 'add sshKeys with a line of ~/.ssh/id_ed25519.pub',
      path,
    }),
  ]
}

/** Formats of crypt(5) that current distributions support. */
const crypt =
  /^(?:\$(?:y|gy|7)\$[./A-Za-z0-9$]+|\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}|\$6\$(?:rounds=\d+\$)?[^$:\n]{1,16}\$[./A-Za-z0-9]{86}|\$5\$(?:rounds=\d+\$)?[^$:\n]{1,16}\$[./A-Za-z0-9]{43})$/

const otherHash = 'write the output of mkpasswd -m sha-512, in quotes'

/** A hash is used on all machines, so the crypt(3) of each has to support its kind. */
function checkHashKind(
  { name, passwordHash: hash = '' }: User,
  index: number,
  distribution: Distribution,
): Diagnostic[] {
  if (!crypt.test(hash)) return []
  const kind = hash.split('$', 2)[1] ?? ''
  if (distribution.passwordHashes.includes(kind)) return []
  const message = `crypt(3) of ${distribution.title} does not support ${hashNames[kind] ?? 'this hash method'} ($${kind}$), so ${name} could not log in with the password`
  return [
    error('users/hash-kind', message, {
      hint: otherHash,
      path: ['users', index, 'passwordHash'],
      source: 'crypt(5), https://github.com/besser82/libxcrypt',
    }),
  ]
}

function checkPassword({ passwordHash: hash }: User, index: number): Diagnostic[] {
  if (hash === undefined || crypt.test(hash)) return []
  const path = ['users', index, 'passwordHash']
  const hint = otherHash
  const source = 'crypt(5)'
  if (hash.startsWith('$1$')) {
    return [
      error('users/weak-password', 'the password is hashed with MD5, which is broken', {
        hint,
        path,
        source,
      }),
    ]
  }
  const message = hash.startsWith('$')
    ? 'this is not a complete crypt(3) hash'
    : 'this is not a crypt(3) hash; if it is the password itself, it is compromised'
  return [error('users/password', message, { hint, path, source })]
}

function checkKey(key: string, path: Path): Diagnostic[] {
  const source = 'sshd(8), AUTHORIZED_KEYS FILE FORMAT'
  if (/PRIVATE KEY|^PuTTY-User-Key-File/m.test(key)) {
    return [
      error('users/private-key', 'this is a private key, which must not leave its machine', {
        hint: 'write the line of the .pub file; create a new pair if this one is already in git',
        path,
      }),
    ]
  }
  if (isPlaceholder(key)) {
    return [
      warning(
        'users/placeholder-key',
        'this is the placeholder key of hakube init; nobody has its private key',
        {
          hint: 'write the line of your own ~/.ssh/id_ed25519.pub',
          path,
        },
      ),
    ]
  }
  const problem = sshKeyProblem(key)
  if (problem === null) return []
  const hint = 'write one line of ~/.ssh/id_ed25519.pub, e.g. ssh-ed25519 AAAA… name@host'
  return [error('users/ssh-key', `this is not a public key: ${problem}`, { hint, path, source })]
}
