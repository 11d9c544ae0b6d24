import type { CodeSection } from './section.ts'

export const usersCodes = {
  title: 'Users',
  codes: {
    'users/name': {
      severity: 'error',
      what: 'Not a login name',
      remedy: 'a-z, 0-9, `.`, `_`, `-`; at most 32',
      source: 'useradd(8)',
    },
    'users/taken': {
      severity: 'error',
      what: 'A login with the name of a user or group of the distribution or of a package',
      remedy: 'Another name',
      source: 'packages base-passwd and setup; useradd(8)',
    },
    'users/root': { severity: 'error', what: 'root as a login', remedy: 'Another user with sudo' },
    'users/duplicate': { severity: 'error', what: 'A user twice', remedy: 'One entry' },
    'users/no-login': { severity: 'warning', what: 'Neither key nor password', remedy: 'Add a key' },
    'users/ssh-key': {
      severity: 'error',
      what: 'Not a whole public key',
      remedy: 'One line of a `.pub` file',
      source: 'sshd(8)',
    },
    'users/placeholder-key': {
      severity: 'warning',
      what: 'The key that `hakube init` writes where it finds none of yours',
      remedy: 'Your own public key',
    },
    'users/private-key': {
      severity: 'error',
      what: 'A private key',
      remedy: 'The `.pub` file; a new pair if this one is in git',
    },
    'users/password': {
      severity: 'error',
      what: 'Not a hash of crypt(3)',
      remedy: '`mkpasswd -m sha-512`',
      source: 'crypt(5)',
    },
    'users/hash-kind': {
      severity: 'error',
      what: 'A hash that crypt(3) of the distribution does not know: yescrypt and scrypt in Enterprise Linux 7 and 8, bcrypt in 7',
      remedy: '`mkpasswd -m sha-512`',
      source: 'libxcrypt, NEWS 4.2.0',
    },
    'users/weak-password': {
      severity: 'error',
      what: 'An MD5 hash',
      remedy: '`mkpasswd -m sha-512`',
      source: 'crypt(5)',
    },
  },
} as const satisfies CodeSection
