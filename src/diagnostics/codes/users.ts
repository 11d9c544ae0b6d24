import type { CodeSection } from './section.ts'

export const usersCodes = {
  title: 'Users',
  codes: {
    'users/name': {
      severity: 'error',
      what: 'Not a login name',
      remedy: 'Use at most 32 characters of a-z, 0-9, `.`, `_`, `-`',
      source: 'useradd(8)',
    },
    'users/taken': {
      severity: 'error',
      what: 'A login with the name of a user or group of the distribution or of a package',
      remedy: 'Use another name',
      source: 'packages base-passwd and setup; useradd(8)',
    },
    'users/root': { severity: 'error', what: 'root as a login', remedy: 'Add another user with sudo' },
    'users/duplicate': { severity: 'error', what: 'The same user twice', remedy: 'Write one entry' },
    'users/sudo-password': {
      severity: 'error',
      what: '`sudo: password` for a user without a password',
      remedy: 'Set `passwordHash`, or write `sudo: true`',
    },
    'users/group': {
      severity: 'error',
      what: 'Not the name of a group, the own group of the user, one that gives sudo, or one that is listed twice',
      remedy: 'Remove it; for sudo use the field `sudo`',
      source: 'groupadd(8)',
    },
    'users/group-root': {
      severity: 'warning',
      what: 'A group whose members can become root, for a user who should not, or only with a password',
      remedy: 'Remove the group, or write `sudo: true`',
    },
    'users/uid': {
      severity: 'error',
      what: 'A user ID outside of 1000 to 59999, or used twice',
      remedy: 'Use a number of its own in that range',
      source: 'systemd, Users, Groups, UIDs and GIDs',
    },
    'users/no-login': {
      severity: 'warning',
      what: 'A user with neither a key nor a password',
      remedy: 'Add a key',
    },
    'users/ssh-key': {
      severity: 'error',
      what: 'Not a complete public key',
      remedy: 'Write one line of a `.pub` file',
      source: 'sshd(8)',
    },
    'users/placeholder-key': {
      severity: 'warning',
      what: 'The key that `hakube init` writes when it finds none of yours',
      remedy: 'Write your own public key',
    },
    'users/private-key': {
      severity: 'error',
      what: 'A private key',
      remedy: 'Use the `.pub` file; create a new pair if this one is in git',
    },
    'users/password': {
      severity: 'error',
      what: 'Not a hash of crypt(3)',
      remedy: 'Use `mkpasswd -m sha-512`',
      source: 'crypt(5)',
    },
    'users/hash-kind': {
      severity: 'error',
      what: "A hash method that the distribution's crypt(3) does not support: yescrypt and scrypt in Enterprise Linux 7 and 8, bcrypt in 7",
      remedy: 'Use `mkpasswd -m sha-512`',
      source: 'libxcrypt, NEWS 4.2.0',
    },
    'users/weak-password': {
      severity: 'error',
      what: 'An MD5 hash',
      remedy: 'Use `mkpasswd -m sha-512`',
      source: 'crypt(5)',
    },
  },
} as const satisfies CodeSection
